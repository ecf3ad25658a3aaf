package probe

import (
	"context"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// maxRuns bounds how often the matrix is asked from the start.
const maxRuns = 3

// fewTransforms of a type are so few that it would take thousands of offers and
// more to ask about all suites.
const fewTransforms = 4

// matrix finds out which suites the gateway accepts. Where the answers of a
// run cannot all be true it is asked again from the start, and the last run
// counts.
func (s *scan) matrix(ctx context.Context) {
	s.findOracleAgain(ctx)
	s.examine(ctx)
	s.watch(ctx) // unless it was done
	if s.findings.IsDoubted(evidence.DoubtUnread) && len(s.result.Weak) == 0 {
		s.result.Matrix = s.untested() // it accepts whatever it is offered
		return
	}
	var contradictions []matrix.Contradiction
	for run := 1; ; run++ {
		begun := 0
		if run > 1 {
			begun = s.journal.Count()
		}
		p := s.planner(s.asker(ctx))
		if r := s.gateway.Now().Reads; r.Limits() {
			if 0 < r.Transforms && r.Transforms < fewTransforms {
				s.result.Matrix = s.onlyTaken()
				break
			}
			p.Limits.Transforms, p.Limits.Proposals = r.Transforms, r.Proposals
		}
		if run == 1 {
			p.Prior = s.target.Prior
		}
		m := p.Run()
		s.result.Matrix = m
		doubt := s.doubt(ctx, m, s.journal.Since(begun))
		m.Contradictions = append(contradictions, m.Contradictions...)
		contradictions = slices.Clone(m.Contradictions)
		if doubt == evidence.NoteContradictions && run <= maxRuns && s.recheck(ctx, m) {
			// Perhaps what it refused was longer than it reads.
			if contradictions = s.withinReading(contradictions); len(contradictions) == 0 {
				s.undecide()
				s.restart.Clear()
				continue
			}
		}
		if m := s.result.Matrix; m.Spent > 0 {
			s.journal.Note(evidence.Note{Kind: evidence.NoteGaveUp, Count: m.Spent})
		}
		if s.findings.IsDoubted(evidence.DoubtWhole) {
			break // there is no other way to ask it
		}
		if doubt == 0 && run <= maxRuns && s.recheck(ctx, m) {
			s.undecide()
			s.restart.Clear()
			continue
		}
		if doubt == 0 {
			break
		}
		s.undecide()
		if run >= maxRuns || s.over(ctx) || s.findings.IsDoubted(evidence.DoubtSeveral) || s.result.Matrix.Spent > 0 ||
			len(evidence.Members(s.journal.Since(0))) > 1 {
			s.journal.Note(evidence.Note{Kind: doubt})
			break
		}
		s.journal.Note(evidence.Note{Kind: doubt, Again: true})
		s.restart.Clear()
	}
	s.explain()
}

// undecide gives up what the answers decided: they cannot all be true.
func (s *scan) undecide() {
	s.journal.Undecide()
	s.result.PriorDoubted = s.result.PriorDoubted || len(s.target.Prior) > 0
}

// over reports whether no more can be asked.
func (s *scan) over(ctx context.Context) bool {
	return ctx.Err() != nil || s.gateway.Now().Gone || s.journal.IsSpent() || s.halfOpens.IsStuck() || s.gaveUp()
}

// stopped reports whether nothing more is to be asked in this run.
func (s *scan) stopped() bool {
	return s.restart.Asked() != 0 || s.gateway.Now().Gone
}

// doubt returns why a run cannot be trusted, or 0. It changes what has to be changed for the next run.
func (s *scan) doubt(ctx context.Context, m *matrix.Matrix, run []evidence.Exchange) evidence.NoteKind {
	known := s.gateway.Now()
	why := s.restart.Asked()
	switch {
	case why != 0:
		if why == evidence.NoteDecoyTaken {
			s.askOpening()
		}
		return why
	case len(m.Contradictions) > 0:
		s.gateway.DoubtControl() // it may be refused now
		return evidence.NoteContradictions
	case s.forged(run):
		s.journal.DoubtAll()
		return evidence.NoteForged
	case s.over(ctx) && (known.Taken || known.Oracle != gateway.ByForeignKE):
		return 0
	case m.Accepted == 0 && known.Oracle == gateway.ByForeignKE && !known.Taken && !known.TakesNothing:
		switch {
		case s.takesAlone(ctx):
			return evidence.NoteTakenAlone
		case s.takesAnyway(ctx):
			s.findOracle(ctx)
			s.result.Matrix = s.untested()
			return evidence.NoteBlindRefusal
		case s.over(ctx):
			s.undecide()
			s.result.Matrix = s.untested()
		case s.forged(run):
			s.journal.DoubtAll()
			return evidence.NoteForged
		case s.takesWhole(ctx):
			s.result.Matrix = s.taken()
			return 0
		case len(s.gateway.Now().Intolerances) > len(known.Intolerances), len(s.gateway.Now().TooLong) > 0:
			s.gateway.Learn(func(k *gateway.Known) { k.TakesNothing = true })
			return evidence.NoteBlindUnread
		}
	case s.changed(ctx, m, run):
		s.gateway.DoubtControl() // perhaps
		return evidence.NoteChanged
	}
	return 0
}

// untested returns a matrix in which nothing is decided.
func (s *scan) untested() *matrix.Matrix {
	return s.planner(func(offers []matrix.Offer) []matrix.Answer { return make([]matrix.Answer, len(offers)) }).Run()
}

// takesAlone asks common suites alone, each twice, since one of them may come to another
// gateway at the address, and reports whether one is taken, which is then the control
// offer.
func (s *scan) takesAlone(ctx context.Context) bool {
	if s.gateway.Now().Failure.Count > 0 {
		return false // it does not come to the proposals
	}
	for _, suite := range slices.Concat(offers.CommonSuites, offers.CommonSuites) {
		offer := offers.MustParse(suite)
		if beyond, err := matrix.Difference(offer, s.universe().Products()); err != nil || len(beyond) > 0 {
			continue
		}
		if a := s.sound(ctx, s.offering(ctx, offer)); a.Outcome == initiator.NotTried {
			return false
		} else if a.Taken() {
			s.gateway.SetControl(offer, true)
			suite, _ := offer[0].First()
			s.testReading(ctx, suite)
			return true
		}
	}
	return false
}

// recheck asks control questions about what was found, and reports whether the
// matrix has to be asked again: the gateway does not read all of what was
// offered, or its yes is none.
func (s *scan) recheck(ctx context.Context, m *matrix.Matrix) bool {
	suite, ok := evidence.ObservedSuite(m)
	if !ok {
		suite, ok = evidence.AcceptedSuite(s.journal.Since(0))
	}
	if !ok || s.over(ctx) {
		return false
	}
	known := s.gateway.Now()
	if !known.Examined && known.Oracle != gateway.ByOwnKE {
		s.gateway.SetControl([]proposals.Product{suite.Product()}, true)
		s.examine(ctx)
		if s.gateway.Now().Hollow != known.Hollow || s.gateway.Now().NoAdditional != known.NoAdditional {
			return true
		}
	}
	return s.testReading(ctx, suite)
}

// onlyTaken is taken, where the gateway reads too little of an offer.
func (s *scan) onlyTaken() *matrix.Matrix {
	s.findings.Doubt(evidence.DoubtUnexamined, nil, s.gateway.Now().Reads.Evidence)
	return s.taken()
}

// taken returns a matrix of the suites that were taken alone, or chosen from a
// client's offer, in which nothing else is tested.
func (s *scan) taken() *matrix.Matrix {
	p := s.planner(func(offers []matrix.Offer) []matrix.Answer { return make([]matrix.Answer, len(offers)) })
	for _, x := range s.journal.Since(0) {
		offer := x.Offer
		if x.Suite != nil && x.Taken() {
			offer = []proposals.Product{x.Suite.Product()}
		}
		if a := evidence.Meaning(offer, x.Exchange); !x.Doubtful && x.Type == ike.IKE_SA_INIT && a.State == matrix.Accepted && offers.Size(offer) == 1 {
			p.Prior = append(p.Prior, matrix.Asked{Offer: matrix.Offer{Products: offer}, Answer: a})
		}
	}
	return p.Run()
}

// forged reports whether an answer came after the end of an exchange of run
// that was refused, and takes what it offered. The answers of the next run are
// then waited for longer.
func (s *scan) forged(run []evidence.Exchange) bool {
	refused := make(map[int]bool)
	for _, x := range run {
		refused[x.ID] = x.Outcome == initiator.NoProposalChosen || x.Outcome == initiator.OtherError
	}
	for _, a := range s.conn.Late() {
		if refused[a.Exchange] && a.Differs && a.Outcome != initiator.NoProposalChosen {
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
func (s *scan) changed(ctx context.Context, m *matrix.Matrix, run []evidence.Exchange) bool {
	var changed atomic.Bool
	var checks errgroup.Group
	checks.SetLimit(s.inFlight())
	var again []proposals.Suite
	for _, r := range m.Products[:min(len(m.Products), maxChecks)] {
		if slices.ContainsFunc(again, r.Product.Contains) {
			continue // one that overlaps has been looked at
		}
		suite, ok := m.FirstObserved(r.Product)
		if !ok {
			continue
		}
		again = append(again, suite)
		checks.Go(func() error {
			if s.insist(ctx, s.offering(ctx, []proposals.Product{suite.Product()})).Outcome == initiator.NoProposalChosen {
				changed.Store(true)
			}
			return nil
		})
	}
	var refused, earlier [][]proposals.Product
	for _, x := range run {
		if x.Purpose == evidence.PurposeMatrix && x.Outcome == initiator.NoProposalChosen {
			refused = append(refused, x.Offer)
		}
	}
	for _, a := range s.target.Prior {
		if a.State == matrix.Refused && !s.result.PriorDoubted {
			earlier = append(earlier, a.Products)
		}
	}
	for _, offer := range slices.Concat(offers.Largest(refused, 1), offers.Largest(earlier, maxEarlier)) {
		checks.Go(func() error {
			if s.insist(ctx, s.offering(ctx, offer)).Taken() {
				changed.Store(true)
			}
			return nil
		})
	}
	_ = checks.Wait() // what it runs returns no error
	return changed.Load()
}

// explain notes what a reader of the matrix has to know.
func (s *scan) explain() {
	known := s.gateway.Now()
	if r := known.Refusal; r.Counts > 0 {
		s.journal.Note(evidence.Note{Kind: evidence.NoteDropsRefused, Count: r.Counts, Of: r.Tries})
	}
	if f := known.Failure; f.Count > 0 {
		s.journal.Note(evidence.Note{Kind: evidence.NoteOnlyError, Notify: f.Notify, Detail: f.Detail})
	} else {
		for _, n := range evidence.Intolerances(known.Intolerances, s.journal.Since(0)) {
			s.journal.Note(n)
		}
	}
	if s.journal.IsSpent() {
		s.journal.Note(evidence.Note{Kind: evidence.NoteBudget, Count: s.journal.Kept(), Of: s.MaxExchanges})
	}
}
