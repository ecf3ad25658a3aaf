package probe

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// detailBudget is the part of MaxExchanges that the matrix leaves for the
// exchanges after it.
const detailBudget = 12

// maxRuns bounds how often the matrix is asked from the start.
const maxRuns = 3

// matrix finds out which suites the gateway accepts. Where the answers of a
// run cannot all be true it is asked again from the start, and the last run
// counts.
func (s *scan) matrix(ctx context.Context) {
	s.findWayAgain(ctx)
	var contradictions []proposals.Suite
	for run := 1; ; run++ {
		begun := 0
		if run > 1 {
			begun = len(s.result.Exchanges)
		}
		p := s.planner(s.asker(ctx))
		if run == 1 {
			p.Prior = s.target.Prior
		}
		m := p.Run()
		s.result.Matrix = m
		doubt := s.doubt(ctx, m, s.result.Exchanges[begun:])
		m.Contradictions = append(contradictions, m.Contradictions...)
		contradictions = slices.Clone(m.Contradictions)
		if m := s.result.Matrix; m.Spent > 0 {
			s.note("The scan gave up after %d offers, more than a policy takes to be found out: the answers seem to follow none, or too many suites are accepted to observe each. "+
				"What is left is not tested.", m.Spent)
		}
		if doubt == "" {
			break
		}
		s.undecide()
		if run == maxRuns || s.over(ctx) || s.result.Matrix.Spent > 0 {
			s.note("%s The scan ended with that.", doubt)
			break
		}
		s.note("%s The matrix was asked again from the start.", doubt)
		s.mu.Lock()
		s.again = ""
		s.mu.Unlock()
	}
	s.explain()
}

// undecide marks all exchanges as such that decide nothing: their answers
// cannot all be true.
func (s *scan) undecide() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.result.Exchanges {
		s.result.Exchanges[i].Decides = matrix.NotTested
	}
	s.result.PriorDoubted = s.result.PriorDoubted || len(s.target.Prior) > 0
}

// decide marks the exchange that decides an offer, one of the last.
func (s *scan) decide(a matrix.Answer) {
	if a.State != matrix.Accepted && a.State != matrix.Refused {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, x := range slices.Backward(s.result.Exchanges) {
		if x.ID == a.Exchange {
			s.result.Exchanges[i].Decides = a.State
			return
		}
	}
}

// over reports whether no more can be asked.
func (s *scan) over(ctx context.Context) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ctx.Err() != nil || s.gone || s.outOfBudget || s.stuck
}

// startAgain ends the run of the planner, which has to begin anew.
func (s *scan) startAgain(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.again = why
}

// stopped reports whether nothing more is to be asked in this run.
func (s *scan) stopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gone || s.again != ""
}

// doubt returns why a run cannot be trusted, in a sentence, or "". It changes
// what has to be changed for the next run.
func (s *scan) doubt(ctx context.Context, m *matrix.Matrix, run []Exchange) string {
	switch {
	case s.again != "":
		if s.decoyTaken {
			s.askOpening()
		}
		return s.again
	case len(m.Contradictions) > 0:
		s.controlTaken = false // it may be refused now
		return "Suites were both taken and refused: the policy of the gateway changed meanwhile, or there are several gateways at this address."
	case s.forged(run):
		return forgedAnswers
	case s.over(ctx) && (s.seen.taken || s.way != byForeignKE):
		return ""
	case m.Accepted == 0 && s.way == byForeignKE && !s.seen.taken && !s.triedAnyway:
		spoilers := len(s.spoilers)
		switch {
		case s.takesAnyway(ctx):
			s.findWay(ctx)
			s.result.Matrix = s.untested()
			return "The gateway refuses offers whose KE payload it cannot use, without looking at the proposals."
		case s.over(ctx):
			s.undecide()
			s.result.Matrix = s.untested()
		case s.forged(run):
			return forgedAnswers
		case len(s.spoilers) > spoilers:
			s.triedAnyway = true
			return "The gateway refuses all offers whose KE payload it cannot use, and does not answer some whose KE payload is of a method that is offered: what it thinks of those is not known."
		}
	case s.changed(ctx, m, run):
		s.controlTaken = false // perhaps
		return "The gateway answered an offer otherwise than before: its policy changed."
	}
	return ""
}

// untested returns a matrix in which nothing is decided.
func (s *scan) untested() *matrix.Matrix {
	return s.planner(func(offers []matrix.Offer) []matrix.Answer { return make([]matrix.Answer, len(offers)) }).Run()
}

const forgedAnswers = "Answers came late that contradict earlier ones: these were forged, perhaps."

