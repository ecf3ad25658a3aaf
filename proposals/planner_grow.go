package proposals

import (
	"math/bits"
	"slices"
)

// grow returns a box around an accepted cell: each of its values was observed
// with values of the box on the other axes.
//
// One axis is asked about after the other, the key exchange methods last, and
// each question holds the other axes at values already found, other ones each
// time. So one answer supports the new value and the product at once. A value
// that is refused where it was asked, but would be taken elsewhere, is not
// lost: it stays undecided, and the cover asks about it.
func (s *search) grow(cell box) box {
	b := cell
	home := s.home(cell)
	axes := open(home)
	slices.Reverse(axes)
	slices.SortStableFunc(axes, func(x, y Axis) int {
		switch {
		case x == KE:
			return 1
		case y == KE:
			return -1
		}
		return 0
	})
	for _, a := range axes {
		candidates := s.candidates(b, a, home[a])
		b[a] |= s.known(b, a, candidates)
		candidates &^= b[a]
		found := s.growAxis(b, a, candidates)
		s.expected += s.set(a, candidates)
		s.accepted += s.set(a, found)
		b[a] |= found
	}
	return b
}

// candidates returns the values of set on axis a that nothing excludes from b.
func (s *search) candidates(b box, a Axis, set uint64) uint64 {
	set &^= b[a]
	for v := range values(set) {
		if c := b.on(a, v); covered(c, s.refused) || covered(c, s.silent) {
			set &^= v
		}
	}
	return set
}

// known returns the values of set on axis a that were observed with values of
// b on the other axes.
func (s *search) known(b box, a Axis, set uint64) uint64 {
	var known uint64
	wide := b.on(a, set)
	for _, c := range s.found {
		if wide.holds(c) {
			known |= c[a]
		}
	}
	return known
}

// section is a question about the values of set on one axis, base giving the
// other axes. The values of rest are asked about after it; sure means that set
// and rest together hold a value that is accepted with base.
type section struct {
	base      box
	set, rest uint64
	sure      bool
}

// growAxis returns the values among candidates that are accepted on axis a.
func (s *search) growAxis(b box, a Axis, candidates uint64) uint64 {
	var found uint64
	queue := s.sections(b, a, candidates, 0)
	for len(queue) > 0 && !s.stopped {
		questions := make([][]box, len(queue))
		for i, sec := range queue {
			questions[i] = []box{sec.base.on(a, sec.set)}
		}
		var next []section
		var left uint64 // to be asked about in new sections
		narrow := func(sec section, set uint64) {
			if isOne(set) {
				found |= set
				return
			}
			first, rest := s.halve(a, set)
			next = append(next, section{sec.base, first, rest, true})
		}
		for i, r := range s.ask(questions...) {
			sec := queue[i]
			switch r.state {
			case Accepted:
				var set uint64
				for _, w := range r.witness {
					set |= w[a]
				}
				left |= sec.set&^set | sec.rest
				narrow(sec, set)
			case Refused:
				if sec.sure {
					narrow(sec, sec.rest)
				} else {
					left |= sec.rest
				}
			case NoAnswer:
				left |= sec.rest
			}
		}
		b[a] |= found
		queue = append(next, s.sections(b, a, left, candidates&^left)...)
	}
	return found
}

// sections splits the values of set into questions that are as likely to be
// refused as to be taken, each with a base that brings values together which
// were not observed together. asked are the values of the axis that were asked
// about already.
func (s *search) sections(b box, a Axis, set, asked uint64) []section {
	met := s.combinationsOf(b, 2)
	var out []section
	none := 1.0 // the chance that no value of the last section is accepted
	ratio := s.ratio(a, asked, asked&b[a])
	for _, v := range s.order(a, set) {
		chance := s.chance(a, v, ratio)
		if len(out) == 0 || none*(1-chance) < 0.5 {
			base := met.complete(b.on(a, v), box{}.on(a, v), []Axis{a})
			met.add(b.on(a, v|b[a]), base)
			out = append(out, section{base: base})
			none = 1
		}
		out[len(out)-1].set |= v
		none *= 1 - chance
	}
	return out
}

// chance returns how likely a value is accepted: what its weight says,
// corrected by ratio, unless a product found already has it, since the
// proposals of a gateway tend to repeat each other's algorithms.
func (s *search) chance(a Axis, v uint64, ratio float64) float64 {
	for _, b := range s.products {
		if b[a]&v != 0 {
			return min(0.8, 3*ratio)
		}
	}
	return min(s.value(a, v)*ratio, 0.95)
}

// ratio compares what was accepted with what was expected: of the values asked
// about on axis a, and around the suites explored before.
func (s *search) ratio(a Axis, asked, accepted uint64) float64 {
	const doubt = 1
	return (s.set(a, accepted) + s.accepted + doubt) / (s.set(a, asked) + s.expected + doubt)
}

// home returns the box of the universe that holds cell.
func (s *search) home(cell box) box {
	for _, b := range s.u.boxes {
		if b.holds(cell) {
			return b
		}
	}
	return cell
}

// open returns the axes on which b has a choice, the longest first.
func open(b box) []Axis {
	var axes []Axis
	for a := range b {
		if !isOne(b[a]) {
			axes = append(axes, Axis(a))
		}
	}
	slices.SortStableFunc(axes, func(x, y Axis) int { return bits.OnesCount64(b[y]) - bits.OnesCount64(b[x]) })
	return axes
}
