package matrix

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// undecided returns what is in no product, not refused and not silent, as
// disjoint boxes.
func (s *search) undecided() []sets.Box {
	rest := s.without(s.u.boxes, s.products)
	return s.without(s.open(rest), boxesOf(s.silent))
}

// maxLargest bounds the boxes that a cover is chosen from. Their number grows
// with each product or silent suite, at worst by a factor of NumAxes; policies
// that were tried have a quarter at most.
const maxLargest = 1 << 10

// cover returns questions that together hold everything that is undecided,
// and no suite of a product found or of a silent offer: when all are refused,
// nothing is left. Those without additional key exchanges come first, so that
// a search that is cut short knows these.
func (s *search) cover() [][]sets.Box {
	rest := s.undecided()
	if len(rest) == 0 || s.over() {
		return nil
	}
	// The largest boxes that touch nothing known to be accepted or silent
	// may hold refused suites again: that costs nothing and keeps them few.
	largest := slices.Clone(s.u.boxes)
	for _, c := range append(slices.Clone(s.products), boxesOf(s.silent)...) {
		var next []sets.Box
		for _, b := range largest {
			next = append(next, b.MaximalMinus(c)...)
		}
		if len(next) > maxLargest {
			return s.likely(s.u.pack(rest, s.Limits))
		}
		s.work += len(next) * len(next)
		if largest = sets.WithoutContained(next); s.over() {
			return nil
		}
	}
	var chosen []sets.Box
	for len(rest) > 0 {
		s.work += len(largest) * len(rest)
		var best sets.Box
		var bestSize int64
		for _, b := range largest {
			var size int64
			var hull sets.Box
			for _, r := range rest {
				if r.Overlaps(b) {
					part := r.And(b)
					size += part.Size()
					hull = hull.Or(part)
				}
			}
			if size > bestSize {
				best, bestSize = hull, size
			}
		}
		chosen = append(chosen, best)
		if rest = s.without(rest, []sets.Box{best}); s.over() {
			return nil
		}
	}
	questions := s.u.pack(chosen, s.Limits)
	if s.tooMany(questions) {
		// None of them may ask again what is refused.
		questions = s.likely(s.u.pack(merge(s.undecided()), s.Limits))
	}
	slices.SortStableFunc(questions, func(p, q []sets.Box) int { return s.u.hybrid(p) - s.u.hybrid(q) })
	return questions
}

// maxLikely is how many questions of a cover that is too long to be asked are
// asked at a time, so that what is taken of them can be looked into.
const maxLikely = 256

// tooMany reports whether questions are more than can be asked, which they are
// only where offers have to be short.
func (s *search) tooMany(questions [][]sets.Box) bool {
	return s.tight && len(questions) > s.MaxOffers-s.offers
}

// likely returns questions, or the likeliest ones where they are too many.
func (s *search) likely(questions [][]sets.Box) [][]sets.Box {
	if !s.tooMany(questions) {
		return questions
	}
	weights := make(map[*sets.Box]float64, len(questions))
	for _, q := range questions {
		for _, b := range q {
			weights[&q[0]] += s.box(b)
		}
	}
	slices.SortStableFunc(questions, func(p, q []sets.Box) int { return cmp.Compare(weights[&q[0]], weights[&p[0]]) })
	return questions[:min(len(questions), maxLikely)]
}

// hybrid returns 1 if a suite of bs has an additional key exchange, else 0.
func (u *Universe) hybrid(bs []sets.Box) int {
	for _, b := range bs {
		for a := proposals.ADDKE1; a < proposals.NumAxes; a++ {
			for v := range sets.Values(b[a]) {
				if !u.axes[a][bits.TrailingZeros64(v)].IsNone() {
					return 1
				}
			}
		}
	}
	return 0
}
