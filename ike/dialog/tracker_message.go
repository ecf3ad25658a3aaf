package dialog

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// sighting is what was seen of one datagram.
type sighting struct {
	sum   digest
	times int
	last  time.Time
	// copies counts sights that are too close to be sent again.
	copies int
	// sent are the times, the first of them.
	sent []time.Time
}

// maxSent bounds the times that are held of a datagram: initiators give up after
// fewer.
const maxSent = 16

// exchange returns the exchange of a message, or nil if there is no room. Of
// IKEv1 it decides whether the message is a response.
func (t *Tracker) exchange(sa *SA, h ike.Header, w way, d Datagram, sum digest) (*Exchange, way) {
	if h.MajorVersion == 1 {
		x := t.ikev1Exchange(sa, h, &w, d, sum)
		return x, w
	}
	byInitiator := w.isResponse != w.fromInitiator
	var found *Exchange
	for _, x := range slices.Backward(sa.Exchanges) {
		if x.Version != 2 || x.Type != h.Exchange || x.MessageID != h.MessageID || x.ByInitiator != byInitiator {
			continue
		}
		if !x.IsInit() || x.has(w.isResponse, sum) {
			return x, w
		}
		// The last attempt; of a response, the last that came before it.
		if found == nil || w.isResponse && found.Request != nil && d.Time.Before(found.Request.First) {
			found = x
		}
	}
	// What is left is new. A request of IKE_SA_INIT begins another attempt,
	// unless the attempt is known only by its response.
	if found != nil && (w.isResponse || found.Request == nil) {
		return found, w
	}
	return t.newExchange(sa, h, byInitiator), w
}

func (t *Tracker) newExchange(sa *SA, h ike.Header, byInitiator bool) *Exchange {
	if len(sa.Exchanges) == maxExchanges {
		t.omit(sa, maxExchanges/2)
	}
	if !t.memory().has(costMessage) {
		return nil
	}
	x := &Exchange{Version: int(h.MajorVersion), Type: h.Exchange, MessageID: h.MessageID, ByInitiator: byInitiator}
	sa.Exchanges = append(sa.Exchanges, x)
	return x
}

// omit drops an exchange of an SA.
func (t *Tracker) omit(sa *SA, i int) {
	for _, m := range append(slices.Clone(sa.Exchanges[i].Responses), sa.Exchanges[i].Request) {
		if m != nil {
			t.Memory.held -= m.held
			sa.Omitted++
		}
	}
	sa.Exchanges = slices.Delete(sa.Exchanges, i, i+1)
}

// has reports whether x holds a datagram with these octets.
func (x *Exchange) has(isResponse bool, sum digest) bool {
	if !isResponse {
		return x.Request != nil && x.Request.sighting(sum) != nil
	}
	return slices.ContainsFunc(x.Responses, func(m *Message) bool { return m.sighting(sum) != nil })
}

// sighting returns what was seen of a datagram, or nil.
func (m *Message) sighting(sum digest) *sighting {
	for i := range m.seen {
		if m.seen[i].sum == sum {
			return &m.seen[i]
		}
	}
	return nil
}

// isCopy reports whether a datagram that was seen is captured a second time,
// rather than sent again. Without times that is not known.
func isCopy(s *sighting, d Datagram) bool {
	wait := d.Time.Sub(s.last)
	return !d.Time.IsZero() && wait > -copyTime && wait < copyTime
}

// message returns the message that a datagram is of, or nil if there is no
// room.
func (t *Tracker) message(x *Exchange, isResponse bool, sum digest, h ike.Header, d Datagram) *Message {
	if !isResponse {
		if x.Request == nil {
			x.Request = t.newMessage(d)
		}
		return x.Request
	}
	// Unprotected responses that differ are several: one may be forged. The
	// others are one response, in fragments.
	for _, m := range x.Responses {
		if m.sighting(sum) != nil || !x.IsInit() {
			return m
		}
	}
	if len(x.Responses) == maxResponses {
		return nil
	}
	m := t.newMessage(d)
	if m != nil {
		x.Responses = append(x.Responses, m)
	}
	return m
}

func (t *Tracker) newMessage(d Datagram) *Message {
	if !t.memory().take(costMessage) {
		return nil
	}
	return &Message{File: d.File, Packet: d.Packet, First: d.Time, Source: d.Source, Destination: d.Destination,
		Marked: d.Marked, held: costMessage}
}

