package proposals

import (
	"math/bits"
	"slices"
)

// observeAll is the size up to which each suite of a product is observed.
const observeAll = 24

// maxSamples is how many suites of a product are observed to see its triples
// of algorithms together; its pairs are seen whatever it takes.
const maxSamples = 256

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

// verify samples b, which holds cell, and cuts it until no sample is refused.
func (s *search) verify(b, cell box) box {
	for !s.stopped {
		samples := s.samples(b, cell)
		if len(samples) == 0 {
			return b
		}
		questions := make([][]box, len(samples))
		for i, c := range samples {
			questions[i] = []box{c}
		}
		var refused []box
		for i, r := range s.ask(questions...) {
			switch r.state {
			case Refused:
				refused = append(refused, samples[i])
			case NoAnswer:
				// Nobody knows: the cell stays in no product.
				b = s.cut(b, cell, samples[i])
			}
		}
		for _, c := range refused {
			if b.holds(c) {
				s.mixed = true
				b = s.cut(b, cell, s.conflict(cell, c))
			}
		}
	}
	return b
}

// conflict returns the cell between accepted and refused that differs from
// accepted on the fewest axes and is refused too.
func (s *search) conflict(accepted, refused box) box {
	for a := range refused {
		if refused[a] == accepted[a] {
			continue
		}
		nearer := refused.on(Axis(a), accepted[a])
		if nearer == accepted {
			continue
		}
		if s.ask([]box{nearer})[0].state == Refused {
			refused = nearer
		}
	}
	return refused
}

// cut takes from b the value of refused, on an axis where it differs from
// cell, that leaves the most observed suites.
func (s *search) cut(b, cell, refused box) box {
	best, most := b, -1
	for a := range refused {
		if refused[a] == cell[a] {
			continue
		}
		smaller := b.on(Axis(a), b[a]&^refused[a])
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
	strength := 2
	if s.mixed && s.count(b) < maxSamples {
		strength = 3
	}
	met := s.combinationsOf(b, strength)
	longest := 0
	for a := range b {
		longest = max(longest, bits.OnesCount64(b[a]))
	}
	if !s.mixed {
		// As many samples off the axes of the cell as show each value once.
		corners := 0
		for _, c := range s.found {
			if b.holds(c) && apart(c, cell) > 1 {
				corners++
			}
		}
		if corners >= longest {
			return nil
		}
	}
	var out []box
	for len(out) < longest {
		c, ok := met.next(b)
		if !ok {
			break
		}
		met.add(b, c)
		if s.observed[c] == nil {
			out = append(out, c)
		}
	}
	return out
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

// next returns a cell of b that holds a combination not met yet, and others as
// a greedy choice gives them. It reports false if b holds none.
func (m combinations) next(b box) (box, bool) {
	free := open(b)
	for axes := range choose(free, m.strength) {
		for part := range project(b, axes).parts(axes) {
			if !m.met[part] {
				return m.complete(b, part, axes, free), true
			}
		}
	}
	return box{}, false
}

// complete gives the axes of free that part leaves open the values that bring
// the most new combinations with those already there.
func (m combinations) complete(b, part box, fixed, free []Axis) box {
	cell := b
	for _, a := range fixed {
		cell[a] = part[a]
	}
	fixed = slices.Clone(fixed)
	for _, a := range free {
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
