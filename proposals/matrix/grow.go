package matrix

import (
	"math/bits"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// grow returns a box around a seed: each of its values was observed with values
// of the box on the other axes.
//
// All axes are asked about at a time, but for the first questions, which are
// about key exchange methods alone: the answer names the one that was taken,
// and from then on they name what is taken on the other axes, see
// [search.labelled]. Each question holds the other axes at values already
// found, other ones each time, so that one answer supports the new value and
// the product at once. Where products overlap it holds them at the cell's,
// since values found around it may belong to another product. A value that is
// refused where it was asked, but would be taken elsewhere, is not lost: it
// stays undecided, and the cover asks about it.
func (s *search) grow(from seed) sets.Box {
	cell, b := from.cell, from.box
	axes := sets.Open(s.home(cell))
	var left sets.Box // the values that no question in the queue is about
	for _, a := range axes {
		candidates := s.candidates(b, a)
		b[a] |= s.known(b, a, candidates)
		left[a] = candidates &^ b[a]
	}
	var queue []section
	turn := axes
	if left[proposals.KE] != 0 {
		turn = []proposals.Axis{proposals.KE}
	}
	for !s.over() {
		met := s.combinationsOf(b, 2)
		for _, a := range turn {
			around := b
			if s.mixed {
				around = cell.On(proposals.KE, b[proposals.KE])
			}
			queue = append(queue, s.sections(around, a, left[a], met)...)
			left[a] = 0
		}
		turn = axes
		if len(queue) == 0 {
			break
		}
		questions := make([][]sets.Box, len(queue))
		for i, sec := range queue {
			questions[i] = sec.boxes
		}
		var next []section
		// narrow goes on with boxes that hold an accepted suite.
		narrow := func(a proposals.Axis, boxes []sets.Box) {
			if set := on(a, boxes); sets.IsOne(set) {
				b[a] |= set
				s.expected += s.value(a, set)
				s.accepted += s.value(a, set)
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
				s.expected += s.set(a, on(a, sec.boxes))
				narrow(a, sec.rest)
			default:
				s.expected += s.set(a, on(a, sec.boxes))
				left[a] |= on(a, sec.rest)
			}
		}
		queue = next
	}
	return b
}

// candidates returns the values of axis a to ask about around b: those with
// which no suite of b was refused.
func (s *search) candidates(b sets.Box, a proposals.Axis) uint64 {
	set := s.home(b)[a] &^ b[a]
	s.work += bits.OnesCount64(set) * (len(s.refused) + len(s.silent))
	for v := range sets.Values(set) {
		c := b.On(a, v)
		if slices.ContainsFunc(s.refused, func(e evidence) bool { return e.Overlaps(c) }) || covered(c, s.silent) {
			set &^= v
		}
	}
	return set
}

// known returns the values of set on axis a that were observed with values of
// b on the other axes.
func (s *search) known(b sets.Box, a proposals.Axis, set uint64) uint64 {
	var known uint64
	wide := b.On(a, set)
	for _, c := range s.found {
		if wide.Holds(c) {
			known |= c[a]
		}
	}
	return known
}

// section is a question about values of one axis: boxes that differ on it, and
// on KE if there are several. Those of rest are asked about after it; sure
// means that boxes and rest together hold a suite that is accepted.
type section struct {
	axis        proposals.Axis
	boxes, rest []sets.Box
	sure        bool
}

// on returns the values of bs on axis a.
func on(a proposals.Axis, bs []sets.Box) uint64 {
	var set uint64
	for _, b := range bs {
		set |= b[a]
	}
	return set
}

// refusedAtLeast is the chance of a refusal that a question about several
// values has at least. It is less than a half, since an answer that is taken
// mostly names the value.
const refusedAtLeast = 0.25

// sections splits the values of set into questions, the likely ones alone and
// the others together, each with other axes that bring values together which
// were not observed together.
func (s *search) sections(b sets.Box, a proposals.Axis, set uint64, met combinations) []section {
	var bases []sets.Box // for each section
	var held []uint64    // likewise
	none := 1.0          // the chance that no value of the last section is accepted
	for _, v := range s.order(a, set) {
		chance := s.chance(a, v)
		if len(bases) == 0 || none*(1-chance) < refusedAtLeast || s.tight && !s.fits([]sets.Box{bases[len(bases)-1].On(a, held[len(held)-1]|v)}) {
			base := met.complete(b.On(a, v), sets.Box{}.On(a, v), []proposals.Axis{a})
			met.add(b.On(a, v|b[a]), base)
			bases, held = append(bases, base), append(held, 0)
			none = 1
		}
		held[len(held)-1] |= v
		none *= 1 - chance
	}
	out := make([]section, len(bases))
	for i, base := range bases {
		out[i] = section{axis: a, boxes: s.labelled(base, a, held[i], b[proposals.KE], met)}
	}
	return out
}

// labelled returns boxes that hold base with the values of set on axis a. If a
// is not KE, each value goes with one of methods of its own as far as there
// are enough, the least seen ones first: the method that the answer names then
// shows which value was taken.
func (s *search) labelled(base sets.Box, a proposals.Axis, set, methods uint64, met combinations) []sets.Box {
	uses := func(v uint64) int { return met.uses[proposals.KE][bits.TrailingZeros64(v)] }
	labels := slices.SortedStableFunc(sets.Values(methods), func(v, w uint64) int { return uses(v) - uses(w) })
	n := min(len(labels), bits.OnesCount64(set))
	if a == proposals.KE {
		n = 1
	}
	for ; n > 1; n-- {
		boxes := make([]sets.Box, n)
		octets := 0
		for i, v := range s.order(a, set) {
			if i < n {
				boxes[i] = base.On(proposals.KE, labels[i]).On(a, 0)
			}
			boxes[i%n][a] |= v
		}
		for _, b := range boxes {
			octets += s.u.octets(b)
		}
		if octets <= s.Limits.Octets && (s.Limits.Proposals == 0 || n <= s.Limits.Proposals) {
			for _, v := range labels[:n] {
				met.uses[proposals.KE][bits.TrailingZeros64(v)]++
			}
			return boxes
		}
	}
	return []sets.Box{base.On(a, set)}
}

// chance returns how likely a value is accepted: what its weight says,
// corrected by what came of the values asked about so far. It is higher for a
// value that was observed in another suite, since the proposals of a gateway
// tend to repeat each other's algorithms.
func (s *search) chance(a proposals.Axis, v uint64) float64 {
	const doubt = 1
	ratio := (s.accepted + doubt) / (s.expected + doubt)
	if slices.ContainsFunc(s.found, func(c sets.Box) bool { return c[a] == v }) {
		return min(0.8, 4*ratio)
	}
	return s.value(a, v) * ratio
}

// home returns the box of the universe that holds b.
func (s *search) home(b sets.Box) sets.Box {
	for _, u := range s.u.boxes {
		if u.Holds(b) {
			return u
		}
	}
	return b
}
