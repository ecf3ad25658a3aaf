package login

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/initiator"
)

// Staying says how long a login stays, to see what the gateway asks by itself: zero for
// not at all.
type Staying struct {
	// Limit is how long at most, and Rekeyings after how many of IKE SA and Child SAs it
	// ends, 0 for one. Attempts at the same one, which is refused, count once.
	Limit     time.Duration
	Rekeyings int
	// Progress, unless nil, is called with each request of the gateway.
	Progress func(OwnRequest)
}

// OwnKind is what a gateway asks by itself.
type OwnKind string

const (
	// Liveness is an empty INFORMATIONAL request: it looks whether we are there.
	Liveness OwnKind = "liveness"
	// RekeyIKE and RekeyChild are that it wants new keys for the IKE SA or a Child SA,
	// and NewChild another Child SA.
	RekeyIKE   OwnKind = "rekey_ike"
	RekeyChild OwnKind = "rekey_child"
	NewChild   OwnKind = "new_child"
	// DeleteIKE and DeleteChild are that it ends them.
	DeleteIKE   OwnKind = "delete_ike"
	DeleteChild OwnKind = "delete_child"
	// OtherRequest is any other.
	OtherRequest OwnKind = "other"
)

// OwnRequest is a request of the gateway.
type OwnRequest struct {
	Kind OwnKind
	// After is how long after the login it came.
	After time.Duration
	// Offer are the proposals of a rekeying, in the gateway's order, and KE the method of
	// its KE payload, 0 for none.
	Offer []ike.Proposal
	KE    ike.KeyExchangeMethod
	// Answer is the error that it got, 0 for an empty message.
	Answer ike.NotifyType
	// Times counts how often it was asked, each time anew.
	Times int
}

// StayEnd is why a stay ended.
type StayEnd string

const (
	StayRekeyed     StayEnd = "rekeyed" // as often as was waited for
	StayDeleted     StayEnd = "deleted" // the gateway ended the IKE SA
	StayLimit       StayEnd = "limit"
	StayInterrupted StayEnd = "interrupted"
	StaySilent      StayEnd = "silent" // the gateway does not answer any more
	StayFull        StayEnd = "full"   // it asked more than is kept
)

// Stay is what a gateway did while a login stayed.
type Stay struct {
	Stayed   time.Duration
	End      StayEnd
	Requests []OwnRequest
}

const (
	// maxOwn bounds the requests of a gateway that are kept, of which those alike are
	// one, and maxAnswered those that are answered.
	maxOwn      = 64
	maxAnswered = 100_000
	// quiet is how long a gateway says nothing before it is asked whether it is there,
	// and keepalive how often a NAT in front of us is reminded (RFC 3948, Section 4).
	quiet     = 5 * time.Minute
	keepalive = 20 * time.Second
)

// incoming returns what hands on requests of the gateway, and what shows them to it. What
// there is no room for is dropped: a gateway sends its requests again.
func incoming(trace func(initiator.Datagram)) (chan initiator.Datagram, func(initiator.Datagram)) {
	requests := make(chan initiator.Datagram, 64)
	return requests, func(d initiator.Datagram) {
		if trace != nil {
			trace(d)
		}
		if d.Sent {
			return
		}
		h, _, _, err := ike.ParseHeader(messageOf(d))
		if err != nil || h.MajorVersion != 2 || h.Flags&(ike.FlagResponse|ike.FlagInitiator) != 0 {
			return
		}
		select {
		case requests <- d:
		default:
		}
	}
}

// messageOf is the IKE message of a datagram.
func messageOf(d initiator.Datagram) []byte {
	if inner, ok := ike.SplitNonESPMarker(d.Octets); ok {
		return inner
	}
	return d.Octets
}

// stayer answers what the gateway asks.
type stayer struct {
	*attempt
	stay     *Stay
	since    time.Time
	next     uint32 // Message ID of the gateway's next request
	whole    *keymat.Reassembly
	last     [][]byte // the answer to the request before, which may come again
	answered int
	rekeyed  [][]byte // the SPIs of what the gateway wanted to rekey; empty for the IKE SA
}

// linger stays until the gateway has rekeyed, or has ended the IKE SA, or the time is
// over.
func (a *attempt) linger(user context.Context) {
	s := &stayer{attempt: a, stay: &Stay{}, since: time.Now(), whole: a.sa.keys.Reassembly(keymat.Responder)}
	a.r.Stay = s.stay
	limit, cancel := context.WithTimeout(user, a.Stay.Limit)
	defer cancel()
	still := time.NewTimer(quiet)
	defer still.Stop()
	awake := time.NewTicker(keepalive)
	defer awake.Stop()
	for s.stay.End == "" && a.err == nil {
		select {
		case <-limit.Done():
			s.stay.End = StayLimit
			if user.Err() != nil {
				s.stay.End = StayInterrupted
			}
		case <-awake.C:
			if a.r.LocalNAT && !a.sa.transport.IsTCP() {
				if err := a.conn.Keepalive(); err != nil && !errors.Is(err, context.Canceled) {
					continue // the mapping may be lost, which the gateway's silence shows
				}
			}
		case <-still.C:
			work, stop := lasting(limit, farewell)
			x, ok := a.ask(work, ike.INFORMATIONAL, nil, a.Attempts)
			stop()
			if ok && !x.Genuine && limit.Err() == nil {
				s.stay.End = StaySilent
			}
			still.Reset(quiet)
		case d := <-a.incoming:
			if s.take(d) {
				still.Reset(quiet)
			}
		}
	}
	s.stay.Stayed = time.Since(s.since)
}

