package probe

import (
	"context"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/proposals"
)

// detailBudget is the part of MaxExchanges that the matrix leaves for the
// exchanges after it.
const detailBudget = 12

// halfOpenLimit bounds the half-open IKE SAs at the gateway: strongSwan asks
// for cookies from the third of one address.
const halfOpenLimit = 3

// matrix finds out which suites the gateway accepts.
func (s *scan) matrix(ctx context.Context) {
	m := s.planner(s.asker(ctx)).Run()
	if m.Accepted == 0 && !s.byAcceptance && ctx.Err() == nil && s.takesAnyway(ctx) {
		s.byAcceptance = true
		s.note("The gateway refuses offers whose KE payload it cannot use, without looking at the proposals; " +
			"the matrix was found by accepted answers, each closed again.")
		m = s.planner(s.asker(ctx)).Run()
	}
	s.result.Matrix = m
	if s.silence.counts > 0 {
		s.note("The gateway never refuses: it drops offers that it does not take. %d offers were sent again and again "+
			"between control offers that were answered, and count as refused.", s.silence.counts)
	}
}

// takesAnyway reports whether the gateway takes a common offer when the KE
// payload fits, though it took none when it did not.
func (s *scan) takesAnyway(ctx context.Context) bool {
	for _, m := range []ike.KeyExchangeMethod{ike.KE_MODP_2048, ike.KE_ECP_256, ike.KE_MODP_1024} {
		offer := make([]proposals.Product, len(s.control))
		for i, p := range s.control {
			p[proposals.KE] = []proposals.Algorithm{{Axis: proposals.KE, ID: uint16(m)}}
			offer[i] = p
		}
		if a := s.init(ctx, s.main, "control", offer, m); a.Outcome == Accepted {
			return true
		}
	}
	return false
}

// asker returns the planner's way to the gateway.
func (s *scan) asker(ctx context.Context) func([]proposals.Offer) []proposals.Answer {
	return func(offers []proposals.Offer) []proposals.Answer {
		answers := make([]proposals.Answer, len(offers))
		all := make([]int, len(offers))
		for i := range all {
			all[i] = i
		}
		s.askThese(ctx, offers, answers, all)
		s.settleSilence(ctx, offers, answers)
		return answers
	}
}

// askThese asks the offers of the given indices, in flight together.
func (s *scan) askThese(ctx context.Context, offers []proposals.Offer, answers []proposals.Answer, which []int) {
	places := make(chan struct{}, s.inFlight())
	var wg sync.WaitGroup
	for _, i := range which {
		places <- struct{}{}
		wg.Go(func() {
			answers[i] = s.question(ctx, offers[i].Products)
			<-places
		})
	}
	wg.Wait()
}

// inFlight is how many questions may be asked at a time. The pacer bounds
// those that leave nothing at the gateway.
func (s *scan) inFlight() int {
	if s.byAcceptance {
		return halfOpenLimit - 1
	}
	return 64
}

// question asks whether the gateway accepts a suite of offer.
func (s *scan) question(ctx context.Context, offer []proposals.Product) proposals.Answer {
	if s.MaxExchanges > 0 && s.conn.cost().Exchanges+detailBudget >= s.MaxExchanges {
		s.mu.Lock()
		s.outOfBudget = true
		s.mu.Unlock()
		return proposals.Answer{State: proposals.NotTested}
	}
	method, ok := foreign(offer)
	if s.byAcceptance {
		method, ok = offered(offer)
	}
	if !ok {
		return proposals.Answer{State: proposals.NotTested}
	}
	a := s.init(ctx, s.main, "matrix", offer, method)
	if ctx.Err() != nil && a.Outcome == NoAnswer {
		return proposals.Answer{State: proposals.NotTested}
	}
	return s.meaning(offer, a)
}

// offered returns the method of offer with the shortest public value of those
// that can be computed.
func offered(offer []proposals.Product) (ike.KeyExchangeMethod, bool) {
	best, octets := ike.KE_NONE, 0
	for _, m := range keyexchange.Methods() {
		if n, _, ok := keyexchange.Sizes(m); ok && offers(offer, m) && (best == ike.KE_NONE || n < octets) {
			best, octets = m, n
		}
	}
	return best, best != ike.KE_NONE
}

// meaning returns what an exchange says of the suites that it offered.
func (s *scan) meaning(offer []proposals.Product, a answer) proposals.Answer {
	out := proposals.Answer{Exchange: a.ID}
	switch a.Outcome {
	case Accepted:
		out.State, out.Suite = proposals.Accepted, a.Suite
	case InvalidKEPayload:
		if !offers(offer, a.Group) {
			// It names what was not offered: that says nothing of the offer.
			out.State = proposals.NoAnswer
			break
		}
		out.State = proposals.Accepted
		out.KE = proposals.Algorithm{Axis: proposals.KE, ID: uint16(a.Group)}
	case NoProposalChosen:
		out.State = proposals.Refused
		s.mu.Lock()
		s.silence.refuses = true
		s.mu.Unlock()
	case NotTried:
		out.State = proposals.NotTested
	default:
		out.State = proposals.NoAnswer
	}
	return out
}

// silence is what a scan knows of the gateway's silence.
type silence struct {
	// refuses: the gateway was seen to refuse an offer aloud, so that its
	// silence means something else.
	refuses bool
	// counts is the number of offers whose silence counts as a refusal.
	counts int
	// gone: the control offer is not answered any more.
	gone bool
}

// settleSilence asks unanswered offers again, in between control offers. An
// offer that stays silent while the control is answered was dropped, which is
// a refusal only of a gateway that never refuses aloud.
func (s *scan) settleSilence(ctx context.Context, offers []proposals.Offer, answers []proposals.Answer) {
	const rounds = 2
	for range rounds {
		var silent []int
		for i, a := range answers {
			if a.State == proposals.NoAnswer {
				silent = append(silent, i)
			}
		}
		if len(silent) == 0 || ctx.Err() != nil || !s.alive(ctx) {
			return
		}
		s.askThese(ctx, offers, answers, silent)
	}
	if s.silence.refuses || ctx.Err() != nil || !s.alive(ctx) {
		return
	}
	for i, a := range answers {
		if a.State == proposals.NoAnswer {
			answers[i].State = proposals.Refused
			s.silence.counts++
		}
	}
}

// alive reports whether the control offer is answered, and waits for it a
// while: a gateway that limits its rate, or blocks an address with half-open
// IKE SAs, answers again later (strongSwan after 30 seconds).
func (s *scan) alive(ctx context.Context) bool {
	if s.silence.gone {
		return false
	}
	method, _ := foreign(s.control)
	for wait := time.Second; wait <= 16*time.Second; wait *= 2 {
		if a := s.init(ctx, s.main, "control", s.control, method); isIKEv2(a.Outcome) {
			return true
		}
		s.note("The gateway stopped to answer for a while; the scan waited for it.")
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return false
		}
	}
	s.silence.gone = true
	s.note("The gateway stopped to answer, and did not come back while the scan waited.")
	return false
}
