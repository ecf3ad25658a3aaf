package proposals

import (
	"math/bits"
	"slices"
)

// observeAll is the size up to which each suite of a product is observed.
const observeAll = 24

// minCorners is how many suites off the axes are observed at least.
const minCorners = 10

// maxSamples is how many suites of a product are observed to see its triples
// of algorithms together; its pairs are seen whatever it takes.
const maxSamples = 1024

// relatedTo reports whether b and c differ on two axes or more, and share
// values on all but one: then a product grown where they meet may hold more
// than is accepted.
func (b box) relatedTo(c box) bool {
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
func (s *search) verify(b, cell box) box {
	for {
		if part := s.cutKnown(b, cell); part != b {
			b, s.mixed = part, true
		}
		samples := s.samples(b, cell)
		if len(samples) == 0 || s.stopped {
			return b
		}
		questions := make([][]box, len(samples))
		for i, c := range samples {
			questions[i] = []box{c}
		}
		for i, r := range s.ask(questions...) {
			if r.state == Refused {
				s.conflict(cell, samples[i])
			}
		}
	}
}

// conflict looks for the smallest combination that makes the refused cell
// differ from the accepted one and is refused too, so that no more is cut than
// needs to be.
func (s *search) conflict(accepted, refused box) {
	for a := range refused {
		nearer := refused.on(Axis(a), accepted[a])
		if nearer != refused && nearer != accepted && s.ask([]box{nearer})[0].state == Refused {
			refused = nearer
		}
	}
}

// cutKnown cuts b until it holds neither a suite that is refused nor one that
// was offered alone without an answer. What leaves the least choice is cut
// first.
func (s *search) cutKnown(b, cell box) box {
	for {
		var next box
		fewest := NumAxes + 1
		for _, e := range s.refused {
			if part := b.and(e.box); !part.empty() {
				if n := part.axesWithout(cell); n > 0 && n < fewest {
					next, fewest = part, n
				}
			}
		}
		for _, e := range s.silent {
			if e.isCell() && b.holds(e.box) {
				if n := e.axesWithout(cell); n > 0 && n < fewest {
					next, fewest = e.box, n
				}
			}
		}
		if fewest > NumAxes {
			return b
		}
		b = s.cut(b, cell, next)
	}
}

// axesWithout returns on how many axes b lacks the value of cell.
func (b box) axesWithout(cell box) int {
	n := 0
	for a := range b {
		if b[a]&cell[a] == 0 {
			n++
		}
	}
	return n
}

// cut takes from b the values of part on one axis, where cell has another one:
// on the axis that leaves the most observed suites.
func (s *search) cut(b, cell, part box) box {
	best, most := b, -1
	for a := range part {
		if part[a]&cell[a] != 0 {
			continue
		}
		smaller := b.on(Axis(a), b[a]&^part[a])
		if n := s.count(smaller); n > most {
			best, most = smaller, n
		}
	}
	return best
}

// count returns how many observed cells b holds.
func (s *search) count(b box) int {
	n := 0
	for _, c := range s.found {
		if b.holds(c) {
			n++
		}
	}
	return n
}

// samples returns the cells of b to observe next; none when b is verified.
func (s *search) samples(b, cell box) []box {
	if s.Exhaustive || b.size() <= observeAll {
		var out []box
		for c := range b.parts(open(b)) {
			if s.observed[c] == nil {
				out = append(out, c)
			}
		}
		return out
	}
	longest := 0
	for a := range b {
		longest = max(longest, bits.OnesCount64(b[a]))
	}
	if s.mixed {
		strength := 2
		if s.count(b) < maxSamples {
			strength = 3
		}
		met := s.combinationsOf(b, strength)
		var out []box
		for len(out) < longest {
			part, axes, ok := met.missing(b)
			if !ok {
				break
			}
			c := met.complete(b, part, axes)
			met.add(b, c)
			if s.observed[c] == nil {
				out = append(out, c)
			}
		}
		return out
	}
	// Suites off the axes of the cell show each value, and minCorners of
	// them are seen.
	shown := combinations{1, make(map[box]bool)}
	shown.add(b, cell)
	corners := 0
	for _, c := range s.found {
		if b.holds(c) && apart(c, cell) > 1 {
			shown.add(b, c)
			corners++
		}
	}
	met := s.combinationsOf(b, 2)
	var out []box
	for {
		part, axes, ok := shown.missing(b)
		if !ok && corners+len(out) < minCorners {
			part, axes, ok = met.missing(b)
		}
		if !ok {
			return out
		}
		c := met.complete(b, part, axes)
		shown.add(b, c)
		met.add(b, c)
		if s.observed[c] == nil {
			out = append(out, c)
		}
	}
}

// apart returns on how many axes two cells differ.
func apart(c, d box) int {
	n := 0
	for a := range c {
		if c[a] != d[a] {
			n++
		}
	}
	return n
}

// recheck verifies the products found before it was known that they overlap.
// It reports whether one was cut.
func (s *search) recheck() bool {
	if !s.mixed {
		return false
	}
	changed := false
	for i, b := range s.products {
		for _, c := range s.found {
			if b.holds(c) {
				if v := s.verify(b, c); v != b {
					s.products[i] = v
					changed = true
				}
				break
			}
		}
	}
	return changed
}

// combinations are the combinations of strength values, each on an axis of its
// own, that were seen together. A combination is a box that is zero on the
// other axes.
type combinations struct {
	strength int
	met      map[box]bool
}

// combinationsOf returns the combinations that the observed cells of b hold.
func (s *search) combinationsOf(b box, strength int) combinations {
	met := combinations{strength, make(map[box]bool)}
	for _, c := range s.found {
		if b.holds(c) {
			met.add(b, c)
		}
	}
	return met
}

// add adds the combinations of cell, on the axes on which b has a choice.
func (m combinations) add(b, cell box) {
	for axes := range choose(open(b), m.strength) {
		m.met[project(cell, axes)] = true
	}
}

// missing returns a combination of b that is not met yet, and its axes. It
// reports false if there is none.
func (m combinations) missing(b box) (part box, axes []Axis, ok bool) {
	for axes := range choose(open(b), m.strength) {
		for part := range project(b, axes).parts(axes) {
			if !m.met[part] {
				return part, axes, true
			}
		}
	}
	return box{}, nil, false
}

// complete returns a cell of b that holds part, which is on the axes fixed; on
// the others it has the values that bring the most new combinations.
func (m combinations) complete(b, part box, fixed []Axis) box {
	cell := b
	for _, a := range fixed {
		cell[a] = part[a]
	}
	fixed = slices.Clone(fixed)
	for _, a := range open(b) {
		if slices.Contains(fixed, a) {
			continue
		}
		best, most := uint64(0), -1
		for v := range values(b[a]) {
			n := 0
			for axes := range choose(fixed, m.strength-1) {
				if !m.met[project(cell, axes).on(a, v)] {
					n++
				}
			}
			if n > most {
				best, most = v, n
			}
		}
		cell[a] = best
		fixed = append(fixed, a)
	}
	return cell
}

// project returns b on axes alone.
func project(b box, axes []Axis) box {
	var p box
	for _, a := range axes {
		p[a] = b[a]
	}
	return p
}

// parts calls yield for each choice of one value on each of axes.
func (b box) parts(axes []Axis) func(yield func(box) bool) {
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

// choose calls yield for each choice of n of axes, or for axes itself if they
// are fewer.
func choose(axes []Axis, n int) func(yield func([]Axis) bool) {
	return func(yield func([]Axis) bool) {
		n := min(n, len(axes))
		var walk func(chosen, rest []Axis) bool
		walk = func(chosen, rest []Axis) bool {
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
