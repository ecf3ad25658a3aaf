package dialog

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/ikev1"
)

// maxFlows bounds the SPIs of Child SAs that are told apart: a gateway of many
// thousand clients, or a flood of made-up ones.
const maxFlows = 1 << 16

// madeTime is how much earlier than the answer that makes a Child SA its packets
// may be captured: of several interfaces, or of several threads of a responder.
const madeTime = 100 * time.Millisecond

const (
	// pauseTime is how long a flow is silent between two bursts, and maxBursts
	// how many are told apart.
	pauseTime = 30 * time.Second
	maxBursts = 8
	// replaceTime is how soon an IKE SA is ended when another one takes its
	// place.
	replaceTime = 10 * time.Second
)

// A flow is the packets of a Child SA in one direction: they have one SPI.
type flow struct {
	bursts []burst
	errors []ICMPError // of different kinds
}

// A burst is packets of a flow without a long pause.
type burst struct {
	packets     int
	first, last moment
}

// first returns when the flow began.
func (f *flow) first() moment { return f.bursts[0].first }

// add counts a packet.
func (f *flow) add(at moment) {
	for i := range f.bursts {
		b := &f.bursts[i]
		near := at.time.Sub(b.last.time) < pauseTime && b.first.time.Sub(at.time) < pauseTime
		if !near && (i < len(f.bursts)-1 || len(f.bursts) < maxBursts) {
			continue
		}
		b.packets++
		if at.before(b.first) || b.packets == 1 {
			b.first = at
		}
		if b.last.before(at) {
			b.last = at
		}
		return
	}
	f.bursts = append(f.bursts, burst{1, at, at})
	slices.SortStableFunc(f.bursts, func(a, b burst) int { return a.first.compare(b.first) })
}

type flowKey struct {
	source, destination netip.AddrPort
	spi                 uint32
	ah                  bool
}

type flows map[flowKey]*flow

// AddChild takes a packet of ESP or AH. Whose it is turns out when all of the
// capture is read: see [Tracker.Finish].
func (t *Tracker) AddChild(p ChildPacket) {
	t.See(p.Time)
	f := t.flow(flowKey{p.Source, p.Destination, p.SPI, p.AH}, moment{p.Time, p.Packet})
	if f == nil {
		return
	}
	f.add(moment{p.Time, p.Packet})
}

// flow returns a flow, or nil if there are too many.
func (t *Tracker) flow(key flowKey, at moment) *flow {
	if f := t.flows[key]; f != nil {
		return f
	}
	if len(t.flows) == maxFlows || !t.memory().take(costFlow) {
		return nil
	}
	if t.flows == nil {
		t.flows = flows{}
	}
	f := &flow{bursts: []burst{{0, at, at}}}
	t.flows[key] = f
	return f
}

// addChildError takes an ICMP error that quotes ESP or AH.
func (t *Tracker) addChildError(e ICMPError) bool {
	key := flowKey{source: e.Source, destination: e.Destination, spi: e.SPI}
	if ah := (flowKey{e.Source, e.Destination, e.SPI, true}); t.flows[ah] != nil {
		key = ah
	}
	if t.flows[key] == nil && t.latest[pairOf(e.Source, e.Destination)] == nil && !t.index.speaks(e.Source.Addr(), e.Destination.Addr()) {
		return false
	}
	f := t.flow(key, moment{e.Time, e.Packet})
	if f == nil {
		return false
	}
	for i, known := range f.errors {
		if known.Error == e.Error && known.Reporter == e.Reporter {
			f.errors[i].Times++
			return true
		}
	}
	if len(f.errors) == maxErrors || !t.memory().take(costMessage) {
		return true
	}
	f.errors = append(f.errors, e)
	return true
}

// making is a moment at which an SA may have made a Child SA.
type making struct {
	sa *SA
	at moment
	// weak: the message has no room for it, or is not in the capture.
	weak bool
}

// makings returns when an SA may have made Child SAs, in order of time.
func (sa *SA) makings() []making {
	var all []making
	for _, x := range sa.Exchanges {
		switch {
		case x.Version == 1 && x.Type == ikev1.QuickMode:
			all = append(all, making{sa: sa, at: x.First().moment()})
		case x.IsAuth(), x.Version == 2 && x.Type == ike.CREATE_CHILD_SA:
			m := making{sa: sa, at: x.First().moment(), weak: true}
			if r := x.Response(); r != nil {
				at := r.moment()
				if !at.time.IsZero() {
					at.time = at.time.Add(-madeTime)
				}
				if m.at.before(at) || x.Request == nil {
					m.at = at
				}
				m.weak = r.Fragments == 0 && r.Sealed <= sealedNotify
			}
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b making) int { return a.at.compare(b.at) })
	return all
}

// sealedNotify is the most that an Encrypted payload with a single notify has,
// in octets: an IV of 16, 16 of ciphertext and 32 of ICV.
const sealedNotify = 64

func (m moment) compare(o moment) int {
	if m.time.IsZero() || o.time.IsZero() {
		return cmp.Compare(m.packet, o.packet)
	}
	return m.time.Compare(o.time)
}

// claims finds the SA of a flow.
type claims struct {
	// made holds the makings between two ends, with ports and without, in order
	// of time.
	made map[pair][]making
	// late are the SAs between two ends whose beginning was not captured, which
	// made their Child SAs before.
	late map[pair][]*SA
}

