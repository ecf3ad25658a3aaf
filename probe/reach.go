package probe

import (
	"context"
	"sync"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// reach asks over each transport whether an IKEv2 responder is there.
func (s *scan) reach(ctx context.Context) {
	offer := offers.MustParse(offers.Greeting)
	s.gateway.SetControl(offer, false)
	method, _ := offers.ForeignMethod(offer)
	answers := s.greet(ctx, s.Transports, method)
	redirected := make([]initiator.Answer, len(answers))
	for i, a := range answers {
		if a.Redirects() {
			s.gateway.Learn(func(k *gateway.Known) { k.NoRedirect = true })
			s.describeRedirect(a)
			redirected[i] = a
			answers[i] = s.init(ctx, s.Transports[i], evidence.PurposeReach, offer, method)
			s.journal.Note(evidence.Note{Kind: evidence.NoteRedirected})
		}
	}
	client := false
	if silent := s.unanswered(answers); len(silent) > 0 {
		// Perhaps it drops what it does not take, or a KE payload that it
		// cannot use. It is asked as a client does, which opens an IKE SA.
		client = true
		s.gateway.SetControl(offers.MustParse(offers.ClientGreeting), false)
		second := s.greet(ctx, silent, ike.KE_MODP_2048)
		for i, t := range s.Transports {
			for j, u := range silent {
				if t == u && second[j].Outcome != initiator.NotTried && second[j].Outcome != initiator.NoAnswer {
					answers[i] = second[j]
				}
			}
		}
	}
	for i, a := range answers {
		if a.Outcome == initiator.NoAnswer && redirected[i].ID != 0 {
			a = redirected[i] // there is somebody
		}
		s.result.Paths = append(s.result.Paths, evidence.PathOf(s.Transports[i], a))
	}
	s.result.Verdict = evidence.VerdictOf(s.result.Paths)
	for i, a := range answers {
		if a.Outcome.IsIKEv2() {
			s.main = s.Transports[i]
			s.meet(ctx, a, client)
			break
		}
	}
}

// greet asks the control offer over transports at a time.
func (s *scan) greet(ctx context.Context, transports []initiator.Transport, method ike.KeyExchangeMethod) []initiator.Answer {
	offer := s.gateway.Now().Control
	answers := make([]initiator.Answer, len(transports))
	var wg sync.WaitGroup
	for i, t := range transports {
		wg.Go(func() { answers[i] = s.init(ctx, t, evidence.PurposeReach, offer, method) })
	}
	wg.Wait()
	return answers
}

// unanswered returns the transports on which nothing came, unless something
// came on another one.
func (s *scan) unanswered(answers []initiator.Answer) []initiator.Transport {
	var silent []initiator.Transport
	for i, a := range answers {
		switch a.Outcome {
		case initiator.NoAnswer:
			silent = append(silent, s.Transports[i])
		case initiator.NotTried, initiator.Unreachable:
		default:
			return nil
		}
	}
	return silent
}

// meet takes the first answer of the gateway for what it says of the way to
// ask it.
func (s *scan) meet(ctx context.Context, a initiator.Answer, client bool) {
	control, taken := s.gateway.Now().Control, a.Taken()
	switch {
	case a.Outcome == initiator.InvalidKEPayload && taken:
		s.gateway.SetControl(offers.OnlyMethod(control, a.Group), true)
		if client {
			s.findOracle(ctx)
		}
	case a.Outcome == initiator.Accepted:
		// RFC 7296, Section 1.2, wants INVALID_KE_PAYLOAD for a method that
		// it could not choose.
		s.gateway.SetControl(offers.OnlyMethod(control, ike.KeyExchangeMethod(a.Suite[proposals.KE].ID)), true)
		s.findOracle(ctx)
	}
}

// negotiates reports whether the gateway looks at offers at all.
func (s *scan) negotiates() bool {
	var redirected, broken []int
	for _, x := range s.journal.Since(0) {
		switch {
		case x.Type != ike.IKE_SA_INIT:
		case x.Notify == ike.REDIRECT:
			redirected = append(redirected, x.ID)
		case x.Outcome.IsIKEv2() && x.Outcome != initiator.CookieLoop:
			return true
		case x.Outcome == initiator.Malformed:
			broken = append(broken, x.ID)
		}
	}
	switch {
	case len(redirected) > 0:
		s.findings.Doubt(evidence.DoubtRedirected, nil, redirected...)
		return false
	case len(broken) > 0:
		s.findings.Doubt(evidence.DoubtMalformed, nil, broken...)
		return false
	}
	s.journal.Note(evidence.Note{Kind: evidence.NoteCookieLoop})
	return false
}

// unroutable is the result where our own host knows no way to the gateway.
func (s *scan) unroutable(u initiator.PathFault) {
	s.result.Verdict = evidence.VerdictUnreachable
	for _, t := range s.Transports {
		s.result.Paths = append(s.result.Paths, evidence.Path{Transport: t, State: u.State, Detail: u.Detail})
	}
}
