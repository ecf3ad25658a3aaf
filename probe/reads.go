package probe

import (
	"context"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// fullTransforms is how many transforms of a type are in a proposal at most,
// fullProposals how many proposals in an offer, as the planner makes them.
const (
	fullTransforms = 15
	fullProposals  = 20
)

// testReading asks a suite that is known to be taken as the last of long lists,
// and in the last of many proposals, among what nobody takes. Where it is not
// taken it looks for the limit, and reports true: what was asked beyond it says
// nothing.
func (s *scan) testReading(ctx context.Context, suite proposals.Suite) (found bool) {
	known := s.gateway.Now()
	if known.Reads.Tested || known.Oracle == gateway.ByOwnKE {
		return false
	}
	s.gateway.Learn(func(k *gateway.Known) { k.Reads.Tested = true })
	last := suite.Product()
	lists := func(n int) []proposals.Product { return []proposals.Product{offers.LastInLists(last, n)} }
	many := func(n int) []proposals.Product { return offers.LastProposal(last, n) }
	var limit gateway.Reads
	var ids []int
	type test struct {
		offer func(int) []proposals.Product
		full  int
		limit *int
		habit evidence.HabitKind
		whole initiator.Answer
	}
	tests := []*test{
		{offer: lists, full: fullTransforms, limit: &limit.Transforms, habit: evidence.HabitTransforms},
		{offer: many, full: fullProposals, limit: &limit.Proposals, habit: evidence.HabitProposals},
	}
	var asking sync.WaitGroup
	for _, test := range tests {
		for ; test.full > 1 && known.OctetsAs(test.offer(test.full)) > known.Allowed(); test.full-- {
		}
		asking.Go(func() { test.whole = s.tryReading(ctx, test.offer(test.full)) })
	}
	asking.Wait()
	for _, test := range tests {
		least, most := 1, test.full // read, and perhaps read
		id := test.whole.ID         // of the exchange that shows the limit
		switch a := test.whole; {
		case a.Taken():
			if a.Group != 0 && proposals.MethodOf(suite[proposals.KE]) != a.Group {
				s.findings.Doubt(evidence.DoubtUnread, nil, a.ID) // it takes what is nobody's
			}
			continue
		case a.Outcome == initiator.NotTried:
			return false
		case a.Outcome == initiator.NoAnswer:
			// It may drop numbers that nobody has; then that cannot be asked so.
			s.findings.Doubt(evidence.DoubtUnexamined, nil, a.ID)
			continue
		}
		for most-least > 1 {
			middle := (least + most) / 2
			a := s.tryReading(ctx, test.offer(middle))
			switch {
			case a.Outcome == initiator.NotTried:
				return false
			case a.Taken():
				least = middle
			default:
				most, id = middle, a.ID
			}
		}
		if !s.isLimit(ctx, test.offer(least), test.offer(most)) {
			continue // now so, now so: that is not its length
		}
		*test.limit, limit.Evidence = least, id
		ids = append(ids, id)
		s.findings.Habit(test.habit, least, id)
	}
	if !limit.Limits() {
		return false
	}
	s.gateway.Learn(func(k *gateway.Known) {
		k.Reads.Transforms, k.Reads.Proposals, k.Reads.Evidence = limit.Transforms, limit.Proposals, limit.Evidence
		k.Weak = nil // they would be one proposal more
	})
	s.disorder.Forget() // it refused what it did not read
	beyond := s.gateway.Now()
	s.journal.DoubtOnly(func(x evidence.Exchange) bool {
		return x.Outcome != initiator.Accepted && beyond.ReadsLess(x.Offer) || slices.Contains(ids, x.ID)
	})
	return true
}

// limitChecks is how often both sides of a limit are asked again.
const limitChecks = 3

// isLimit reports whether an offer is taken, and one that is longer by one refused,
// each time.
func (s *scan) isLimit(ctx context.Context, within, beyond []proposals.Product) bool {
	for range limitChecks {
		if !s.sound(ctx, s.offering(ctx, within)).Taken() || s.sound(ctx, s.offering(ctx, beyond)).Taken() {
			return false
		}
	}
	return true
}

// withinReading returns the contradictions that are there although the gateway
// reads all of what it refused.
func (s *scan) withinReading(contradictions []matrix.Contradiction) []matrix.Contradiction {
	known := s.gateway.Now()
	beyond := make(map[int]bool) // exchanges
	for _, x := range s.journal.Since(0) {
		beyond[x.ID] = known.ReadsLess(x.Offer)
	}
	return slices.DeleteFunc(slices.Clone(contradictions), func(c matrix.Contradiction) bool {
		return len(c.Refused) > 0 && !slices.ContainsFunc(c.Refused, func(id int) bool { return !beyond[id] })
	})
}

// tryReading asks an offer that holds a suite which is taken.
func (s *scan) tryReading(ctx context.Context, offer []proposals.Product) initiator.Answer {
	a := s.sound(ctx, s.offering(ctx, offer))
	if a.Outcome == initiator.NoProposalChosen {
		a = s.sound(ctx, s.offering(ctx, offer)) // once more, as much hangs on it
	}
	return a
}