func newClaims(sas []*SA) *claims {
	c := &claims{made: map[pair][]making{}, late: map[pair][]*SA{}}
	for _, sa := range sas {
		isLate := sa.Of == nil && !slices.ContainsFunc(sa.Exchanges, func(x *Exchange) bool {
			return x.IsInit() || x.IsAuth() || x.Version == 1 && startsIKEv1(x.Type)
		})
		made := sa.makings()
		known := map[pair]bool{}
		for _, p := range sa.Paths {
			for _, ends := range []pair{pairOf(p.Initiator, p.Responder), withoutPorts(p.Initiator, p.Responder)} {
				if known[ends] {
					continue
				}
				known[ends] = true
				c.made[ends] = append(c.made[ends], made...)
				if isLate {
					c.late[ends] = append(c.late[ends], sa)
				}
			}
		}
	}
	for _, all := range c.made {
		slices.SortStableFunc(all, func(a, b making) int { return a.at.compare(b.at) })
	}
	return c
}

// owner returns the SA of a flow, or nil. It is the last one between the same
// addresses and ports that may have made a Child SA before the flow began: one
// that began earlier is of an older SA.
func (c *claims) owner(key flowKey, f *flow) *SA {
	ends := pairOf(key.source, key.destination)
	if len(c.made[ends]) == 0 && len(c.late[ends]) == 0 && key.source.Port() != 0 {
		// A NAT may have given the ESP of a client another port. That is told
		// where there is one client at the address.
		ends = withoutPorts(key.source, key.destination)
		if c.several(ends) {
			return nil
		}
	}
	made := c.made[ends]
	n := lastBefore(made, f.first())
	var weak *SA
	for i := n - 1; i >= 0; i-- {
		if !made[i].weak {
			return made[i].sa
		}
		if weak == nil {
			weak = made[i].sa
		}
		const lookBack = 64 // of EAP's rounds, or of refused rekeying
		if n-i > lookBack {
			break
		}
	}
	if weak != nil {
		return weak
	}
	if late := c.late[ends]; len(late) == 1 {
		return late[0]
	}
	return nil
}

// heir returns the SA of a burst in a flow of an SA. That is this one, unless it
// ended before, when another took its place: some devices use the same SPIs again.
func (c *claims) heir(sa *SA, key flowKey, b burst) *SA {
	if len(sa.Exchanges) == 0 {
		return sa
	}
	last := sa.Exchanges[len(sa.Exchanges)-1]
	ended := last.First().moment()
	if last.Type != ike.INFORMATIONAL && last.Type != ikev1.Informational || !ended.before(b.first) {
		return sa
	}
	if ended.time.IsZero() {
		return sa
	}
	made := c.made[pairOf(key.source, key.destination)]
	for i := lastBefore(made, ended) - 1; i >= 0 && ended.time.Sub(made[i].at.time) < replaceTime; i-- {
		if made[i].sa != sa && !made[i].weak {
			return made[i].sa
		}
	}
	return sa
}

// lastBefore returns how many of the makings are not after a moment.
func lastBefore(made []making, at moment) int {
	n, _ := slices.BinarySearchFunc(made, at, func(m making, at moment) int {
		if m.at.compare(at) <= 0 {
			return -1
		}
		return 1
	})
	return n
}

// several reports whether more than one SA is between two ends.
func (c *claims) several(ends pair) bool {
	seen := map[*SA]bool{}
	for _, m := range c.made[ends] {
		if seen[m.sa] = true; len(seen) > 1 {
			return true
		}
	}
	for _, sa := range c.late[ends] {
		if seen[sa] = true; len(seen) > 1 {
			return true
		}
	}
	return false
}

// share gives each flow to its SA.
func (t *Tracker) share() {
	for _, sa := range t.SAs {
		sa.Sent, sa.Received, sa.ChildErrors = Traffic{}, Traffic{}, nil
	}
	claims := newClaims(t.SAs)
	keys := make([]flowKey, 0, len(t.flows))
	for key := range t.flows {
		keys = append(keys, key)
	}
	// In order of time, so that the same errors are kept each time.
	slices.SortFunc(keys, func(a, b flowKey) int {
		return cmp.Or(t.flows[a].first().compare(t.flows[b].first()), a.source.Compare(b.source), a.destination.Compare(b.destination),
			cmp.Compare(a.spi, b.spi))
	})
	for _, key := range keys {
		f := t.flows[key]
		sa := claims.owner(key, f)
		if sa == nil {
			continue
		}
		for _, b := range f.bursts {
			now := claims.heir(sa, key, b)
			traffic := &now.Received
			if now.isInitiator(key.source, key.destination) {
				traffic = &now.Sent
			}
			traffic.add(key.ah, b)
		}
		sa.ChildErrors = append(sa.ChildErrors, f.errors[:min(len(f.errors), maxErrors-min(maxErrors, len(sa.ChildErrors)))]...)
	}
}

// isInitiator reports whether packets from one end to another are the
// initiator's.
func (sa *SA) isInitiator(source, destination netip.AddrPort) bool {
	for _, p := range sa.Paths {
		if p.Initiator == source && p.Responder == destination {
			return true
		}
		if p.Initiator == destination && p.Responder == source {
			return false
		}
	}
	return slices.ContainsFunc(sa.Paths, func(p Path) bool { return p.Initiator.Addr() == source.Addr() })
}

func (t *Traffic) add(ah bool, b burst) {
	if b.packets == 0 {
		return
	}
	if ah {
		t.AH += b.packets
	} else {
		t.ESP += b.packets
	}
	if t.First.IsZero() || b.first.time.Before(t.First) {
		t.First = b.first.time
	}
	if b.last.time.After(t.Last) {
		t.Last = b.last.time
	}
}