// repeats counts a datagram, and reports whether it was seen before, or is one
// too many to look at.
func (t *Tracker) repeats(m *Message, sum digest, d Datagram) bool {
	m.IPFragments = max(m.IPFragments, d.Fragments)
	if len(m.seen) == 0 {
		m.Lost, m.Missing = d.Lost, d.Missing
	}
	if d.Time.Before(m.First) {
		m.File, m.Packet, m.First, m.Source, m.Destination = d.File, d.Packet, d.Time, d.Source, d.Destination
	}
	s := m.sighting(sum)
	if s == nil {
		m.Last = later(m.Last, d.Time)
		if len(m.seen) == maxDatagrams || !t.memory().take(costDatagram) {
			m.Variants++
			return true
		}
		m.held += costDatagram
		m.seen = append(m.seen, sighting{sum: sum, times: 1, last: d.Time, sent: []time.Time{d.Time}})
		m.Sent = max(m.Sent, 1)
		return false
	}
	if isCopy(s, d) {
		m.Copies++
		s.copies++
		return true
	}
	s.times++
	if len(s.sent) < maxSent {
		s.sent = append(s.sent, d.Time)
	}
	s.last = d.Time
	m.Last = later(m.Last, d.Time)
	m.Sent = max(m.Sent, s.times)
	return true
}

// later returns the later of two times; of unknown ones the second.
func later(a, b time.Time) time.Time {
	if b.Before(a) {
		return a
	}
	return b
}

// read takes the content of a datagram that is new.
func (t *Tracker) read(m *Message, h ike.Header, d Datagram) {
	if h.MajorVersion == 1 {
		t.readIKEv1(m, h, d)
		return
	}
	size := len(d.Octets) + d.Missing
	content, err := ike.ParseMessage(d.Octets)
	sealed, fragment := sealedIn(content, d)
	switch {
	case m.Content == nil && m.Octets == 0:
	case d.Missing > 0 && m.Missing == 0:
		// It is not all there, and was before.
		return
	case m.Missing > 0 && d.Missing == 0 && (fragment == nil) == (m.Fragments == 0):
		// Now it is all there.
		m.Missing, m.Lost = 0, false
		if fragment != nil { // one of several, which are not told apart
			return
		}
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
		m.Missing, m.Lost = d.Missing, d.Lost
	}
	m.Octets, m.Sealed = size, sealed
	if fragment != nil {
		m.Fragments, m.Captured = int(fragment.Total), 1
	}
	m.Fault = nil
	if d.Missing == 0 {
		m.Fault = err
	}
	if cost := costOctet * max(0, len(d.Octets)-sealed); t.memory().take(cost) {
		m.held += cost
	} else {
		content, m.Fault = &ike.Message{Header: h}, errNotKept
	}
	m.Content = content
}

// sealedIn takes the octets out of the Encrypted payload of a message, and
// returns how many there are, and the payload if it is a fragment. Of a message
// that is not all there, its lengths show.
func sealedIn(content *ike.Message, d Datagram) (sealed int, fragment *ike.EncryptedFragment) {
	if n := len(content.Payloads); n > 0 {
		switch p := content.Payloads[n-1].(type) {
		case *ike.Encrypted:
			sealed, p.Body = len(p.Body), nil
			return sealed, nil
		case *ike.EncryptedFragment:
			sealed, p.Body = len(p.Body), nil
			return sealed, p
		}
	}
	const generic = 4 // octets of a payload's header
	_, first, length, err := ike.ParseHeader(d.Octets)
	if err != nil || d.Missing == 0 || len(content.Payloads) > 0 {
		return 0, nil
	}
	body := d.Octets[ike.HeaderLen:]
	room := max(0, int(min(length, 1<<16))-ike.HeaderLen-generic)
	switch first {
	case ike.PayloadEncrypted:
		content.Payloads = []ike.Payload{&ike.Encrypted{}}
		return room, nil
	case ike.PayloadEncryptedFragment:
		f := new(ike.EncryptedFragment)
		if len(body) < generic+4 {
			return 0, nil
		}
		f.Number, f.Total = binary.BigEndian.Uint16(body[generic:]), binary.BigEndian.Uint16(body[generic+2:])
		content.Payloads = []ike.Payload{f}
		return max(0, room-4), f
	}
	return 0, nil
}