// forged reports whether an answer came after the end of an exchange of run
// that was refused, and takes what it offered. The answers of the next run are
// then waited for longer.
func (s *scan) forged(run []Exchange) bool {
	refused := make(map[int]bool)
	for _, x := range run {
		refused[x.ID] = x.Outcome == initiator.NoProposalChosen || x.Outcome == initiator.OtherError
	}
	for _, a := range s.conn.Late() {
		if refused[a.Exchange] && (a.Outcome == initiator.Accepted || a.Outcome == initiator.InvalidKEPayload) {
			s.conn.BePatient()
			return true
		}
	}
	return false
}

// maxChecks is how many products are looked at again after a run, maxEarlier how
// many refusals of the scan that this one went on from.
const (
	maxChecks  = 6
	maxEarlier = 20
)

// changed asks a suite of each product again that was taken, and the largest
// offers that were refused, and reports whether an answer is another one.
func (s *scan) changed(ctx context.Context, m *matrix.Matrix, run []Exchange) bool {
	var changed atomic.Bool
	checks := newCrowd(s.inFlight())
	for _, r := range m.Products[:min(len(m.Products), maxChecks)] {
		for suite := range r.Product.Suites() {
			if m.Observed(suite) {
				checks.start(func() {
					if s.insist(ctx, s.offering(ctx, []proposals.Product{suite.Product()})).Outcome == initiator.NoProposalChosen {
						changed.Store(true)
					}
				})
				break
			}
		}
	}
	var refused, earlier [][]proposals.Product
	for _, x := range run {
		if x.Purpose == PurposeMatrix && x.Outcome == initiator.NoProposalChosen {
			refused = append(refused, x.Offer)
		}
	}
	for _, a := range s.target.Prior {
		if a.State == matrix.Refused && !s.result.PriorDoubted {
			earlier = append(earlier, a.Products)
		}
	}
	for _, offer := range slices.Concat(largest(refused, 1), largest(earlier, maxEarlier)) {
		checks.start(func() {
			if isTaken(s.insist(ctx, s.offering(ctx, offer)).Exchange) {
				changed.Store(true)
			}
		})
	}
	checks.wait()
	return changed.Load()
}

// largest returns the n of offers that hold the most suites.
func largest(offers [][]proposals.Product, n int) [][]proposals.Product {
	slices.SortStableFunc(offers, func(a, b []proposals.Product) int { return cmp.Compare(sizeOf(b), sizeOf(a)) })
	return offers[:min(n, len(offers))]
}

// sizeOf returns how many suites offer holds, at most.
func sizeOf(offer []proposals.Product) float64 {
	size := 0.0
	for _, p := range offer {
		size += math.Min(float64(p.Size()), math.MaxInt64)
	}
	return size
}

// onlyError returns the one error that the gateway answered every offer with,
// and how many; "" if it gave any other answer.
func (s *scan) onlyError() (name string, count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.result.Exchanges {
		if x.Type != ike.IKE_SA_INIT || x.Outcome == initiator.NoAnswer {
			continue
		}
		if x.Outcome != initiator.OtherError || name != "" && x.Detail != name {
			return "", 0
		}
		name = x.Detail
		count++
	}
	return name, count
}

// maxNamed is how many algorithms a note names.
const maxNamed = 6

// explain says what a reader of the matrix has to know.
func (s *scan) explain() {
	if r := s.refusal; r.counts > 0 {
		s.note("The gateway drops offers that it does not take. %d of them were sent %d times in all without an answer, "+
			"while control offers in between were answered, and count as refused.", r.counts, r.tries)
	}
	if name, _ := s.onlyError(); name != "" {
		s.note("The gateway answers every offer with %s; which suites it takes cannot be told.", name)
	} else if len(s.spoilers) > 0 {
		var names []string
		for a := range s.spoilers {
			names = append(names, a.Name())
		}
		slices.Sort(names)
		names = slices.Compact(names)
		if more := len(names) - maxNamed; more > 0 {
			names = append(names[:maxNamed], fmt.Sprintf("%d more", more))
		}
		s.note("The gateway does not answer as ever where these are offered, which were left out; what it thinks of such suites is not known: %s.",
			strings.Join(names, ", "))
	}
	if s.outOfBudget {
		note := fmt.Sprintf("The budget of %d exchanges ran out; what it did not reach is not tested.", s.MaxExchanges)
		if kept := min(detailBudget, s.MaxExchanges/4); kept > 0 {
			note += fmt.Sprintf(" Up to %d of it were kept for NAT detection and what the gateway prefers.", kept)
		}
		s.note("%s", note)
	}
}
