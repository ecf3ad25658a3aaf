package dialog

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/ikev1"
)

// startsIKEv1 reports whether an exchange is one with which an IKE SA of IKEv1
// begins.
func startsIKEv1(t ike.ExchangeType) bool {
	switch t {
	case ikev1.Base, ikev1.MainMode, ikev1.AggressiveMode, ikev1.AuthenticationOnly, ikev1.AuthIPMainMode:
		return true
	}
	return false
}

// ikev1Initiator reports whether a message of IKEv1 is the initiator's. There
// are no flags that show it: who speaks first is the initiator, and an SA payload
// that comes with the responder's SPI is the responder's choice.
func (sa *SA) ikev1Initiator(h ike.Header, d Datagram, side side) bool {
	if side != ofNeither {
		return side == ofInitiator
	}
	if len(sa.Paths) > 0 {
		// On other addresses: one end is known, most likely.
		for _, p := range sa.Paths {
			switch {
			case p.Initiator.Addr() == p.Responder.Addr():
			case p.Initiator.Addr() == d.Source.Addr(), p.Responder.Addr() == d.Destination.Addr():
				return true
			case p.Responder.Addr() == d.Source.Addr(), p.Initiator.Addr() == d.Destination.Addr():
				return false
			}
		}
	}
	if h.SPIr == (ike.SPI{}) {
		return true
	}
	m, _ := ikev1.Parse(d.Octets)
	if _, ok := m.Find(ikev1.PayloadSA); ok && startsIKEv1(h.Exchange) {
		return false
	}
	// A capture that begins later: of a client behind NAT the port is another.
	if a, b := isIKEPort(d.Source.Port()), isIKEPort(d.Destination.Port()); a != b {
		return b
	}
	return true
}

func isIKEPort(port uint16) bool { return port == 500 || port == nattPort }

// ikev1Exchange returns the part of an exchange of IKEv1 that a message is of: a
// message, and the one that answers it. way.isResponse says which it is.
func (t *Tracker) ikev1Exchange(sa *SA, h ike.Header, w *way, d Datagram, sum digest) *Exchange {
	var last *Exchange
	byInitiator := w.fromInitiator // who began the exchange
	if startsIKEv1(h.Exchange) {
		byInitiator = true
	}
	known := false
	for _, x := range sa.Exchanges {
		if x.Version != int(h.MajorVersion) || x.Type != h.Exchange || x.MessageID != h.MessageID {
			continue
		}
		if !known && !startsIKEv1(h.Exchange) {
			byInitiator = x.ByInitiator
		}
		known, last = true, x
	}
	w.isResponse = w.fromInitiator != byInitiator
	for _, x := range slices.Backward(sa.Exchanges) {
		if x.Version == int(h.MajorVersion) && x.Type == h.Exchange && x.MessageID == h.MessageID && x.has(w.isResponse, sum) {
			return x
		}
	}
	if last != nil {
		switch {
		case t.continues(last, w.isResponse, d):
			return last
		case w.isResponse && len(last.Responses) == 0:
			return last
		case !w.isResponse && last.Request == nil && !last.First().moment().before(moment{d.Time, d.Packet}):
			return last // captured after the message that answers it
		}
	}
	return t.newExchange(sa, h, byInitiator)
}

// continues reports whether a datagram is another fragment of the last message
// of its side.
func (t *Tracker) continues(x *Exchange, isResponse bool, d Datagram) bool {
	m := x.Request
	if isResponse {
		m = nil
		if n := len(x.Responses); n > 0 {
			m = x.Responses[n-1]
		}
	}
	if m == nil || m.IKEv1 == nil {
		return false
	}
	before, ok := m.IKEv1.Fragment()
	if !ok {
		return false
	}
	next, _ := ikev1.Parse(d.Octets)
	f, ok := next.Fragment()
	return ok && f.ID == before.ID
}

// readIKEv1 takes the content of a datagram that is new.
func (t *Tracker) readIKEv1(m *Message, h ike.Header, d Datagram) {
	size := len(d.Octets) + d.Missing
	content, err := ikev1.Parse(d.Octets)
	f, isFragment := content.Fragment()
	if m.IKEv1 != nil {
		if _, ok := m.IKEv1.Fragment(); ok && isFragment {
			m.Octets += size
			m.Captured++
			if f.Last {
				m.Fragments = int(f.Number)
			}
			return
		}
		if m.Whole() || d.Missing > 0 {
			m.Variants++
			return
		}
		m.Missing, m.Lost = 0, false // and what follows is all of it
	}
	m.Octets, m.Sealed = size, content.Encrypted
	if isFragment {
		m.Captured = 1
		if f.Last {
			m.Fragments = int(f.Number)
		}
	}
	m.Fault = nil
	if d.Missing == 0 {
		m.Fault = err
	}
	cost := 0
	for _, p := range content.Payloads {
		cost += costOctet * (4 + len(p.Body))
	}
	if t.memory().take(cost) {
		m.held += cost
	} else {
		content, m.Fault = &ikev1.Message{Header: h, Encrypted: content.Encrypted}, errNotKept
	}
	m.IKEv1 = content
}
