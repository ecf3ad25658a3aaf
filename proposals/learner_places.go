package proposals

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// How a responder is told that takes the proposal with the least sum of places
// (ProposalsResponderBest), and its own proposals.

// sums finds out whether the responder takes the offered proposal whose
// algorithms stand best in its lists. The second method of key exchange stands
// better then than a second cipher, and the third worse; and a second cipher as
// well as a second method with a second PRF, or as a second integrity
// algorithm, so that it takes the initiator's first of these.
func (l *learning) sums(t Suite, byKE bool) bool {
	heavy, ok := l.second(t, ENCR)
	other, both := l.second(t, INTEG)
	if !ok {
		heavy, ok = other, both
	}
	if !ok {
		return false
	}
	if !byKE {
		if !both || heavy == other {
			return false
		}
		return l.beats(heavy, other) && l.beats(other, heavy)
	}
	second, ok := l.second(t, KE)
	if !ok {
		return false
	}
	third := second
	if rest := slices.DeleteFunc(l.values(t, KE, true), func(a Algorithm) bool { return a == second[KE] }); len(rest) > 0 {
		p := t.Product()
		p[KE] = rest
		m := MethodOf(rest[0])
		if len(rest) > 1 {
			m = l.ask([]Product{p}, ike.KE_NONE).KE
		}
		third[KE].ID = uint16(m)
		if m == ike.KE_NONE || !l.beats(second, heavy) || l.beats(third, heavy) {
			return false
		}
		_, in, ok := l.against(heavy.Product(), third, false)
		return ok && in
	}
	light, ok := l.second(t, PRF)
	if third[PRF] = light[PRF]; !ok {
		return false
	}
	return l.beats(heavy, third) && l.beats(third, heavy)
}

// beats reports whether s is chosen if u is offered after it.
func (l *learning) beats(s, u Suite) bool {
	_, in, ok := l.against(s.Product(), u, false)
	return ok && in
}

// second returns t with the value of axis that is preferred after its own.
func (l *learning) second(t Suite, axis Axis) (Suite, bool) {
	var lists Product
	lists[axis] = l.values(t, axis, true)
	p := with(t, []Axis{axis}, lists)
	switch {
	case len(lists[axis]) == 0:
		return Suite{}, false
	case len(lists[axis]) == 1:
		s, _ := p.first()
		return s, true
	case axis == KE:
		s := t
		s[KE].ID = uint16(l.ask([]Product{p}, ike.KE_NONE).KE)
		return s, s[KE].ID != uint16(ike.KE_NONE)
	}
	s, _, ok := l.choose([]Product{p}, MethodOf(t[KE]))
	return s, ok
}

// byPlaces places values where the best offered proposal is chosen, so that
// nothing has to be offered beside them. That the last value of each axis
// belongs to the proposal is asked by its place: t with it stands no worse than
// t with the value before it and a second one of another axis.
func (s *outline) byPlaces() OwnProposal {
	for axis, list := range s.unknown {
		for _, a := range list {
			u := s.t
			u[axis] = a
			if !s.clear(u.Product()) {
				// An earlier own proposal is in the way.
				s.placed, s.unknown = listsOf(s.t), Product{}
				return s.own()
			}
		}
	}
	for len(s.unknown[KE]) > 0 && len(s.placed[KE]) < keOrder {
		m := MethodOf(s.unknown[KE][0])
		if len(s.unknown[KE]) > 1 {
			if m = s.ask([]Product{with(s.t, []Axis{KE}, s.unknown)}, ike.KE_NONE).KE; m == ike.KE_NONE {
				break
			}
		}
		s.place(KE, Algorithm{Axis: KE, ID: uint16(m)})
	}
	for round := 1; round < otherOrder; round++ {
		axes := slices.DeleteFunc(s.open(), func(axis Axis) bool { return axis == KE })
		if len(axes) == 0 {
			break
		}
		p := with(s.t, axes, s.unknown)
		if !s.clear(p) {
			axes = axes[:1]
			p = with(s.t, axes, s.unknown)
		}
		chosen, _ := p.first()
		if p.Size() > 1 {
			var ok bool
			if chosen, _, ok = s.choose([]Product{p}, MethodOf(s.t[KE])); !ok {
				break
			}
		}
		for _, axis := range axes {
			s.place(axis, chosen[axis])
		}
	}
	for _, axis := range []Axis{KE, ENCR, PRF, INTEG, ADDKE1, ADDKE2, ADDKE3, ADDKE4, ADDKE5, ADDKE6, ADDKE7} {
		s.members(axis)
	}
	return s.own()
}

// members drops the placed values of an axis that do not belong to the
// proposal. These stand last, since it comes before others, so that a value
// that belongs to it tells the same of those before it.
func (s *outline) members(axis Axis) {
	list := s.placed[axis]
	if axis == KE && s.choice.FollowsKE {
		for len(list) > 1 && !s.heeds(list[len(list)-1]) {
			list = list[:len(list)-1]
		}
		s.placed[axis] = list
		return
	}
	first, last := 0, len(list)-1
	for first < last {
		// From the first, which does, as far as the other axes reach.
		next := min(last, first+s.reach(axis))
		if s.belongs(axis, list[next], list[first]) {
			first = next
			continue
		}
		if last = next - 1; next == first {
			break
		}
	}
	s.placed[axis] = list[:first+1]
}

// heeds reports whether a method belongs to the proposal, as it is chosen with t
// if the KE payload is of it.
func (s *outline) heeds(a Algorithm) bool {
	p := s.t.Product()
	p[KE] = []Algorithm{s.t[KE], a}
	return s.ask([]Product{p}, MethodOf(a)).Suite != nil
}

// reach returns how many places of axis the last places of the other axes weigh.
func (s *outline) reach(axis Axis) int {
	sum := 0
	for other, list := range s.placed {
		if Axis(other) != axis {
			sum += weight(Axis(other)) * (len(list) - 1)
		}
	}
	return sum / weight(axis)
}

// belongs reports whether a belongs to the proposal, as before does: t with a
// stands no worse then than t with before and later values of other axes.
func (s *outline) belongs(axis Axis, a, before Algorithm) bool {
	t, u := s.t, s.t
	t[axis], u[axis] = a, before
	need := weight(axis) * (slices.Index(s.placed[axis], a) - slices.Index(s.placed[axis], before))
	for other, list := range s.placed {
		if w := weight(Axis(other)); Axis(other) != axis && need > 0 {
			n := min((need+w-1)/w, len(list)-1)
			u[other] = list[n]
			need -= n * w
		}
	}
	if need > 0 || !s.clear(t.Product()) || !s.clear(u.Product()) {
		return false // or it makes no difference, as no other axis compares
	}
	return s.beats(t, u)
}
