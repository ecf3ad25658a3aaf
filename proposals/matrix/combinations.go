package matrix

import (
	"iter"
	"math/bits"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// combinations are the combinations of strength values, each on an axis of its
// own, that were seen together. A combination is a box that is zero on the
// other axes.
type combinations struct {
	strength int
	met      map[sets.Box]bool
	uses     *[proposals.NumAxes][maxValues]int // how often each value was seen
}

func newCombinations(strength int) combinations {
	return combinations{strength, make(map[sets.Box]bool), new([proposals.NumAxes][maxValues]int)}
}

// counts reports whether cell was seen to be taken, as far as this search wants
// to see it: alone if it is thorough.
func (s *search) counts(cell sets.Box) bool {
	return s.observed[cell] != nil || !s.Thorough && s.shown[cell] != nil
}

// workOfAdd is the work of adding the combinations of a cell.
const workOfAdd = 100

// combinationsOf returns the combinations that the cells of b hold that were
// seen to be taken.
func (s *search) combinationsOf(b sets.Box, strength int) combinations {
	met := newCombinations(strength)
	s.work += len(s.found)
	for _, c := range s.found {
		if b.Holds(c) && s.counts(c) {
			s.work += workOfAdd
			met.add(b, c)
		}
	}
	return met
}

// add adds the combinations of cell, on the axes on which b has a choice.
func (m combinations) add(b, cell sets.Box) {
	free := sets.Open(b)
	for axes := range sets.Choose(free, min(m.strength, len(free))) {
		m.met[sets.Project(cell, axes)] = true
	}
	for a, v := range cell {
		m.uses[a][bits.TrailingZeros64(v)]++
	}
}

// missing returns the combinations of b on some of axes that are not met when
// their turn comes, with the axes each is on.
func (m combinations) missing(b sets.Box, axes []proposals.Axis) iter.Seq2[sets.Box, []proposals.Axis] {
	return func(yield func(sets.Box, []proposals.Axis) bool) {
		for on := range sets.Choose(axes, min(m.strength, len(sets.Open(b)))) {
			for part := range sets.Project(b, on).Parts(on) {
				if !m.met[part] && !yield(part, on) {
					return
				}
			}
		}
	}
}

// complete returns a cell of b that holds part, which is on the axes fixed; on
// the others it has the values that bring the most new combinations, and among
// these the ones seen the least.
func (m combinations) complete(b, part sets.Box, fixed []proposals.Axis) sets.Box {
	cell := b
	for _, a := range fixed {
		cell[a] = part[a]
	}
	fixed = slices.Clone(fixed)
	for _, a := range sets.Open(b) {
		if slices.Contains(fixed, a) {
			continue
		}
		best, most, fewest := uint64(0), -1, 0
		for v := range sets.Values(b[a]) {
			n, uses := 0, m.uses[a][bits.TrailingZeros64(v)]
			for axes := range sets.Choose(fixed, m.strength-1) {
				if !m.met[sets.Project(cell, axes).On(a, v)] {
					n++
				}
			}
			if n > most || n == most && uses < fewest {
				best, most, fewest = v, n, uses
			}
		}
		cell[a] = best
		fixed = append(fixed, a)
	}
	return cell
}
