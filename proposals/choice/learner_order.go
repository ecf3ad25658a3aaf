package choice

import (
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"slices"
)

// axis places values of one axis, until there are most.
func (s *outline) axis(axis proposals.Axis, most int) {
	for len(s.unknown[axis]) > 0 && len(s.placed[axis]) < most {
		if !s.likely(axis) {
			return // rest asks about them
		}
		base, p := s.base(axis)
		if len(p[axis]) < len(s.unknown[axis]) {
			if !s.stuck && len(s.open()) > 1 {
				return // for another base
			}
			if s.unknown[axis] = p[axis]; len(p[axis]) == 0 {
				return
			}
		}
		if base != s.t {
			s.anew[axis] = false
			if s.moved[axis] || !s.move(axis, base) {
				s.unknown[axis] = nil
				return
			}
			continue
		}
		p[axis] = likely(p[axis], len(s.unknown[axis])+len(s.placed[axis]))
		chosen, in, ok := s.against(p, base, axis != proposals.KE)
		if !ok || !in {
			s.unknown[axis] = nil
			return
		}
		s.place(axis, chosen[axis])
	}
}

// move goes on from base instead of t. The values of axis begin anew, since
// some of them were not compared with that of t.
func (s *outline) move(axis proposals.Axis, base proposals.Suite) bool {
	p := base.Product()
	p[axis] = slices.Concat(s.placed[axis][:1], s.unknown[axis], s.placed[axis][1:])
	if !s.clear(p) {
		return false
	}
	s.moved[axis] = true
	top, _, ok := s.choose([]proposals.Product{p}, proposals.MethodOf(base[proposals.KE]))
	if !ok {
		return false
	}
	s.t, s.placed[axis], s.unknown[axis] = top, []proposals.Algorithm{top[axis]}, slices.DeleteFunc(p[axis], func(a proposals.Algorithm) bool { return a == top[axis] })
	return true
}

// likely returns those of list that many clients offer, of n on their axis;
// all where n is few.
func likely(list []proposals.Algorithm, n int) []proposals.Algorithm {
	if n <= otherOrder {
		return list
	}
	least := matrix.Usual
	if list[0].Axis == proposals.KE {
		least = matrix.Some
	}
	return slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool { return matrix.Likelihood(a) < least })
}

// likely reports whether there are such values that are unknown.
func (s *outline) likely(axis proposals.Axis) bool {
	list := s.unknown[axis]
	return len(list) > 0 && len(likely(list, len(list)+len(s.placed[axis]))) > 0
}

// base returns a suite of the own proposal, and the same with those of the
// unknown values of axis with which no earlier own proposal meets it: the suite
// with the most of these.
func (s *outline) base(axis proposals.Axis) (proposals.Suite, proposals.Product) {
	const most = 200 // suites tried
	var best proposals.Suite
	var bestWith proposals.Product
	n := 0
	bases := func(yield func(proposals.Suite) bool) {
		if yield(s.t) {
			s.placed.Suites()(yield)
		}
	}
	for base := range bases {
		if base[axis] != s.t[axis] || !s.can(base[proposals.KE]) {
			continue
		}
		if n++; n > most {
			break
		}
		if !s.clear(base.Product()) {
			continue
		}
		p := base.Product()
		if axis != proposals.KE && len(s.placed[proposals.KE]) > 1 {
			// Another method tells without state whether it is base.
			if other := s.other(base[proposals.KE]); other != nil {
				p[proposals.KE] = other
			}
		}
		p[axis] = slices.DeleteFunc(slices.Clone(s.unknown[axis]), func(a proposals.Algorithm) bool {
			q := p
			q[axis] = []proposals.Algorithm{a}
			return !s.clear(q)
		})
		if len(p[axis]) > len(bestWith[axis]) {
			best, bestWith = base, p
		}
		if len(bestWith[axis]) == len(s.unknown[axis]) {
			break
		}
	}
	return best, bestWith
}

// place moves a from the unknown values to the placed ones.
func (s *outline) place(axis proposals.Axis, a proposals.Algorithm) {
	s.placed[axis] = append(s.placed[axis], a)
	s.simple = s.simple || s.choice.Proposals == ProposalsResponder
	s.unknown[axis] = slices.DeleteFunc(slices.Clone(s.unknown[axis]), func(b proposals.Algorithm) bool { return a == b })
}

