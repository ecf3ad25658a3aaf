package matrix

import (
	"iter"
	"math/bits"
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// combinations are the combinations of strength values, each on an axis of its
// own, that were seen together. A combination is a box that is zero on the
// other axes.
type combinations struct {
	strength int
	met      map[box]bool
	uses     *[proposals.NumAxes][maxValues]int // how often each value was seen
}

func newCombinations(strength int) combinations {
	return combinations{strength, make(map[box]bool), new([proposals.NumAxes][maxValues]int)}
}

// counts reports whether cell was seen to be taken, as far as this search wants
// to see it: alone if it is thorough.
func (s *search) counts(cell box) bool {
	return s.observed[cell] != nil || !s.Thorough && s.shown[cell] != nil
}

// combinationsOf returns the combinations that the cells of b hold that were
// seen to be taken.
func (s *search) combinationsOf(b box, strength int) combinations {
	met := newCombinations(strength)
	for _, c := range s.found {
		if b.holds(c) && s.counts(c) {
			met.add(b, c)
		}
	}
	return met
}

// add adds the combinations of cell, on the axes on which b has a choice.
func (m combinations) add(b, cell box) {
	free := open(b)
	for axes := range choose(free, min(m.strength, len(free))) {
		m.met[project(cell, axes)] = true
	}
	for a, v := range cell {
		m.uses[a][bits.TrailingZeros64(v)]++
	}
}

// missing returns the combinations of b on some of axes that are not met when
// their turn comes, with the axes each is on.
func (m combinations) missing(b box, axes []proposals.Axis) iter.Seq2[box, []proposals.Axis] {
	return func(yield func(box, []proposals.Axis) bool) {
		for on := range choose(axes, min(m.strength, len(open(b)))) {
			for part := range project(b, on).parts(on) {
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
func (m combinations) complete(b, part box, fixed []proposals.Axis) box {
	cell := b
	for _, a := range fixed {
		cell[a] = part[a]
	}
	fixed = slices.Clone(fixed)
	for _, a := range open(b) {
		if slices.Contains(fixed, a) {
			continue
		}
		best, most, fewest := uint64(0), -1, 0
		for v := range values(b[a]) {
			n, uses := 0, m.uses[a][bits.TrailingZeros64(v)]
			for axes := range choose(fixed, m.strength-1) {
				if !m.met[project(cell, axes).on(a, v)] {
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

// project returns b on axes alone.
func project(b box, axes []proposals.Axis) box {
	var p box
	for _, a := range axes {
		p[a] = b[a]
	}
	return p
}

// parts calls yield for each choice of one value on each of axes.
func (b box) parts(axes []proposals.Axis) iter.Seq[box] {
	return func(yield func(box) bool) {
		var walk func(c box, i int) bool
		walk = func(c box, i int) bool {
			if i == len(axes) {
				return yield(c)
			}
			for v := range values(b[axes[i]]) {
				if !walk(c.on(axes[i], v), i+1) {
					return false
				}
			}
			return true
		}
		walk(b, 0)
	}
}

// choose calls yield for each choice of n of axes; never if they are fewer.
func choose(axes []proposals.Axis, n int) iter.Seq[[]proposals.Axis] {
	return func(yield func([]proposals.Axis) bool) {
		var walk func(chosen, rest []proposals.Axis) bool
		walk = func(chosen, rest []proposals.Axis) bool {
			if len(chosen) == n {
				return yield(chosen)
			}
			for i := range rest {
				if len(rest)-i < n-len(chosen) {
					return true
				}
				if !walk(append(chosen[:len(chosen):len(chosen)], rest[i]), rest[i+1:]) {
					return false
				}
			}
			return true
		}
		walk(nil, axes)
	}
}
