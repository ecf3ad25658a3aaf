package choice

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// How a responder is told that takes the proposal with the least sum of places
// (ProposalsResponderBest), and its own proposals.

// sums finds out whether the responder takes the offered proposal whose
// algorithms stand best in its lists. The second method of key exchange stands
// better then than a second cipher, and the third worse; and a second cipher as
// well as a second method with a second PRF, or as a second integrity
// algorithm, so that it takes the initiator's first of these.
func (l *learning) sums(t proposals.Suite, byKE bool) bool {
	heavy, ok := l.second(t, proposals.ENCR)
	other, both := l.second(t, proposals.INTEG)
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
	second, ok := l.second(t, proposals.KE)
	if !ok {
		return false
	}
	third := second
	if rest := slices.DeleteFunc(l.values(t, proposals.KE, true), func(a proposals.Algorithm) bool { return a == second[proposals.KE] }); len(rest) > 0 {
		p := t.Product()
		p[proposals.KE] = rest
		m := proposals.MethodOf(rest[0])
		if len(rest) > 1 {
			m = l.ask([]proposals.Product{p}, ike.KE_NONE).KE
		}
		third[proposals.KE].ID = uint16(m)
		if m == ike.KE_NONE || !l.beats(second, heavy) || l.beats(third, heavy) {
			return false
		}
		_, in, ok := l.against(heavy.Product(), third, false)
		return ok && in
	}
	light, ok := l.second(t, proposals.PRF)
	if third[proposals.PRF] = light[proposals.PRF]; !ok {
		return false
	}
	return l.beats(heavy, third) && l.beats(third, heavy)
}

// beats reports whether s is chosen if u is offered after it.
func (l *learning) beats(s, u proposals.Suite) bool {
	_, in, ok := l.against(s.Product(), u, false)
	return ok && in
}

// second returns t with the value of axis that is preferred after its own.
func (l *learning) second(t proposals.Suite, axis proposals.Axis) (proposals.Suite, bool) {
	var lists proposals.Product
	lists[axis] = l.values(t, axis, true)
	p := with(t, []proposals.Axis{axis}, lists)
	switch {
	case len(lists[axis]) == 0:
		return proposals.Suite{}, false
	case len(lists[axis]) == 1:
		s, _ := p.First()
		return s, true
	case axis == proposals.KE:
		s := t
		s[proposals.KE].ID = uint16(l.ask([]proposals.Product{p}, ike.KE_NONE).KE)
		return s, s[proposals.KE].ID != uint16(ike.KE_NONE)
	}
	s, _, ok := l.choose([]proposals.Product{p}, proposals.MethodOf(t[proposals.KE]))
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
				s.placed, s.unknown = listsOf(s.t), proposals.Product{}
				return s.own()
			}
		}
	}
	for len(s.unknown[proposals.KE]) > 0 && len(s.placed[proposals.KE]) < keOrder {
		m := proposals.MethodOf(s.unknown[proposals.KE][0])
		if len(s.unknown[proposals.KE]) > 1 {
			if m = s.ask([]proposals.Product{with(s.t, []proposals.Axis{proposals.KE}, s.unknown)}, ike.KE_NONE).KE; m == ike.KE_NONE {
				break
			}
		}
		s.place(proposals.KE, proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)})
	}
	for round := 1; round < otherOrder; round++ {
		axes := slices.DeleteFunc(s.open(), func(axis proposals.Axis) bool { return axis == proposals.KE })
		if len(axes) == 0 {
			break
		}
		p := with(s.t, axes, s.unknown)
		if !s.clear(p) {
			axes = axes[:1]
			p = with(s.t, axes, s.unknown)
		}
		chosen, _ := p.First()
		if p.Size() > 1 {
			var ok bool
			if chosen, _, ok = s.choose([]proposals.Product{p}, proposals.MethodOf(s.t[proposals.KE])); !ok {
				break
			}
		}
		for _, axis := range axes {
			s.place(axis, chosen[axis])
		}
	}
	for _, axis := range []proposals.Axis{proposals.KE, proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.ADDKE1, proposals.ADDKE2, proposals.ADDKE3, proposals.ADDKE4, proposals.ADDKE5, proposals.ADDKE6, proposals.ADDKE7} {
		s.members(axis)
	}
	return s.own()
}

// members drops the placed values of an axis that do not belong to the
// proposal. These stand last, since it comes before others, so that a value
// that belongs to it tells the same of those before it.
func (s *outline) members(axis proposals.Axis) {
	list := s.placed[axis]
	if axis == proposals.KE && s.choice.FollowsKE == Yes {
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
func (s *outline) heeds(a proposals.Algorithm) bool {
	p := s.t.Product()
	p[proposals.KE] = []proposals.Algorithm{s.t[proposals.KE], a}
	return s.ask([]proposals.Product{p}, proposals.MethodOf(a)).Suite != nil
}

// reach returns how many places of axis the last places of the other axes weigh.
func (s *outline) reach(axis proposals.Axis) int {
	sum := 0
	for other, list := range s.placed {
		if proposals.Axis(other) != axis {
			sum += weight(proposals.Axis(other)) * (len(list) - 1)
		}
	}
	return sum / weight(axis)
}

// belongs reports whether a belongs to the proposal, as before does: t with a
// stands no worse then than t with before and later values of other axes.
func (s *outline) belongs(axis proposals.Axis, a, before proposals.Algorithm) bool {
	t, u := s.t, s.t
	t[axis], u[axis] = a, before
	need := weight(axis) * (slices.Index(s.placed[axis], a) - slices.Index(s.placed[axis], before))
	for other, list := range s.placed {
		if w := weight(proposals.Axis(other)); proposals.Axis(other) != axis && need > 0 {
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
