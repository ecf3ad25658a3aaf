package dialog

import (
	"crypto/sha256"
	"errors"
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// Bounds of what is held of a capture.
const (
	maxSAs       = 4096
	maxExchanges = 256 // of an SA
	maxResponses = 4   // of an exchange
	maxDatagrams = 64  // different ones of a message
	maxPaths     = 8   // of an SA
	maxErrors    = 8   // of an SA
	// maxContent is in octets of messages, of which the parsed form is up to
	// ten times as large.
	maxContent = 16 << 20
)

// copyTime is the time within which the same octets are a second sight of one
// datagram, as by a capture on several interfaces. Retransmissions wait longer.
const copyTime = 20 * time.Millisecond

var errNotKept = errors.New("it is not kept: the capture holds too many messages")

// A Tracker gathers the IKE SAs of a capture. The zero value is ready for use.
type Tracker struct {
	// SAs are in the order of their first messages.
	SAs []*SA
	// Omitted counts messages and ICMP errors that are of none of SAs, because
	// there would be too many.
	Omitted int

	bySPI  map[spiKey]*SA
	latest map[pair]*SA // the last SA that spoke on a path
	esp    map[pair]*SA // the last SA that was authenticated on a path
	kept   int          // octets of content
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

type digest [sha256.Size]byte

// sighting is what was seen of one datagram.
type sighting struct {
	times int
	last  time.Time
}

// Add takes the next datagram. It reports false if this is no IKE message.
func (t *Tracker) Add(d Datagram) bool {
	if !isMessage(d.Octets) {
		return false
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
	if sa.addPath(d, fromInitiator) {
		t.latest[pairOf(d.Source, d.Destination)] = sa
		if h.Exchange == ike.IKE_AUTH && !fromInitiator || h.MajorVersion == 1 {
			t.esp[pairOf(d.Source, d.Destination)] = sa
			t.esp[withoutPorts(d.Source, d.Destination)] = sa
		}
	}

	sum := digest(sha256.Sum256(d.Octets))
	isResponse := h.Flags&ike.FlagResponse != 0
	if h.MajorVersion == 1 {
		isResponse = !fromInitiator
	}
	x := sa.exchange(h, isResponse, isResponse != fromInitiator, sum)
	if x == nil {
		sa.Omitted++
		return true
	}
	m := x.message(isResponse, sum, h, d)
	if m == nil {
		sa.Omitted++
		return true
	}
	if m.repeats(sum, d) {
		return true
	}
	t.read(m, h, d)
	return true
}

// sa returns the SA of a message, or nil if there are too many.
func (t *Tracker) sa(h ike.Header, d Datagram) *SA {
	key := spiKey{h.MajorVersion, h.SPIi}
	if sa := t.bySPI[key]; sa != nil {
		return sa
	}
	if len(t.SAs) == maxSAs {
		return nil
	}
	if t.bySPI == nil {
		t.bySPI, t.latest, t.esp = map[spiKey]*SA{}, map[pair]*SA{}, map[pair]*SA{}
	}
	sa := &SA{Version: int(h.MajorVersion), SPIi: h.SPIi, First: d.Time}
	if h.MajorVersion == 1 {
		// There are no flags that tell; who speaks first is the initiator.
		sa.Paths = []Path{{Initiator: d.Source, Responder: d.Destination}}
		if h.SPIr != (ike.SPI{}) && d.Source.Port() < d.Destination.Port() {
			sa.Paths[0] = Path{Initiator: d.Destination, Responder: d.Source}
		}
	}
	t.SAs = append(t.SAs, sa)
	t.bySPI[key] = sa
	return sa
}

// addPath counts a datagram on its path. It reports false if there are too many
// paths to keep another one.
func (sa *SA) addPath(d Datagram, fromInitiator bool) bool {
	p := Path{Initiator: d.Source, Responder: d.Destination}
	if !fromInitiator {
		p.Initiator, p.Responder = p.Responder, p.Initiator
	}
	i := 0
	for i < len(sa.Paths) && (sa.Paths[i].Initiator != p.Initiator || sa.Paths[i].Responder != p.Responder) {
		i++
	}
	if i == len(sa.Paths) {
		if i == maxPaths {
			return false
		}
		sa.Paths = append(sa.Paths, p)
	}
	if fromInitiator {
		sa.Paths[i].Sent++
	} else {
		sa.Paths[i].Received++
	}
	return true
}

// exchange returns the exchange of a message, or nil if there are too many.
func (sa *SA) exchange(h ike.Header, isResponse, byInitiator bool, sum digest) *Exchange {
	if h.MajorVersion == 1 {
		byInitiator = true // see Message
	}
	var found *Exchange
	for i := len(sa.Exchanges) - 1; i >= 0; i-- {
		x := sa.Exchanges[i]
		if x.Type != h.Exchange || x.MessageID != h.MessageID || x.ByInitiator != byInitiator {
			continue
		}
		if found == nil {
			found = x // the last attempt
		}
		if h.Exchange != ike.IKE_SA_INIT || x.has(isResponse, sum) {
			return x
		}
	}
	// What is left is new. A request of IKE_SA_INIT begins another attempt,
	// unless the attempt is known only by its response.
	if found != nil && (isResponse || found.Request == nil) {
		return found
	}
	if len(sa.Exchanges) == maxExchanges {
		return nil
	}
	x := &Exchange{Type: h.Exchange, MessageID: h.MessageID, ByInitiator: byInitiator}
	sa.Exchanges = append(sa.Exchanges, x)
	return x
}

// has reports whether x holds a datagram with these octets.
func (x *Exchange) has(isResponse bool, sum digest) bool {
	if !isResponse {
		return x.Request != nil && x.Request.seen[sum] != nil
	}
	for _, m := range x.Responses {
		if m.seen[sum] != nil {
			return true
		}
	}
	return false
}

// message returns the message that a datagram is of, or nil if there are too
// many.
func (x *Exchange) message(isResponse bool, sum digest, h ike.Header, d Datagram) *Message {
	if !isResponse {
		if x.Request == nil {
			x.Request = newMessage(d)
		}
		return x.Request
	}
	// Unprotected responses that differ are several: one may be forged. The
	// others are one response, in fragments.
	for _, m := range x.Responses {
		if m.seen[sum] != nil || h.MajorVersion == 1 || h.Exchange != ike.IKE_SA_INIT {
			return m
		}
	}
	if len(x.Responses) == maxResponses {
		return nil
	}
	m := newMessage(d)
	x.Responses = append(x.Responses, m)
	return m
}

func newMessage(d Datagram) *Message {
	return &Message{Packet: d.Packet, First: d.Time, Source: d.Source, Destination: d.Destination, seen: map[digest]*sighting{}}
}

// repeats counts a datagram, and reports whether it was seen before, or is one
// too many to look at.
func (m *Message) repeats(sum digest, d Datagram) bool {
	m.IPFragments = max(m.IPFragments, d.Fragments)
	m.Lost = d.Lost && (m.Lost || len(m.seen) == 0)
	m.Missing = max(m.Missing, d.Missing)
	s := m.seen[sum]
	if s == nil {
		m.Last = d.Time
		if len(m.seen) == maxDatagrams {
			m.Variants++
			return true
		}
		m.seen[sum] = &sighting{times: 1, last: d.Time}
		m.Sent = max(m.Sent, 1)
		return false
	}
	if wait := d.Time.Sub(s.last); !d.Time.IsZero() && wait > -copyTime && wait < copyTime {
		m.Copies++
		return true
	}
	s.times++
	s.last, m.Last = d.Time, d.Time
	m.Sent = max(m.Sent, s.times)
	return true
}

// read takes the content of a datagram that is new.
func (t *Tracker) read(m *Message, h ike.Header, d Datagram) {
	size := len(d.Octets) + d.Missing
	if h.MajorVersion == 1 {
		m.Octets += size
		m.Captured++ // datagrams that differ
		return
	}
	content, err := ike.ParseMessage(d.Octets)
	sealed := 0
	var fragment *ike.EncryptedFragment
	if n := len(content.Payloads); n > 0 {
		switch p := content.Payloads[n-1].(type) {
		case *ike.Encrypted:
			sealed, p.Body = len(p.Body), nil
		case *ike.EncryptedFragment:
			sealed, p.Body = len(p.Body), nil
			fragment = p
		}
	}
	switch {
	case m.Content == nil && m.Octets == 0:
	case fragment != nil && fragment.Total == uint16(m.Fragments) && m.Captured < m.Fragments:
		// Fragments are told apart by their octets: two that have one number
		// and differ are rare, and no more than a wrong count.
		m.Octets += size
		m.Sealed += sealed
		m.Captured++
		return
	default:
		m.Variants++
		// Windows and others send a large message whole at first, and again in
		// fragments. What came last is what counts.
		if fragment == nil || m.Fragments != 0 {
			return
		}
	}
	m.Octets, m.Sealed = size, sealed
	if fragment != nil {
		m.Fragments, m.Captured = int(fragment.Total), 1
	}
	if d.Missing == 0 {
		m.Fault = err
	}
	if t.kept += len(d.Octets) - sealed; t.kept > maxContent {
		content, m.Fault = &ike.Message{Header: h}, errNotKept
	}
	m.Content = content
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
	if len(sa.Errors) == maxErrors {
		sa.Omitted++
		return true
	}
	e.Octets = nil
	sa.Errors = append(sa.Errors, e)
	return true
}
