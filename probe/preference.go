package probe

import (
	"context"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/closing"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// mostPreference bounds how many questions it takes to learn how a gateway
// chooses; fewPreference, where it accepts more than manyProducts, since an
// order of so many is seldom learnt whole.
const (
	mostPreference = 48
	fewPreference  = 6
	manyProducts   = 6
	mostAhead      = 8 // of them at a time
)

// preference learns how the gateway chooses. Most questions cost it nothing, as
// INVALID_KE_PAYLOAD names the method of what it chose; the others are
// accepted, and closed. The first accepted answer on each path describes it.
func (s *scan) preference(ctx context.Context) {
	pref := &evidence.Preference{}
	s.result.Preference = pref
	if known := s.gateway.Now(); known.Oracle == gateway.ByOwnKE || known.Reads.Limits() {
		return // it would take offers of everything accepted
	}
	var accepted []proposals.Product
	for _, r := range s.result.Matrix.Products {
		accepted = append(accepted, r.Product)
	}
	most := mostPreference
	if len(accepted) > manyProducts {
		most = fewPreference
	}
	learnt, suite := choice.Learner{
		Accepted: accepted, Computable: closing.Computes, Octets: s.gateway.Now().Room(ike.KE_MODP_2048), Most: most,
		Offers: s.askedWhole(s.Offers),
		Ahead:  min(s.conn.OnTheWay(), mostAhead),
		Ask: func(questions []choice.Question) []choice.Pick {
			picks := make([]choice.Pick, len(questions))
			answers := make([]initiator.Answer, len(questions))
			var asking sync.WaitGroup
			for i, q := range questions {
				asking.Go(func() {
					answers[i] = s.choose(ctx, q)
					if answers[i].Outcome == initiator.NoProposalChosen && s.takesOneOf(q.Offer) {
						// It may refuse the KE payload, or the answer is not its own.
						answers[i] = s.choose(ctx, q)
					}
				})
			}
			asking.Wait()
			for i, q := range questions {
				picks[i] = s.picked(q, answers[i])
			}
			return picks
		},
	}.Learn()
	pref.Suite = suite
	// The matrix was asked for other ends, and its answers are a test.
	s.closing.Wait()
	for _, x := range s.journal.Since(0) {
		if x.Taken() && learnt.Contradicts(evidence.ChosenIn(x.Exchange)) {
			return
		}
	}
	pref.Own, pref.FollowsKE = learnt.Own, learnt.FollowsKE
	pref.Decides = learnt.Algorithms
	pref.Proposals = learnt.Proposals
	if pref.Decides == choice.AlgorithmsResponder {
		pref.KE, pref.KEComplete = evidence.MethodOrder(learnt)
	}
}

// askedWhole returns those of offers that hold no suite that the matrix was not
// asked for.
func (s *scan) askedWhole(offers []choice.Question) []choice.Question {
	return slices.DeleteFunc(slices.Clone(offers), func(q choice.Question) bool {
		beyond, err := matrix.Difference(q.Offer, s.universe().Products())
		return err != nil || len(beyond) > 0
	})
}

// takesOneOf reports whether the matrix says that a suite of offer is accepted.
func (s *scan) takesOneOf(offer []proposals.Product) bool {
	return slices.ContainsFunc(offer, func(p proposals.Product) bool {
		return slices.ContainsFunc(s.result.Matrix.Products, func(r matrix.Region) bool { return p.Overlaps(r.Product) })
	})
}

// choose offers what q says.
func (s *scan) choose(ctx context.Context, q choice.Question) initiator.Answer {
	if q.KE == ike.KE_NONE {
		return s.ask(ctx, evidence.PurposeDetail, q.Offer)
	}
	known := s.gateway.Now()
	if known.RequestOctets(q.Offer, q.KE) > known.Allowed() {
		return initiator.Answer{}
	}
	transport := s.main
	for _, p := range s.result.Paths {
		if p.State == initiator.PathAnswers && known.Described[s.main] && !known.Described[p.Transport] {
			transport = p.Transport
		}
	}
	return s.init(ctx, transport, evidence.PurposeDetail, q.Offer, q.KE)
}

// picked returns what the gateway chose, of which a is the evidence.
func (s *scan) picked(q choice.Question, a initiator.Answer) choice.Pick {
	var p choice.Pick
	switch {
	case a.Outcome == initiator.InvalidKEPayload && proposals.HasKeyExchange(q.Offer, a.Group):
		p.KE = a.Group
	case a.Outcome == initiator.Accepted && q.KE != ike.KE_NONE &&
		slices.ContainsFunc(q.Offer, func(p proposals.Product) bool { return p.Contains(*a.Suite) }):
		if !s.gateway.Now().Described[a.Transport] {
			s.describe(a)
		}
		p.KE, p.Suite = q.KE, a.Suite
	default:
		return p
	}
	s.result.Preference.Evidence = append(s.result.Preference.Evidence, a.ID)
	return p
}