// take answers a request, and reports whether it is one of the gateway's.
func (s *stayer) take(d initiator.Datagram) bool {
	octets := messageOf(d)
	h, _, _, err := ike.ParseHeader(octets)
	if err != nil || h.SPIi != s.sa.header.SPIi || h.SPIr != s.sa.header.SPIr {
		return false
	}
	if h.MessageID+1 == s.next && s.last != nil {
		// It did not get the answer; whoever else sends its octets again makes us
		// send ours again, and nothing else.
		if _, err := s.sa.keys.Open(keymat.Responder, octets); err != nil {
			return false
		}
		s.send(s.last)
		return true
	}
	if h.MessageID != s.next {
		return false
	}
	m, err := s.whole.Open(octets)
	if err != nil {
		return false // a fragment, or not the gateway's
	}
	s.whole = s.sa.keys.Reassembly(keymat.Responder)
	if s.answered++; s.answered > maxAnswered {
		s.stay.End = StayFull
		return true
	}
	request, payloads, spi := s.answer(m)
	s.next++
	header := ike.Header{SPIi: h.SPIi, SPIr: h.SPIr, MajorVersion: 2, Exchange: h.Exchange, Flags: ike.FlagInitiator | ike.FlagResponse, MessageID: h.MessageID}
	whole, err := s.sa.keys.Seal(keymat.Initiator, header, payloads, s.Rand)
	if err != nil {
		s.err = err
		return true
	}
	s.last = [][]byte{whole}
	s.send(s.last)
	s.keep(request, spi)
	return true
}

// send sends an answer, which is not sent again unless the gateway asks again.
func (s *stayer) send(octets [][]byte) {
	for _, o := range octets {
		s.conn.Respond(s.sa.transport, s.sa.flow, o)
	}
}

// answer returns what a request is, what answers it, and the SPI that it is about.
//
// Rekeying is put off with TEMPORARY_FAILURE (RFC 7296, Section 2.25), which is the least
// harmful: new keys would leave an SA to end, and NO_PROPOSAL_CHOSEN would look in the
// gateway's log as if suites did not fit. Gateways ask again after some seconds, and keep
// the old SA until its hard limit.
func (s *stayer) answer(m *ike.Message) (OwnRequest, []ike.Payload, []byte) {
	r := OwnRequest{Kind: OtherRequest, After: time.Since(s.since), Times: 1}
	switch m.Exchange {
	case ike.CREATE_CHILD_SA:
		r.Kind = NewChild
		var spi []byte
		if sa, ok := ike.Find[*ike.SA](m); ok && len(sa.Proposals) > 0 {
			r.Offer = sa.Proposals
			if sa.Proposals[0].Protocol == ike.ProtocolIKE {
				r.Kind = RekeyIKE
			}
		}
		if n, ok := m.Notify(ike.REKEY_SA); ok && r.Kind == NewChild {
			r.Kind, spi = RekeyChild, n.SPI
		}
		if ke, ok := ike.Find[*ike.KE](m); ok {
			r.KE = ke.Method
		}
		r.Answer = ike.TEMPORARY_FAILURE
		return r, []ike.Payload{&ike.Notify{Notification: ike.TEMPORARY_FAILURE}}, spi
	case ike.INFORMATIONAL:
		if len(m.Payloads) == 0 {
			r.Kind = Liveness
		}
		for _, p := range m.Payloads {
			d, ok := p.(*ike.Delete)
			switch {
			case ok && d.Protocol == ike.ProtocolIKE:
				r.Kind = DeleteIKE
				return r, nil, nil
			case ok && d.Protocol == ike.ProtocolESP:
				r.Kind = DeleteChild
				// "the responses [...] contain Delete payloads for the paired SAs going
				// in the other direction" (RFC 7296, Section 1.4.1).
				return r, []ike.Payload{&ike.Delete{Protocol: ike.ProtocolESP, SPISize: 4, SPIs: [][]byte{childSPI(s.sa.ni)}}}, nil
			}
		}
	}
	return r, nil, nil
}

// keep notes a request: those of one kind with the same offer are one.
func (s *stayer) keep(r OwnRequest, spi []byte) {
	all := s.stay.Requests
	i := slices.IndexFunc(all, func(o OwnRequest) bool {
		return o.Kind == r.Kind && o.KE == r.KE && sameOffer(o.Offer, r.Offer)
	})
	switch {
	case i >= 0:
		all[i].Times++
		r.Times = all[i].Times
	case len(all) >= maxOwn:
		s.stay.End = StayFull
		return
	default:
		s.stay.Requests = append(all, r)
	}
	if s.Stay.Progress != nil {
		s.Stay.Progress(r)
	}
	switch r.Kind {
	case DeleteIKE:
		s.sa.over, s.stay.End = true, StayDeleted
	case RekeyIKE, RekeyChild:
		if !slices.ContainsFunc(s.rekeyed, func(o []byte) bool { return slices.Equal(o, spi) }) {
			s.rekeyed = append(s.rekeyed, spi)
		}
		if len(s.rekeyed) >= max(1, s.Stay.Rekeyings) {
			s.stay.End = StayRekeyed
		}
	}
}

// sameOffer compares proposals but for their SPIs, which are drawn anew.
func sameOffer(a, b []ike.Proposal) bool {
	return slices.EqualFunc(a, b, func(p, q ike.Proposal) bool {
		return p.Number == q.Number && p.Protocol == q.Protocol && slices.EqualFunc(p.Transforms, q.Transforms, func(t, u ike.Transform) bool {
			return t.Type == u.Type && t.ID == u.ID && slices.EqualFunc(t.Attributes, u.Attributes, func(x, y ike.Attribute) bool {
				return x.Type == y.Type && slices.Equal(x.Value, y.Value)
			})
		})
	})
}
