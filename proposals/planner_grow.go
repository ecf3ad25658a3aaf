package proposals

import (
	"math/bits"
	"slices"
)

// grow returns a box around an accepted cell: each of its values was observed
// with values of the box on the other axes.
//
// The short axes come first, then ciphers and key exchange methods together.
// Each question holds the other axes at values already found, other ones each
// time, so that one answer supports the new value and the product at once. A
// value that is refused where it was asked, but would be taken elsewhere, is
// not lost: it stays undecided, and the cover asks about it.
func (s *search) grow(cell box) box {
	b := cell
	var short, long []Axis
	for _, a := range open(s.home(cell)) {
		if a == ENCR || a == KE {
			long = append(long, a)
		} else {
			short = append(short, a)
		}
	}
	return s.growAxes(s.growAxes(b, short), long)
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
	axis      Axis
	base      box
	set, rest uint64
	sure      bool
}

// growAxes adds to b the values that are accepted on axes, asking about all of
// these at a time.
func (s *search) growAxes(b box, axes []Axis) box {
	var all box // the values to decide
	var queue []section
	for _, a := range axes {
		all[a] = s.candidates(b, a, s.home(b)[a])
		b[a] |= s.known(b, a, all[a])
		all[a] &^= b[a]
		queue = append(queue, s.sections(b, a, all[a], 0)...)
	}
	begun := b
	for len(queue) > 0 && !s.stopped {
		questions := make([][]box, len(queue))
		for i, sec := range queue {
			questions[i] = []box{sec.base.on(sec.axis, sec.set)}
		}
		var next []section
		var left box // to be asked about in new sections
		narrow := func(sec section, set uint64) {
			if isOne(set) {
				b[sec.axis] |= set
				return
			}
			first, rest := s.halve(sec.axis, set)
			next = append(next, section{sec.axis, sec.base, first, rest, true})
		}
		for i, r := range s.ask(questions...) {
			sec := queue[i]
			switch r.state {
			case Accepted:
				var set uint64
				for _, w := range r.witness {
					set |= w[sec.axis]
				}
				left[sec.axis] |= sec.set&^set | sec.rest
				narrow(sec, set)
			case Refused:
				if sec.sure {
					narrow(sec, sec.rest)
				} else {
					left[sec.axis] |= sec.rest
				}
			case NoAnswer:
				left[sec.axis] |= sec.rest
			}
		}
		queue = next
		for _, a := range axes {
			queue = append(queue, s.sections(b, a, left[a], all[a]&^left[a])...)
		}
	}
	for _, a := range axes {
		s.expected += s.set(a, all[a])
		s.accepted += s.set(a, b[a]&^begun[a])
	}
	return b
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
			out = append(out, section{axis: a, base: base})
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

// home returns the box of the universe that holds b.
func (s *search) home(b box) box {
	for _, u := range s.u.boxes {
		if u.holds(b) {
			return u
		}
	}
	return b
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
