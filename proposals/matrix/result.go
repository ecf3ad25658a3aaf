package matrix

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// matrix returns what the facts decide.
func (s *search) matrix() *Matrix {
	m := &Matrix{
		Universe: s.u.Size(),
		Asked:    s.u.Products(),
		observed: make(map[proposals.Suite][]int, len(s.observed)),
	}
	if s.spent {
		m.Spent = s.offers
	}
	for cell, ids := range s.observed {
		m.observed[s.u.suite(cell)] = ids
	}
	products := slices.Clone(s.products)
	switch {
	case s.tangled:
		products = nil // none can be verified
	case s.stopped:
		products = slices.DeleteFunc(products, func(b sets.Box) bool { return !s.verified(b) })
	}
	// Observed, but perhaps not explored before the end.
	loose := slices.DeleteFunc(slices.Clone(s.found), func(cell sets.Box) bool {
		return s.observed[cell] == nil || slices.ContainsFunc(products, func(b sets.Box) bool { return b.Holds(cell) })
	})
	products = merge(sets.WithoutContained(append(products, merge(loose)...)))
	products, accepted, rest := s.divide(products)
	m.Accepted = sets.Size(accepted)
	for _, b := range products {
		r := Region{Product: s.u.product(b), Basis: Inferred}
		for _, c := range s.found {
			if !b.Holds(c) {
				continue
			}
			if s.observed[c] != nil {
				r.Samples++
			}
			r.Evidence = append(append(r.Evidence, s.observed[c]...), s.shown[c]...)
		}
		slices.Sort(r.Evidence)
		r.Evidence = slices.Compact(r.Evidence)
		if int64(r.Samples) == b.Size() {
			r.Basis = Observed
		}
		m.Products = append(m.Products, r)
	}
	slices.SortStableFunc(m.Products, func(a, b Region) int { return slices.Compare(order(a.Product, s.u), order(b.Product, s.u)) })
	for _, e := range s.refused {
		m.refused = append(m.refused, Region{Product: s.u.product(e.Box), Evidence: []int{e.id}})
	}
	rest = s.open(rest)
	contested := slices.Clone(accepted) // and what was counted
	for _, r := range s.contested() {
		parts, ok := sets.SubtractWithin(maxCuts, []sets.Box{s.mustBox(r.Product)}, contested...)
		if !ok {
			break // it is refused by one answer, and stays so
		}
		for _, part := range parts {
			m.Undecided = append(m.Undecided, UndecidedRegion{s.u.product(part), NoAnswer, r.Evidence})
			m.NoAnswer += part.Size()
			contested = append(contested, part)
		}
	}
	if s.tangled {
		rest = s.without(rest, contested) // since nothing counts as refused
	}
	unanswered := rest
	for _, e := range s.silent {
		if e.id == 0 {
			continue
		}
		left, ok := sets.SubtractWithin(maxCuts, unanswered, e.Box)
		if !ok {
			break // the others stay as not tested
		}
		for _, b := range unanswered {
			if part := b.And(e.Box); !part.Empty() {
				m.Undecided = append(m.Undecided, UndecidedRegion{s.u.product(part), NoAnswer, evidenceFor(part, s.silent)})
			}
		}
		unanswered = left
	}
	for _, b := range unanswered {
		m.Undecided = append(m.Undecided, UndecidedRegion{s.u.product(b), NotTested, nil})
	}
	m.NotTested = sets.Size(unanswered)
	m.NoAnswer += sets.Size(rest) - m.NotTested
	if s.tangled {
		m.NotTested = m.Universe - m.Accepted - m.NoAnswer
	}
	m.Refused = m.Universe - m.Accepted - m.NoAnswer - m.NotTested
	m.Contradictions = s.contradictions()
	m.Doubts = s.reasons(m)
	m.Proven = m.NoAnswer == 0 && m.NotTested == 0 && len(m.Doubts) == 0
	if m.Proven && m.Accepted > 0 {
		m.Fits = s.exact(accepted)
	}
	return m
}

// divide returns as many of products, the first ones, as the universe can be divided
// into: all but of a gateway that takes suites at random. It returns them as
// disjoint boxes, too, and the rest of the universe.
func (s *search) divide(products []sets.Box) (some, accepted, rest []sets.Box) {
	for n := len(products); ; n /= 2 {
		var ok bool
		some = products[:n]
		if accepted, ok = sets.DisjointWithin(maxCuts, some); !ok {
			continue
		}
		if rest, ok = sets.SubtractWithin(maxCuts, s.u.boxes, accepted...); ok {
			return some, accepted, rest
		}
	}
}

// order returns a sort key of p: the positions of its algorithms in u.
func order(p proposals.Product, u *Universe) []int {
	var key []int
	for i, list := range p {
		for _, a := range list {
			key = append(key, slices.Index(u.axes[i], a))
		}
		key = append(key, -1)
	}
	return key
}
