package matrix

import "slices"

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
	doubts map[box]float64
	// refusedBefore are the exchanges of prior offers that were refused.
	refusedBefore map[string][]int
	// products are the boxes found so far.
	products []box
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

// run finds products until nothing is undecided.
func (s *search) run() {
	s.reconcile()
	var taken [][]box // each holds a suite that is accepted
	for !s.stopped {
		var sets [][]box
		sets, taken = s.apart(append(taken, s.loose()...))
		if len(sets) == 0 {
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
		for _, set := range sets {
			parts = append(parts, func() { s.explore(set) })
		}
		s.sideBySide(parts...)
		// What a product found since holds says nothing new.
		taken = slices.DeleteFunc(taken, func(w []box) bool { return totalSize(subtract(w, s.products...)) != totalSize(w) })
	}
}

// apart returns those of sets of boxes that share no home, so that no product
// is in two of them, and the others.
func (s *search) apart(sets [][]box) (apart, others [][]box) {
	var homes []box
	for _, set := range sets {
		if slices.ContainsFunc(set, func(b box) bool { return slices.Contains(homes, s.home(b)) }) {
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
func (s *search) explore(set []box) {
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
	s.products = slices.DeleteFunc(s.products, b.holds)
	s.mixed = s.mixed || slices.ContainsFunc(s.products, func(c box) bool { return s.related(b, c) })
	s.products = append(s.products, b)
}

// loose returns the found cells that no product holds, each as a set, but for
// those that were asked about alone without an answer.
func (s *search) loose() [][]box {
	var out [][]box
	for _, cell := range s.found {
		if !s.unanswered(cell) && !slices.ContainsFunc(s.products, func(b box) bool { return b.holds(cell) }) {
			out = append(out, []box{cell})
		}
	}
	return out
}
