package matrix

import (
	"slices"

	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// search is one run of a planner.
type search struct {
	Planner
	facts
	*weigher
	// given are the limits that the caller gave; tight: there are any.
	given Limits
	tight bool
	// earlier are the prior offers that were taken, by their boxes.
	earlier map[string]Answer
	// theories are those of the hypotheses that no answer denied.
	theories []theory
	// doubts are the weights, by home, of no theory being right.
	doubts map[sets.Box]float64
	// refusedBefore are the exchanges of prior offers that were refused.
	refusedBefore map[string][]int
	// products are the boxes found so far.
	products []sets.Box
	// expected and accepted are the weights of the values asked about, and
	// of those accepted, around all suites explored.
	expected, accepted float64
	// mixed: two products were seen to overlap, or the search is thorough, so
	// that pairs of algorithms are not enough.
	mixed bool
	// offers is how many were asked; stopped: one was not sent; spent: as
	// there were MaxOffers.
	offers         int
	stopped, spent bool
	// contradicted is how many answers others contradict, doubtful are the
	// exchanges that the caller doubts.
	contradicted int
	doubtful     []int
	// wait is set while parts of the search run side by side: the running
	// one waits in it for the replies to a batch.
	wait func(*batch) bool
}

// over reports whether nothing more is to be asked: the end was reached before
// all was decided.
func (s *search) over() bool {
	s.tangled = s.tangled || s.work > maxWork
	return s.stopped || s.tangled
}

// run finds products until nothing is undecided.
func (s *search) run() {
	s.reconcile()
	var taken [][]sets.Box // each holds a suite that is accepted
	for !s.over() {
		var groups [][]sets.Box
		groups, taken = s.apart(append(taken, s.loose()...))
		if len(groups) == 0 {
			questions := s.cover()
			if len(questions) == 0 && !s.recheck() {
				return
			}
			for _, r := range s.ask(questions...) {
				if r.state == Accepted {
					taken = append(taken, r.witness)
				}
			}
			continue
		}
		var parts []func()
		for _, set := range groups {
			parts = append(parts, func() { s.explore(set) })
		}
		s.sideBySide(parts...)
		// What a product found since holds says nothing new.
		taken = slices.DeleteFunc(taken, func(w []sets.Box) bool { return sets.Size(s.without(w, s.products)) != sets.Size(w) })
	}
}

// apart returns those of groups of boxes that share no home, so that no product
// is in two of them, and the others.
func (s *search) apart(groups [][]sets.Box) (apart, others [][]sets.Box) {
	var homes []sets.Box
	for _, set := range groups {
		if slices.ContainsFunc(set, func(b sets.Box) bool { return slices.Contains(homes, s.home(b)) }) {
			others = append(others, set)
			continue
		}
		apart = append(apart, set)
		for _, b := range set {
			homes = append(homes, s.home(b))
		}
	}
	return apart, others
}

// explore finds an accepted suite in a set of boxes that holds one, and the
// product around it.
func (s *search) explore(set []sets.Box) {
	if seeds := s.suppose(set); len(seeds) > 0 {
		for _, seed := range seeds {
			s.settle(seed)
		}
		return
	}
	if cell, ok := s.locate(set); ok {
		s.settle(seed{cell, cell})
	}
}

// settle finds the product around a seed.
func (s *search) settle(from seed) {
	b, ok := s.verify(s.grow(from), from.cell)
	if !ok {
		return
	}
	s.products = slices.DeleteFunc(s.products, b.Holds)
	s.mixed = s.mixed || slices.ContainsFunc(s.products, func(c sets.Box) bool { return s.related(b, c) })
	s.products = append(s.products, b)
}

// loose returns the found cells that no product holds, each as a set, but for
// those that were asked about alone without an answer.
func (s *search) loose() [][]sets.Box {
	var out [][]sets.Box
	for _, cell := range s.found {
		if !s.unanswered(cell) && !slices.ContainsFunc(s.products, func(b sets.Box) bool { return b.Holds(cell) }) {
			out = append(out, []sets.Box{cell})
		}
	}
	return out
}
