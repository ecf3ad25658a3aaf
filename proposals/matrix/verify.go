package matrix

import (
	"math/bits"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// observeAll is the size up to which each suite of a product is observed.
const observeAll = 8

// shortAxis is how many values an axis has at most to be seen in pairs.
const shortAxis = 8

// minCorners is how many suites off the axes are observed at least.
const minCorners = 10

// maxSamples is how many suites of a product are observed to see its triples
// of algorithms together; its pairs are seen whatever it takes.
const maxSamples = 1024

// maxBatch is how many suites are asked about together to observe each.
const maxBatch = 1024

// related reports whether b and c have the same home, differ on two axes or
// more, and share values on all but one: then a product grown where they meet
// may hold more than is accepted.
func (s *search) related(b, c sets.Box) bool {
	if s.home(b) != s.home(c) {
		return false
	}
	disjoint, differ := 0, 0
	for a := range b {
		if b[a]&c[a] == 0 {
			disjoint++
		}
		if b[a] != c[a] {
			differ++
		}
	}
	return disjoint < 2 && differ > 1
}

// verify returns the part of b around cell in which no suite is refused: it
// cuts b by what is known, and samples what is left until no sample is refused.
// It reports false if cell itself is not taken when it is asked about alone.
func (s *search) verify(b, cell sets.Box) (sets.Box, bool) {
	for {
		if covered(cell, s.refused) || s.unanswered(cell) {
			return sets.Box{}, false
		}
		if part := s.cutKnown(b, cell); part != b {
			b, s.mixed = part, true
		}
		samples := s.samples(b, cell)
		if len(samples) == 0 || s.over() {
			return b, true
		}
		questions := make([][]sets.Box, len(samples))
		for i, c := range samples {
			questions[i] = []sets.Box{c}
		}
		for i, r := range s.ask(questions...) {
			if r.state == Refused {
				s.conflict(cell, samples[i])
			}
		}
	}
}

// unanswered reports whether cell was asked about alone without an answer, and
// was not observed.
func (s *search) unanswered(cell sets.Box) bool {
	return s.observed[cell] == nil && slices.ContainsFunc(s.silent, func(e evidence) bool { return e.Box == cell })
}

// verified reports whether nothing is left to verify of b.
func (s *search) verified(b sets.Box) bool {
	cell, ok := s.observedIn(b)
	return ok && s.cutKnown(b, cell) == b && len(s.samples(b, cell)) == 0 && !s.tangled
}

// conflict looks for the smallest combination that makes the refused cell
// differ from the accepted one and is refused too, so that no more is cut than
// needs to be.
func (s *search) conflict(accepted, refused sets.Box) {
	for a := range refused {
		nearer := refused.On(proposals.Axis(a), accepted[a])
		if nearer != refused && nearer != accepted && !s.isFound(nearer) && s.ask([]sets.Box{nearer})[0].state == Refused {
			refused = nearer
		}
	}
}

// cutKnown cuts b until it holds neither a suite that is refused nor one that
// was offered alone without an answer. What leaves the least choice is cut
// first.
func (s *search) cutKnown(b, cell sets.Box) sets.Box {
	for {
		if s.work += len(s.refused) + len(s.silent); s.work > maxWork {
			s.tangled = true
			return b
		}
		var next sets.Box
		fewest := proposals.NumAxes + 1
		for _, e := range s.refused {
			if part := b.And(e.Box); !part.Empty() {
				if n := part.AxesWithout(cell); n > 0 && n < fewest {
					next, fewest = part, n
				}
			}
		}
		for _, e := range s.silent {
			if e.IsCell() && b.Holds(e.Box) {
				if n := e.AxesWithout(cell); n > 0 && n < fewest {
					next, fewest = e.Box, n
				}
			}
		}
		if fewest > proposals.NumAxes {
			return b
		}
		b = s.cut(b, cell, next)
	}
}

// cut takes from b the values of part on one axis, where cell has another one:
// on the axis that leaves the most observed suites.
func (s *search) cut(b, cell, part sets.Box) sets.Box {
	best, most := b, -1
	for a := range part {
		if part[a]&cell[a] != 0 {
			continue
		}
		smaller := b.On(proposals.Axis(a), b[a]&^part[a])
		if n := s.count(smaller); n > most {
			best, most = smaller, n
		}
	}
	return best
}

// count returns how many found cells b holds.
func (s *search) count(b sets.Box) int {
	s.work += len(s.found)
	n := 0
	for _, c := range s.found {
		if b.Holds(c) {
			n++
		}
	}
	return n
}

// samples returns the cells of b to ask about next, each alone; none when b is
// verified. Cell, around which b was found, is one of them until it was
// observed: so no product goes without a direct question.
func (s *search) samples(b, cell sets.Box) []sets.Box {
	if s.Exhaustive || b.Size() <= observeAll {
		var out []sets.Box
		for c := range b.Parts(sets.Open(b)) {
			if s.observed[c] == nil {
				out = append(out, c)
			}
			if len(out) == maxBatch {
				break
			}
		}
		return out
	}
	strength := 2
	if s.mixed && s.count(b) < maxSamples {
		strength = 3
	}
	met := s.combinationsOf(b, strength)
	var out []sets.Box
	if s.observed[cell] == nil {
		out = append(out, cell)
	}
	pick := func(part sets.Box, axes []proposals.Axis) sets.Box {
		c := met.complete(b, part, axes)
		met.add(b, c)
		if !s.counts(c) {
			out = append(out, c)
		}
		return c
	}
	free := sets.Open(b)
	if s.mixed {
		batch := bits.OnesCount64(b[free[0]]) // a refusal may make the rest moot
		for part, axes := range met.missing(b, free) {
			if pick(part, axes); len(out) >= batch {
				break
			}
		}
		return out
	}
	// Suites off the axes of the cell show each value, and minCorners of
	// them are seen.
	shown := newCombinations(1)
	shown.add(b, cell)
	corners := 0
	for _, c := range s.found {
		if b.Holds(c) && apart(c, cell) > 1 {
			shown.add(b, c)
			corners++
		}
	}
	for part, axes := range shown.missing(b, free) {
		shown.add(b, pick(part, axes))
	}
	for part, axes := range met.missing(b, free) {
		if corners+len(out) >= minCorners {
			break
		}
		pick(part, axes)
	}
	// Of cipher, PRF and integrity algorithm, which gateways tie together,
	// each pair is seen unless they are many.
	short := slices.DeleteFunc(free, func(a proposals.Axis) bool { return a == proposals.KE || bits.OnesCount64(b[a]) > shortAxis })
	for part, axes := range met.missing(b, short) {
		pick(part, axes)
	}
	return out
}

// apart returns on how many axes two cells differ.
func apart(c, d sets.Box) int {
	n := 0
	for a := range c {
		if c[a] != d[a] {
			n++
		}
	}
	return n
}

// recheck verifies the products again, since what was found after them may
// cut them, or show that they overlap. It reports whether one changed.
func (s *search) recheck() bool {
	changed := false
	var products []sets.Box
	for _, b := range s.products {
		cell, ok := s.observedIn(b)
		part := b
		if ok {
			part, ok = s.verify(b, cell)
		}
		if ok {
			products = append(products, part)
		}
		changed = changed || !ok || part != b
	}
	s.products = products
	return changed
}
