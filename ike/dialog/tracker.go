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
	costDatagram = 64
	costOctet    = 8
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
	// SAs are in the order of their first messages.
	SAs []*SA
	// Omitted counts messages and ICMP errors that are of none of SAs, because
	// there would be too many.
	Omitted int

	bySPI  map[spiKey]*SA
	latest map[pair]*SA // the last SA that spoke on a path
	esp    map[pair]*SA // the last SA that was authenticated on a path
}

type spiKey struct {
	version uint8
	spii    ike.SPI
}

// pair is a path without a direction.
type pair struct{ a, b netip.AddrPort }

func pairOf(a, b netip.AddrPort) pair {
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	return pair{a, b}
}

// withoutPorts is the path of ESP packets that are not in UDP.
func withoutPorts(source, destination netip.AddrPort) pair {
	return pairOf(netip.AddrPortFrom(source.Addr(), 0), netip.AddrPortFrom(destination.Addr(), 0))
}

// digest is enough of a hash to tell datagrams apart.
type digest [16]byte

func digestOf(octets []byte) digest {
	sum := sha256.Sum256(octets)
	return digest(sum[:16])
}

// Add takes the next datagram. It reports false if this is no IKE message.
func (t *Tracker) Add(d Datagram) bool {
	if !isMessage(d.Octets) {
		return false
	}
	if t.Memory == nil {
		t.Memory = new(Memory)
	}
	h, _, _, _ := ike.ParseHeader(d.Octets)
	sa := t.sa(h, d)
	if sa == nil {
		t.Omitted++
		return true
	}
	if d.Time.After(sa.Last) {
		sa.Last = d.Time
	}
	if h.SPIr != (ike.SPI{}) {
		sa.SPIr = h.SPIr
	}
	fromInitiator := h.Flags&ike.FlagInitiator != 0
	if h.MajorVersion == 1 {
		fromInitiator = d.Source.Addr() == sa.Paths[0].Initiator.Addr()
	}
	if t.addPath(sa, d, fromInitiator) {
		t.latest[pairOf(d.Source, d.Destination)] = sa
		if h.Exchange == ike.IKE_AUTH && !fromInitiator || h.MajorVersion == 1 {
			t.esp[pairOf(d.Source, d.Destination)] = sa
			t.esp[withoutPorts(d.Source, d.Destination)] = sa
		}
	}

	sum := digestOf(d.Octets)
	isResponse := h.Flags&ike.FlagResponse != 0
	if h.MajorVersion == 1 {
		isResponse = !fromInitiator
	}
	x := t.exchange(sa, h, isResponse, isResponse != fromInitiator, sum)
	if x == nil {
		sa.Omitted++
		return true
	}
	m := t.message(x, isResponse, sum, h, d)
	if m == nil {
		sa.Omitted++
		return true
	}
	if !t.repeats(m, sum, d) {
		t.read(m, h, d)
	}
	return true
}

// sa returns the SA of a message, or nil if there are too many.
func (t *Tracker) sa(h ike.Header, d Datagram) *SA {
	key := spiKey{h.MajorVersion, h.SPIi}
	if sa := t.bySPI[key]; sa != nil {
		return sa
	}
	// An SA without an exchange tells nothing.
	if !t.Memory.has(costSA + costPath + costMessage) {
		return nil
	}
	t.Memory.take(costSA)
	if t.bySPI == nil {
		t.bySPI, t.latest, t.esp = map[spiKey]*SA{}, map[pair]*SA{}, map[pair]*SA{}
	}
	sa := &SA{Version: int(h.MajorVersion), SPIi: h.SPIi, File: d.File, First: d.Time}
	if h.MajorVersion == 1 {
		// There are no flags that tell; who speaks first is the initiator.
		sa.Paths = []Path{{Initiator: d.Source, Responder: d.Destination}}
		if h.SPIr != (ike.SPI{}) && d.Source.Port() < d.Destination.Port() {
			sa.Paths[0] = Path{Initiator: d.Destination, Responder: d.Source}
		}
	}
	sa.Of = t.rekeyed(h, d)
	t.SAs = append(t.SAs, sa)
	t.bySPI[key] = sa
	return sa
}

// rekeyed returns the SA of which a new one most likely came, or nil. The first
// exchange of an SA that came of rekeying has Message ID 0, as others have it
// in IKE_SA_INIT alone (RFC 7296, Section 2.18); and the SA before it, between
// the same addresses and ports, had a CREATE_CHILD_SA answered.
func (t *Tracker) rekeyed(h ike.Header, d Datagram) *SA {
	if h.MajorVersion != 2 || h.Exchange == ike.IKE_SA_INIT || h.MessageID != 0 {
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
	p := Path{Initiator: d.Source, Responder: d.Destination, NATTraversal: d.Marked}
	if !fromInitiator {
		p.Initiator, p.Responder = p.Responder, p.Initiator
	}
	i := slices.IndexFunc(sa.Paths, func(q Path) bool { return q.Initiator == p.Initiator && q.Responder == p.Responder })
	if i < 0 {
		if len(sa.Paths) == maxPaths || !t.Memory.take(costPath) {
			return false
		}
		i = len(sa.Paths)
		sa.Paths = append(sa.Paths, p)
	}
	sa.Paths[i].NATTraversal = sa.Paths[i].NATTraversal || d.Marked
	if fromInitiator {
		sa.Paths[i].Sent++
	} else {
		sa.Paths[i].Received++
	}
	return true
}

// AddESP takes an ESP packet, of which only the addresses matter. Without UDP
// the ports are 0.
func (t *Tracker) AddESP(source, destination netip.AddrPort) {
	sa := t.esp[pairOf(source, destination)]
	if sa == nil {
		return
	}
	for _, p := range sa.Paths {
		if p.Initiator.Addr() == source.Addr() {
			sa.ESPSent++
			return
		}
	}
	sa.ESPReceived++
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
	sa := t.latest[pairOf(e.Source, e.Destination)]
	// Eight octets are the least that is quoted of what IP carries, and they
	// are the UDP header; most quote more.
	octets := e.Octets
	if message, ok := ike.SplitNonESPMarker(octets); ok {
		octets = message
	}
	if spi := (ike.SPI{}); len(octets) >= len(spi) {
		copy(spi[:], octets)
		for _, version := range []uint8{2, 1} {
			if known := t.bySPI[spiKey{version, spi}]; known != nil {
				sa = known
			}
		}
	}
	if sa == nil {
		return false
	}
	if len(sa.Errors) == maxErrors || !t.Memory.take(costMessage) {
		sa.Omitted++
		return true
	}
	e.Octets = nil
	sa.Errors = append(sa.Errors, e)
	return true
}