// together places values of all axes but KE, at once where that can be. Axes on
// which the last own proposal had one value are asked about by themselves.
func (s *outline) together() {
	for {
		var axes, alone []proposals.Axis
		most := 0
		for _, axis := range s.open() {
			switch {
			case axis == proposals.KE || !s.likely(axis):
				continue
			case s.single(axis):
				alone = append(alone, axis)
			default:
				axes = append(axes, axis)
			}
			most = max(most, len(s.placed[axis]))
		}
		if len(axes)+len(alone) == 0 || most >= otherOrder {
			s.stuck = true
			s.axis(proposals.KE, keOrder) // which may have waited
			return
		}
		placed, unknown := s.placed.Size(), s.unknown
		if len(axes) > 1 {
			lists := s.unknown
			for _, axis := range axes {
				lists[axis] = likely(lists[axis], len(lists[axis])+len(s.placed[axis]))
			}
			p := with(s.t, axes, lists)
			if other := s.other(s.t[proposals.KE]); other != nil {
				p[proposals.KE] = other
			}
			if s.clear(p) {
				chosen, in, ok := s.against(p, s.t, true)
				if !ok {
					return
				}
				if in {
					for _, axis := range axes {
						s.place(axis, chosen[axis])
					}
					axes = nil
				}
			}
		}
		for _, axis := range append(axes, alone...) {
			s.axis(axis, len(s.placed[axis])+1)
		}
		s.axis(proposals.KE, keOrder)
		s.stuck = s.placed.Size() == placed && slices.EqualFunc(s.unknown[:], unknown[:], func(a, b []proposals.Algorithm) bool { return len(a) == len(b) })
	}
}

// single reports whether the last own proposal has one value on axis.
func (s *outline) single(axis proposals.Axis) bool {
	n := len(s.choice.Own)
	return n > 0 && len(s.choice.Own[n-1].Product[axis]) == 1
}

// rest finds out whether the values that were not placed belong to the
// proposal, by the last of each axis.
func (s *outline) rest() {
	axes := s.open()
	if len(axes) == 0 {
		return
	}
	var lasts proposals.Product
	for _, axis := range axes {
		list := s.unknown[axis]
		lasts[axis] = list[len(list)-1:]
	}
	p := with(s.t, axes, lasts)
	if other := s.other(s.t[proposals.KE]); len(lasts[proposals.KE]) == 0 && other != nil {
		p[proposals.KE] = other
	}
	if s.clear(p) {
		if _, in, ok := s.against(p, s.t, false); ok && in {
			return
		}
	}
	for _, axis := range axes {
		s.unknown[axis] = nil
	}
}

// copied takes the order of a long list of methods from an own proposal with
// the same ones, if the second and the last agree.
func (s *outline) copied() bool {
	all := append(s.learning.values(s.t, proposals.KE, false), s.unknown[proposals.KE]...)
	n := len(all) + 1
	if n < longList {
		return false
	}
	for _, own := range s.choice.Own {
		list := own.Product[proposals.KE]
		same := len(list) == n && list[0] == s.t[proposals.KE] && own.Ordered[proposals.KE] > 1 && own.Anywhere[proposals.KE] == 0
		for _, a := range list[1:] {
			same = same && slices.Contains(all, a)
		}
		p := s.t.Product()
		p[proposals.KE] = list[1:]
		if !same || !s.clear(p) {
			continue
		}
		if own.Ordered[proposals.KE] < n {
			p[proposals.KE] = list[1:own.Ordered[proposals.KE]]
		}
		second, in, ok := s.against(p, s.t, false)
		if !ok || !in || second[proposals.KE] != list[1] {
			return false
		}
		last := s.t
		last[proposals.KE] = list[n-1]
		if _, in, ok := s.against(last.Product(), s.t, false); !ok || !in {
			return false
		}
		s.placed[proposals.KE], s.unknown[proposals.KE] = slices.Clone(list[:own.Ordered[proposals.KE]]), slices.Clone(list[own.Ordered[proposals.KE]:])
		return true
	}
	return false
}
