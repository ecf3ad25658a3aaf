package choice

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// An outline is what is known of the own proposal that holds t.
type outline struct {
	*learning
	t proposals.Suite
	// placed are the values that it has, in its order, unknown those that it may
	// have. None is a value like any.
	placed, unknown proposals.Product
	// loose: t is one of its suites, and the order of its first values is not
	// known.
	loose bool
	// anywhere are values that it has, at places that cannot be told.
	anywhere proposals.Product
	// stuck: no axis waits for values of another one that make a better base.
	stuck bool
	// anew are axes with values that could not be offered in place of that of t,
	// so that it may not be the first.
	anew [proposals.NumAxes]bool
	// moved are axes that were asked about beside another suite than the first.
	moved [proposals.NumAxes]bool
}

// around returns the own proposal that holds t.
func (l *learning) around(t proposals.Suite) OwnProposal {
	t, sure := l.best(t)
	s := &outline{learning: l, t: t, placed: listsOf(t), loose: !sure}
	s.unknown = s.values()
	for axis, list := range s.unknown {
		s.anew[axis] = slices.ContainsFunc(list, func(a proposals.Algorithm) bool {
			u := t
			u[axis] = a
			return !l.clear(u.Product())
		})
	}
	if l.choice.Proposals == ProposalsResponderBest {
		return s.byPlaces()
	}
	fresh := func() *outline {
		return &outline{learning: l, t: t, placed: listsOf(t), unknown: s.values(), loose: s.loose}
	}
	if !s.copied() {
		s.methods()
		s.axis(proposals.KE, keOrder)
		if !l.simple && len(s.placed[proposals.KE]) == 1 && l.sums(t, true) {
			l.choice.Proposals = ProposalsResponderBest
			return fresh().byPlaces()
		}
	}
	s.together()
	if !l.simple && s.placed.Size() == 1 && l.sums(t, false) {
		l.choice.Proposals = ProposalsResponderBest
		return fresh().byPlaces()
	}
	s.rest()
	s.blind()
	return s.own()
}

// methods adds the methods of key exchange that are not computable, which costs
// no state, if they come after that of t.
func (s *outline) methods() {
	more := s.learning.values(s.t, proposals.KE, false)
	p := s.t.Product()
	p[proposals.KE] = append(p[proposals.KE], more...)
	if len(more) > 0 && s.clear(p) && s.ask([]proposals.Product{p}, ike.KE_NONE).KE == proposals.MethodOf(s.t[proposals.KE]) {
		s.unknown[proposals.KE] = append(s.unknown[proposals.KE], more...)
	}
}

// blind finds out which values that are not computable belong to the proposal.
// Their places cannot be told.
func (s *outline) blind() {
	for axis := range s.t {
		var lists proposals.Product
		lists[axis] = s.learning.values(s.t, proposals.Axis(axis), false)
		lists[axis] = slices.DeleteFunc(lists[axis], func(a proposals.Algorithm) bool {
			return slices.Contains(s.placed[axis], a) || slices.Contains(s.unknown[axis], a)
		})
		if len(lists[axis]) == 0 {
			continue
		}
		p := with(s.t, []proposals.Axis{proposals.Axis(axis)}, lists)
		base, other := s.t, s.other(s.t[proposals.KE])
		if proposals.Axis(axis) != proposals.KE {
			if other == nil {
				continue // it would be chosen
			}
			p[proposals.KE] = other
		}
		last := lists[axis][len(lists[axis])-1:]
		p[axis] = last
		if !s.clear(p) {
			continue
		}
		if _, in, ok := s.against(p, base, false); ok && in {
			s.anywhere[axis] = lists[axis]
		}
	}
}

// other returns a method of the own proposal that is computable and not m, in a
// list, or nil.
func (s *outline) other(m proposals.Algorithm) []proposals.Algorithm {
	for i, a := range s.placed[proposals.KE] {
		if a != m && s.can(a) {
			return s.placed[proposals.KE][i : i+1]
		}
	}
	return nil
}

