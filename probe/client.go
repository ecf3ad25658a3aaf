package probe

import (
	"context"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/ledger"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// clients sends the first packet of each client.
func (s *scan) clients(ctx context.Context) {
	for _, p := range s.Clients {
		c := clientTry{scan: s, packet: p, answer: evidence.ClientAnswer{Name: p.Name}}
		if c.prepare() {
			c.run(ctx)
		}
		s.result.Clients = append(s.result.Clients, c.answer)
	}
	if s.ClientsOnly {
		s.redeemNames(ctx)
	}
	s.doubtRefusals()
}

// redeemNames gives a gateway that has accepted nothing the method that it asks a client
// for which does not have it: one that asks for ever does not refuse so.
func (s *scan) redeemNames(ctx context.Context) {
	i := slices.IndexFunc(s.result.Clients, func(c evidence.ClientAnswer) bool {
		return c.State == matrix.Refused && c.Outcome == initiator.InvalidKEPayload
	})
	accepted := func(x evidence.Exchange) bool { return x.Outcome == initiator.Accepted && x.Type == ike.IKE_SA_INIT }
	if i < 0 || slices.ContainsFunc(s.journal.Since(0), accepted) {
		return
	}
	method := s.result.Clients[i].Group
	offer := offers.OnlyMethod(offers.MustParse(offers.Greeting), method)
	for range redeemTries { // the same question, with what it asks for each time
		if known := s.gateway.Now(); !keyexchange.Supported(method) || known.RequestOctets(offer, method) > known.Allowed() || evidence.Unredeemed(s.journal.Since(0), 0, nil) != 0 {
			return
		}
		a := s.insist(ctx, func() initiator.Answer { return s.init(ctx, s.main, evidence.PurposeControl, offer, method) })
		if a.Outcome != initiator.InvalidKEPayload {
			return
		}
		method = a.Group
	}
}

// doubtRefusals takes back that clients were refused where the gateway redirects
// initiators and may refuse whoever does not follow: it accepted nothing, or its
// refusal is silence. And where it asks for other methods, and never accepts one.
func (s *scan) doubtRefusals() {
	known := s.gateway.Now()
	hollow := evidence.Unredeemed(s.journal.Since(0), known.Hollow, s.result.Matrix) != 0
	for i, c := range s.result.Clients {
		if hollow && c.State == matrix.Refused && c.Outcome == initiator.InvalidKEPayload {
			s.result.Clients[i].State = matrix.NoAnswer
		}
	}
	if !known.NoRedirect || known.Taken && known.Refusal.How != gateway.DropsRefused {
		return
	}
	for i := range s.result.Clients {
		if c := &s.result.Clients[i]; c.State == matrix.Refused {
			c.State = matrix.NoAnswer
			c.Notes = append(slices.DeleteFunc(c.Notes, func(n evidence.Note) bool { return n.Kind == evidence.ClientDropped }),
				evidence.Note{Kind: evidence.ClientRedirected})
		}
	}
}

// clientTry is a client on its way to an answer.
type clientTry struct {
	scan   *scan
	packet initiator.FirstPacket
	// offer holds what each proposal offers; an empty product for nothing
	// that can be known.
	offer  []proposals.Product
	tries  int // of the packet as it is now
	answer evidence.ClientAnswer
}

func (c *clientTry) note(n evidence.Note) { c.answer.Notes = append(c.answer.Notes, n) }

// prepare reads the offer, and reports whether the packet can be sent.
func (c *clientTry) prepare() bool {
	var untold []int
	offer, whole := c.packet.Products()
	for i, p := range c.packet.Proposals {
		if !whole[i] {
			untold = append(untold, int(p.Number))
		}
	}
	c.offer = offer
	if len(untold) > 0 {
		c.note(evidence.Note{Kind: evidence.ClientUntold, Proposals: untold})
	}
	if err := c.packet.Check(); err != nil {
		c.note(evidence.Note{Kind: evidence.ClientInvalid, Detail: err.Error()})
		return false
	}
	if n := c.scan.halfOpens.Unclosed(); n >= ledger.HalfOpenLimit {
		c.note(evidence.Note{Kind: evidence.ClientHalfOpenLeft, Count: n})
		return false
	}
	return true
}

// run sends the packet and goes on as the client would, which retries once with
// the method that an INVALID_KE_PAYLOAD names (RFC 7296, Section 1.2).
func (c *clientTry) run(ctx context.Context) {
	method := c.packet.KE
	if !keyexchange.Supported(method) {
		var ok bool
		if method, ok = c.scan.stateless(c.offer); !ok {
			c.note(evidence.Note{Kind: evidence.ClientUncomputable, KE: c.packet.KE})
			return
		}
	}
	a := c.send(ctx, method)
	if a.Outcome == initiator.InvalidKEPayload && a.Taken() && a.Group != method {
		switch {
		case a.Group == c.packet.KE:
			c.answer.State = matrix.Accepted
			c.note(evidence.Note{Kind: evidence.ClientStandIn, KE: a.Group, Other: method})
			return
		case !keyexchange.Supported(a.Group):
			c.answer.State = matrix.Accepted
			c.note(evidence.Note{Kind: evidence.ClientWouldRetry, KE: a.Group})
			return
		}
		c.note(evidence.Note{Kind: evidence.ClientRetried, KE: a.Group})
		a = c.send(ctx, a.Group)
	}
	c.judge(ctx, a)
}

// stateless returns a method for a KE payload to which the gateway answers with
// the one that it wants, if it does so.
func (s *scan) stateless(offer []proposals.Product) (ike.KeyExchangeMethod, bool) {
	named := func(x evidence.Exchange) bool { return x.Outcome == initiator.InvalidKEPayload && x.Taken() }
	if s.gateway.Now().Oracle != gateway.ByForeignKE || !slices.ContainsFunc(s.journal.Since(0), named) {
		return 0, false
	}
	return offers.ForeignMethod(offer)
}

// send sends the packet until it is answered, or it is sure that the gateway
// does not answer it.
func (c *clientTry) send(ctx context.Context, ke ike.KeyExchangeMethod) initiator.Answer {
	c.tries = 0
	return c.scan.sound(ctx, func() initiator.Answer {
		a := c.scan.initiate(ctx, evidence.PurposeClient, initiator.Offer{Transport: c.scan.main, Products: c.offer, KE: ke, Packet: &c.packet})
		if a.ID == 0 {
			return a
		}
		if len(c.answer.Evidence) == 0 && len(a.Request) > gateway.MaxDatagram {
			c.note(evidence.Note{Kind: evidence.ClientLong, Count: len(a.Request)})
		}
		c.answer.Evidence = append(c.answer.Evidence, a.ID)
		c.answer.Outcome, c.answer.Group, c.answer.Suite = a.Outcome, a.Group, a.Suite
		if c.tries += a.Tries; a.Outcome == initiator.NoAnswer {
			c.scan.measure(ctx)
		}
		return a
	})
}

// judge says what the last answer means for the client.
func (c *clientTry) judge(ctx context.Context, a initiator.Answer) {
	c.answer.State = matrix.NoAnswer
	switch a.Outcome {
	case initiator.Accepted:
		c.answer.State = matrix.Accepted
	case initiator.NoProposalChosen:
		c.answer.State = matrix.Refused
	case initiator.InvalidKEPayload:
		c.answer.State = matrix.Refused
		if proposals.HasKeyExchange(c.offer, a.Group) {
			c.note(evidence.Note{Kind: evidence.ClientAskedAgain, KE: a.Group})
		} else {
			c.note(evidence.Note{Kind: evidence.ClientNotOffered, KE: a.Group})
		}
	case initiator.NoAnswer:
		c.note(evidence.Note{Kind: evidence.ClientSilent, Count: c.tries})
		if len(a.Request) <= gateway.MaxDatagram && c.scan.learnRefusal(ctx).How == gateway.DropsRefused {
			c.answer.State = matrix.Refused
			c.note(evidence.Note{Kind: evidence.ClientDropped})
		}
	case initiator.NotTried:
		if len(c.answer.Evidence) == 0 {
			c.answer.State = matrix.NotTested
		}
		c.note(evidence.Note{Kind: evidence.ClientCutShort})
	default:
		c.note(evidence.Note{Kind: evidence.ClientOtherAnswer, Outcome: a.Outcome, Notify: a.Notify, Detail: a.Detail})
		if c.scan.refusesWith(ctx, a) {
			c.answer.State = matrix.Refused
		}
	}
}

// refusesWith reports whether a is an error with which the gateway refuses
// offers.
func (s *scan) refusesWith(ctx context.Context, a initiator.Answer) bool {
	if a.Outcome != initiator.OtherError {
		return false
	}
	r := s.learnRefusal(ctx)
	return r.How == gateway.RefusesByError && a.Notify == r.Notify
}
