package proposals

import (
	"math/bits"
	"slices"
)

// grow returns a box around an accepted cell: each of its values was observed
// with values of the box on the other axes.
//
// The key exchange methods come first, since the answer names the one that was
// taken; then they name what is taken on the other axes, see
// [search.question]. Each question holds the other axes at values already
// found, other ones each time, so that one answer supports the new value and
// the product at once. A value that is refused where it was asked, but would
// be taken elsewhere, is not lost: it stays undecided, and the cover asks
// about it.
func (s *search) grow(cell box) box {
	free := open(s.home(cell))
	others := slices.DeleteFunc(slices.Clone(free), func(a Axis) bool { return a == KE })
	b := cell
	if len(others) < len(free) {
		b = s.growAxes(b, []Axis{KE})
	}
	return s.growAxes(b, others)
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

// section is a question about values of one axis: boxes that differ on it, and
// on KE if there are several. Those of rest are asked about after it; sure
// means that boxes and rest together hold a suite that is accepted.
type section struct {
	axis        Axis
	boxes, rest []box
	sure        bool
}

// on returns the values of bs on axis a.
func on(a Axis, bs []box) uint64 {
	var set uint64
	for _, b := range bs {
		set |= b[a]
	}
	return set
}

// growAxes adds to b the values that are accepted on axes, asking about all of
// these at a time.
func (s *search) growAxes(b box, axes []Axis) box {
	var all box // the values to decide
	var queue []section
	met := s.combinationsOf(b, 2)
	for _, a := range axes {
		all[a] = s.candidates(b, a, s.home(b)[a])
		b[a] |= s.known(b, a, all[a])
		all[a] &^= b[a]
		queue = append(queue, s.sections(b, a, all[a], 0, met)...)
	}
	begun := b
	for len(queue) > 0 && !s.stopped {
		questions := make([][]box, len(queue))
		for i, sec := range queue {
			questions[i] = sec.boxes
		}
		var next []section
		var left box // to be asked about in new sections
		// narrow goes on with boxes that hold an accepted suite.
		narrow := func(a Axis, boxes []box) {
			if set := on(a, boxes); isOne(set) {
				b[a] |= set
				return
			}
			first, rest := s.split(boxes)
			next = append(next, section{a, first, rest, true})
		}
		for i, r := range s.ask(questions...) {
			sec := queue[i]
			a := sec.axis
			switch {
			case r.state == Accepted:
				left[a] |= on(a, sec.boxes)&^on(a, r.witness) | on(a, sec.rest)
				narrow(a, r.witness)
			case r.state == Refused && sec.sure:
				narrow(a, sec.rest)
			default:
				left[a] |= on(a, sec.rest)
			}
		}
		queue = next
		met = s.combinationsOf(b, 2)
		for _, a := range axes {
			queue = append(queue, s.sections(b, a, left[a], all[a]&^left[a], met)...)
		}
	}
	for _, a := range axes {
		s.expected += s.set(a, all[a])
		s.accepted += s.set(a, b[a]&^begun[a])
	}
	return b
}

// refusedAtLeast is the chance of a refusal that a question about several
// values has at least. It is less than a half, since an answer that is taken
// mostly names the value.
const refusedAtLeast = 0.25

// sections splits the values of set into questions, the likely ones alone and
// the others together, each with other axes that bring values together which
// were not observed together. asked are the values of the axis that were asked
// about already.
func (s *search) sections(b box, a Axis, set, asked uint64, met combinations) []section {
	ratio := s.ratio(a, asked, asked&b[a])
	var bases []box   // for each section
	var sets []uint64 // likewise
	none := 1.0       // the chance that no value of the last section is accepted
	for _, v := range s.order(a, set) {
		chance := s.chance(a, v, ratio)
		if len(bases) == 0 || none*(1-chance) < refusedAtLeast {
			base := met.complete(b.on(a, v), box{}.on(a, v), []Axis{a})
			met.add(b.on(a, v|b[a]), base)
			bases, sets = append(bases, base), append(sets, 0)
			none = 1
		}
		sets[len(sets)-1] |= v
		none *= 1 - chance
	}
	out := make([]section, len(bases))
	for i, base := range bases {
		out[i] = section{axis: a, boxes: s.labelled(base, a, sets[i], b[KE], met)}
	}
	return out
}

// labelled returns boxes that hold base with the values of set on axis a. If a
// is not KE, each value goes with one of methods of its own as far as there
// are enough, the least seen ones first: the method that the answer names then
// tells which value was taken.
func (s *search) labelled(base box, a Axis, set, methods uint64, met combinations) []box {
	uses := func(v uint64) int { return met.uses[KE][bits.TrailingZeros64(v)] }
	labels := slices.SortedStableFunc(values(methods), func(v, w uint64) int { return uses(v) - uses(w) })
	n := min(len(labels), bits.OnesCount64(set))
	if a == KE {
		n = 1
	}
	for ; n > 1; n-- {
		boxes := make([]box, n)
		octets := 0
		for i, v := range s.order(a, set) {
			if i < n {
				boxes[i] = base.on(KE, labels[i]).on(a, 0)
			}
			boxes[i%n][a] |= v
		}
		for _, b := range boxes {
			octets += s.u.octets(b)
		}
		if octets <= s.Limits.Octets {
			for _, v := range labels[:n] {
				met.uses[KE][bits.TrailingZeros64(v)]++
			}
			return boxes
		}
	}
	return []box{base.on(a, set)}
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