// best returns the suite that is chosen of the own proposal that holds t,
// where all of that is offered in one proposal; it is not sure where this
// cannot be asked.
func (l *learning) best(t proposals.Suite) (proposals.Suite, bool) {
	s := &outline{learning: l, t: t}
	var axes []proposals.Axis
	whole := s.values()
	for axis := range t {
		whole[axis] = slices.DeleteFunc(whole[axis], func(a proposals.Algorithm) bool {
			u := t
			u[axis] = a
			return !l.clear(u.Product())
		})
		if len(whole[axis]) > 0 {
			axes = append(axes, proposals.Axis(axis))
			whole[axis] = append(whole[axis], t[axis])
		}
	}
	whole = with(t, axes, whole)
	if slices.ContainsFunc(l.left, func(p proposals.Product) bool { return p.Holds(whole) }) {
		return t, true
	}
	if l.clear(whole) {
		u, _, ok := l.choose([]proposals.Product{whole}, proposals.MethodOf(t[proposals.KE]))
		return u, ok
	}
	asked := [proposals.NumAxes]int{} // how many values of each axis were
	for again := true; again; {
		again = false
		for axis := range t {
			p := t.Product()
			for _, a := range l.values(t, proposals.Axis(axis), true) {
				u := t
				if u[axis] = a; l.clear(u.Product()) {
					p[axis] = append(p[axis], a)
				}
			}
			if len(p[axis]) < 2 || len(p[axis]) <= asked[axis] {
				continue
			}
			asked[axis] = len(p[axis])
			u, _, ok := l.choose([]proposals.Product{p}, proposals.MethodOf(t[proposals.KE]))
			if !ok {
				return t, false
			}
			again = again || u != t
			t = u
		}
	}
	return t, true
}

// values returns the values that may belong to the own proposal.
func (s *outline) values() proposals.Product {
	var p proposals.Product
	for axis := range s.t {
		p[axis] = s.learning.values(s.t, proposals.Axis(axis), true)
	}
	return p
}

// listsOf returns the product of s, none as a value like any.
func listsOf(s proposals.Suite) proposals.Product {
	var p proposals.Product
	for axis, a := range s {
		p[axis] = []proposals.Algorithm{a}
	}
	return p
}

// own returns what was found.
func (s *outline) own() OwnProposal {
	own := OwnProposal{Product: s.placed}
	for axis := range own.Product {
		own.Ordered[axis] = len(s.placed[axis])
		own.Product[axis] = slices.Concat(s.placed[axis], s.unknown[axis], s.anywhere[axis])
		own.Anywhere[axis] = len(s.anywhere[axis])
		if s.loose || s.anew[axis] {
			own.Ordered[axis] = 0
		} else if len(s.unknown[axis]) == 1 && len(s.anywhere[axis]) == 0 {
			own.Ordered[axis]++
		}
		if own.Product.Absent(proposals.Axis(axis)) {
			own.Product[axis], own.Ordered[axis] = nil, 0
		}
	}
	return own
}

// open returns the axes of which values are unknown.
func (s *outline) open() []proposals.Axis {
	var axes []proposals.Axis
	for axis, list := range s.unknown {
		if len(list) > 0 {
			axes = append(axes, proposals.Axis(axis))
		}
	}
	return axes
}

// clear reports whether no own proposal that was found before meets p.
func (l *learning) clear(p proposals.Product) bool {
	return !slices.ContainsFunc(l.choice.Own, func(own OwnProposal) bool { return p.Overlaps(own.Product) })
}

// against offers p first and then base, and returns what is chosen of p; in is
// false if it is base. whole says that the suite is wanted, not only where it
// is from.
func (l *learning) against(p proposals.Product, base proposals.Suite, whole bool) (chosen proposals.Suite, in, ok bool) {
	offer := []proposals.Product{p, base.Product()}
	if p.Size() == int64(len(p[proposals.KE])) {
		whole = false // the method tells
	}
	if slices.Contains(p[proposals.KE], base[proposals.KE]) {
		s, _, ok := l.choose(offer, proposals.MethodOf(base[proposals.KE]))
		return s, s != base, ok
	}
	ke := ike.KE_NONE
	if whole && l.choice.FollowsKE != Yes {
		ke = proposals.MethodOf(p[proposals.KE][0])
	}
	pick := l.ask(offer, ke)
	if pick.Suite == nil && whole && pick.KE != ike.KE_NONE && pick.KE != proposals.MethodOf(base[proposals.KE]) {
		pick = l.ask(offer, pick.KE)
	}
	switch {
	case pick.KE == ike.KE_NONE:
		return proposals.Suite{}, false, false
	case pick.KE == proposals.MethodOf(base[proposals.KE]):
		return base, false, true
	case pick.Suite != nil:
		return *pick.Suite, true, true
	}
	s, _ := p.First()
	s[proposals.KE] = proposals.Algorithm{Axis: proposals.KE, ID: uint16(pick.KE)}
	return s, true, true
}

// with returns t with lists in place of its values on axes.
func with(t proposals.Suite, axes []proposals.Axis, lists proposals.Product) proposals.Product {
	p := t.Product()
	for _, axis := range axes {
		p[axis] = lists[axis]
	}
	return p
}
