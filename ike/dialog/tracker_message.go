package dialog

import (
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// sighting is what was seen of one datagram.
type sighting struct {
	sum   digest
	times int
	last  time.Time
}

// exchange returns the exchange of a message, or nil if there is no room.
func (t *Tracker) exchange(sa *SA, h ike.Header, isResponse, byInitiator bool, sum digest) *Exchange {
	if h.MajorVersion == 1 {
		byInitiator = true // see Message
	}
	var found *Exchange
	for _, x := range slices.Backward(sa.Exchanges) {
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
		t.omit(sa, maxExchanges/2)
	}
	if !t.Memory.has(costMessage) {
		return nil
	}
	x := &Exchange{Type: h.Exchange, MessageID: h.MessageID, ByInitiator: byInitiator}
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
		if m.sighting(sum) != nil || h.MajorVersion == 1 || h.Exchange != ike.IKE_SA_INIT {
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
	if !t.Memory.take(costMessage) {
		return nil
	}
	return &Message{File: d.File, Packet: d.Packet, First: d.Time, Source: d.Source, Destination: d.Destination,
		Marked: d.Marked, held: costMessage}
}

// repeats counts a datagram, and reports whether it was seen before, or is one
// too many to look at.
func (t *Tracker) repeats(m *Message, sum digest, d Datagram) bool {
	m.IPFragments = max(m.IPFragments, d.Fragments)
	m.Lost = d.Lost && (m.Lost || len(m.seen) == 0)
	m.Missing = max(m.Missing, d.Missing)
	s := m.sighting(sum)
	if s == nil {
		m.Last = d.Time
		if len(m.seen) == maxDatagrams || !t.Memory.take(costDatagram) {
			m.Variants++
			return true
		}
		m.held += costDatagram
		m.seen = append(m.seen, sighting{sum: sum, times: 1, last: d.Time})
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
		if n, ok := ike.IKEv1Notify(d.Octets); ok && m.Error == 0 {
			m.Error = n
		}
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
	if cost := costOctet * (len(d.Octets) - sealed); t.Memory.take(cost) {
		m.held += cost
	} else {
		content, m.Fault = &ike.Message{Header: h}, errNotKept
	}
	m.Content = content
}
