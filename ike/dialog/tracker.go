package dialog

import (
	"crypto/sha256"
	"errors"
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// Bounds of what is held of a capture.
const (
	maxExchanges = 256 // of an SA
	maxResponses = 4   // of an exchange
	maxDatagrams = 64  // different ones of a message
	maxPaths     = 8   // of an SA
	maxErrors    = 8   // of an SA

	// maxHeld is about the memory of all, in octets: things count as below,
	// and each octet of a message as several, for its parsed form is larger.
	maxHeld      = 128 << 20
	costSA       = 1 << 10
	costPath     = 512
	costMessage  = 768
	costDatagram = 256
	costOctet    = 8
	costFlow     = 512
)

// copyTime is the time within which the same octets are a second sight of one
// datagram, as by a capture on several interfaces. Retransmissions wait longer.
const copyTime = 20 * time.Millisecond

var errNotKept = errors.New("it is not kept: the capture holds too much")

// Memory is what trackers may hold together. The zero value is ready for use.
type Memory struct {
	held int // see maxHeld
}

// take counts something more. It reports false if there is no room for it.
func (m *Memory) take(cost int) bool {
	if !m.has(cost) {
		return false
	}
	m.held += cost
	return true
}

// has reports whether there is room.
func (m *Memory) has(cost int) bool { return m.held+cost <= maxHeld }

// A Tracker gathers the IKE SAs of a capture. The zero value is ready for use.
type Tracker struct {
	// Memory is shared where several captures are read; nil for one of its own.
	Memory *Memory
	// SAs are in the order of their first messages, once Finish has put them so.
	SAs []*SA
	// Omitted counts messages and ICMP errors that are of none of SAs, because
	// there would be too many.
	Omitted int

	index  index
	latest map[pair]*SA // the last SA that spoke on a path
	flows  flows
	until  time.Time
}

// pair is a path without a direction.
type pair struct{ a, b netip.AddrPort }

func pairOf(a, b netip.AddrPort) pair {
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	return pair{a, b}
}

// withoutPorts is the path of packets that are not in UDP.
func withoutPorts(source, destination netip.AddrPort) pair {
	return pairOf(netip.AddrPortFrom(source.Addr(), 0), netip.AddrPortFrom(destination.Addr(), 0))
}

// digest is enough of a hash to tell datagrams apart.
type digest [16]byte

func digestOf(octets []byte) digest {
	sum := sha256.Sum256(octets)
	return digest(sum[:16])
}

func (t *Tracker) memory() *Memory {
	if t.Memory == nil {
		t.Memory = new(Memory)
	}
	return t.Memory
}

// See takes the time of any packet, of IKE or not: it shows how long the
// capture goes on.
func (t *Tracker) See(at time.Time) {
	if at.After(t.until) {
		t.until = at
	}
}

// Add takes the next datagram. It reports false if this is not an IKE message.
func (t *Tracker) Add(d Datagram) bool {
	if !isMessage(d.Octets) {
		return false
	}
	t.See(d.Time)
	h, _, _, _ := ike.ParseHeader(d.Octets)
	sum := digestOf(d.Octets)
	sa := t.find(h, d, sum)
	if sa == nil {
		sa = t.newSA(h, d)
	}
	if sa == nil {
		t.Omitted++
		return true
	}
	if d.Time.After(sa.Last) {
		sa.Last = d.Time
	}
	if d.Time.Before(sa.First) {
		sa.First = d.Time
	}
	way := sa.way(h, d)
	if way.swapped {
		sa.Swapped++
	} else if way.misflagged {
		sa.Misflagged++
	}
	if t.addPath(sa, d, way.fromInitiator) {
		if t.latest == nil {
			t.latest = map[pair]*SA{}
		}
		t.latest[pairOf(d.Source, d.Destination)] = sa
	}
	if int(h.MajorVersion) == sa.Version && !way.swapped {
		t.learn(sa, h)
	}
	x, way := t.exchange(sa, h, way, d, sum)
	if x == nil {
		sa.Omitted++
		return true
	}
	m := t.message(x, way.isResponse, sum, h, d)
	if m == nil {
		sa.Omitted++
		return true
	}
	if !t.repeats(m, sum, d) {
		t.read(m, h, d)
	}
	if m.Encrypted() && (!sa.isSealed || m.moment().before(sa.sealed)) {
		sa.sealed, sa.isSealed = m.moment(), true
	}
	return true
}

// newSA returns a new SA with a message of it, or nil if there are too many.
func (t *Tracker) newSA(h ike.Header, d Datagram) *SA {
	// An SA without an exchange shows nothing.
	if !t.memory().has(costSA + costPath + costMessage) {
		return nil
	}
	t.Memory.take(costSA)
	sa := &SA{Version: int(h.MajorVersion), SPIi: h.SPIi, File: d.File, First: d.Time}
	sa.Of = t.rekeyed(h, d)
	t.SAs = append(t.SAs, sa)
	return sa
}

// rekeyed returns the SA of which a new one most likely came, or nil. The first
// exchange of an SA that came of rekeying has Message ID 0, as others have it
// in IKE_SA_INIT alone (RFC 7296, Section 2.18); and the SA before it, between
// the same addresses and ports, had a CREATE_CHILD_SA answered.
func (t *Tracker) rekeyed(h ike.Header, d Datagram) *SA {
	if h.MajorVersion != 2 || isInit(h.Exchange) || h.MessageID != 0 {
		return nil
	}
	before := t.latest[pairOf(d.Source, d.Destination)]
	if before == nil {
		return nil
	}
	for _, x := range before.Exchanges {
		if x.Type == ike.CREATE_CHILD_SA && x.Response() != nil {
			return before
		}
	}
	return nil
}

// addPath counts a datagram on its path. It reports false if there are too many
// paths to keep another one.
func (t *Tracker) addPath(sa *SA, d Datagram, fromInitiator bool) bool {
	p := Path{Initiator: d.Source, Responder: d.Destination, NATTraversal: d.Marked, TCP: d.TCP, first: moment{d.Time, d.Packet}}
	if !fromInitiator {
		p.Initiator, p.Responder = p.Responder, p.Initiator
	}
	i := slices.IndexFunc(sa.Paths, func(q Path) bool {
		return q.Initiator == p.Initiator && q.Responder == p.Responder && q.TCP == p.TCP
	})
	if i < 0 {
		if len(sa.Paths) == maxPaths || !t.memory().take(costPath) {
			sa.OmittedPaths++
			return false
		}
		i = len(sa.Paths)
		sa.Paths = append(sa.Paths, p)
		t.index.put(sa, p)
	}
	sa.Paths[i].NATTraversal = sa.Paths[i].NATTraversal || d.Marked
	if p.first.before(sa.Paths[i].first) {
		sa.Paths[i].first = p.first
	}
	if fromInitiator {
		sa.Paths[i].Sent++
	} else {
		sa.Paths[i].Received++
	}
	return true
}

// AddKeepalive takes a NAT keepalive.
func (t *Tracker) AddKeepalive(source, destination netip.AddrPort) {
	sa := t.latest[pairOf(source, destination)]
	if sa == nil {
		return
	}
	for i, p := range sa.Paths {
		if pairOf(p.Initiator, p.Responder) == pairOf(source, destination) {
			sa.Paths[i].Keepalives++
		}
	}
}

// AddError takes an ICMP error. It reports false if the datagram is of no SA
// that was captured.
func (t *Tracker) AddError(e ICMPError) bool {
	t.See(e.Time)
	octets := e.Octets
	e.Octets, e.Times = nil, max(1, e.Times)
	natt := e.Source.Port() == nattPort || e.Destination.Port() == nattPort
	behind, marked := ike.SplitNonESPMarker(octets)
	if natt && !marked && len(octets) >= 4 {
		e.Child, e.SPI = true, uint32(octets[0])<<24|uint32(octets[1])<<16|uint32(octets[2])<<8|uint32(octets[3])
	}
	if e.Child {
		return t.addChildError(e)
	}
	// Eight octets are the least that is quoted of what IP carries, and they
	// are the UDP header; most quote more.
	var sa *SA
	if !natt {
		sa = t.index.quoted(octets, e)
	}
	if sa == nil && marked {
		sa = t.index.quoted(behind, e)
	}
	if sa == nil {
		sa = t.latest[pairOf(e.Source, e.Destination)]
	}
	if sa == nil {
		return false
	}
	if len(sa.Errors) == maxErrors || !t.memory().take(costMessage) {
		sa.Omitted++
		return true
	}
	sa.Errors = append(sa.Errors, e)
	return true
}
