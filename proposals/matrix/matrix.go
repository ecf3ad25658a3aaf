package matrix

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// State is what is known of a suite, or of every suite of a product. The four
// states are never blurred: silence is not a refusal, and what was not asked
// is not unknown for the same reason as what was not answered.
type State uint8

const (
	NotTested State = iota // no offer that was sent decides it
	NoAnswer               // it was offered, and nothing came back that decides it
	Refused                // an offer that holds it was refused
	Accepted               // observed, or inferred from an observed product
)

// String returns the state as the JSON document writes it.
func (s State) String() string {
	switch s {
	case NoAnswer:
		return "no_answer"
	case Refused:
		return "refused"
	case Accepted:
		return "accepted"
	case NotTested:
		return "not_tested"
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// Basis says how the suites of an accepted product are known.
type Basis uint8

const (
	Observed Basis = iota // each suite was taken when it alone was offered
	Inferred              // samples were, and none was refused
)

// String returns the basis as the JSON document writes it.
func (b Basis) String() string {
	switch b {
	case Observed:
		return "observed"
	case Inferred:
		return "inferred"
	}
	return fmt.Sprintf("Basis(%d)", uint8(b))
}

// Region is a product whose suites all have one state, with the evidence.
type Region struct {
	Product proposals.Product
	// Basis and Samples are of accepted regions: Samples counts the suites
	// that were taken when they alone were offered, or that an accepted answer
	// named whole. It is 1 at least.
	Basis   Basis
	Samples int
	// Evidence holds the numbers of the exchanges that decide the region,
	// ascending.
	Evidence []int
}

// Matrix is what a scan found: each suite of the universe in one state.
type Matrix struct {
	// Universe is the number of suites asked about; the other counts add up
	// to it.
	Universe, Accepted, Refused, NoAnswer, NotTested int64
	// Products are the accepted regions. They may overlap; Accepted counts
	// their union.
	Products []Region
	// Asked are the products of the universe; they do not overlap.
	Asked []proposals.Product
	// Undecided are the regions without an answer, or not tested.
	Undecided []UndecidedRegion
	// Proven: every suite outside Products was in an offer that was refused,
	// and there are no Doubts.
	Proven bool
	// Doubts are the reasons why the matrix is not proven, one of a kind.
	Doubts []Doubt
	// Contradictions are answers that cannot all be true. What they are about
	// is refused if the offer that was taken was refused each time that it was
	// asked again, else it is undecided.
	Contradictions []Contradiction
	// Fits names the hypotheses that say exactly what is accepted, where that
	// is proven; see [Planner.Hypotheses].
	Fits []string
	// Spent is how many offers were asked, where the planner gave up for it
	// (see [Planner.MaxOffers]); else 0.
	Spent int

	observed map[proposals.Suite][]int
	refused  []Region
}

// UndecidedRegion is a product that a scan could not decide, and why.
type UndecidedRegion struct {
	Product proposals.Product
	State   State // NoAnswer or NotTested
	// Evidence holds the numbers of the exchanges without an answer, or whose
	// answers contradict each other.
	Evidence []int
}

// State returns what is known of s, and the numbers of the exchanges that
// say so. A suite outside the universe is not tested.
func (m *Matrix) State(s proposals.Suite) (State, []int) {
	for _, r := range m.Products {
		if r.Product.Contains(s) {
			if ids, ok := m.observed[s]; ok {
				return Accepted, ids
			}
			return Accepted, r.Evidence
		}
	}
	// What is contested is undecided, though it was refused.
	for _, u := range m.Undecided {
		if u.Product.Contains(s) {
			return u.State, u.Evidence
		}
	}
	for _, r := range m.refused {
		if r.Product.Contains(s) {
			return Refused, r.Evidence
		}
	}
	return NotTested, nil
}

// Observed reports whether s was taken when it alone was offered, or named whole
// by an accepted answer.
func (m *Matrix) Observed(s proposals.Suite) bool {
	_, ok := m.observed[s]
	return ok
}

// FirstObserved returns the observed suite that comes first in p, whose last axis
// changes fastest. It reports false if none of p is observed.
func (m *Matrix) FirstObserved(p proposals.Product) (first proposals.Suite, ok bool) {
	var least [proposals.NumAxes]int
	for s := range m.observed {
		if !p.Contains(s) {
			continue
		}
		var at [proposals.NumAxes]int
		for axis := range at {
			at[axis] = slices.Index(p.On(proposals.Axis(axis)), s[axis])
		}
		if !ok || slices.Compare(at[:], least[:]) < 0 {
			first, least, ok = s, at, true
		}
	}
	return first, ok
}
