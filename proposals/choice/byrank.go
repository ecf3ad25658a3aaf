package choice

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// byRank places values where the responder scores the offered proposals, so that
// nothing has to be offered beside them. That the last value of each axis belongs
// to the proposal is asked by its rank: the suite with it scores no worse than
// with the value before it and a later one of another axis.
func (r *run) byRank(h hypothesis) OwnProposal {
	if r.reopened(h) != [proposals.NumAxes]bool{} {
		// An earlier own proposal is in the way.
		h.ordered, h.candidates = listsOf(h.suite), proposals.Product{}
		return h.own()
	}
	h = r.rankMethods(h)
	h = r.rankOthers(h)
	h = r.methodMembers(h)
	for axis := range proposals.Axis(proposals.NumAxes) {
		if axis != proposals.KE {
			h = r.members(h, axis)
		}
	}
	return h.own()
}

// rankMethods places the methods: each question takes away the one chosen before.
func (r *run) rankMethods(h hypothesis) hypothesis {
	for len(h.candidates[proposals.KE]) > 0 && len(h.ordered[proposals.KE]) < keOrder {
		a, ok := r.preferredMethod(with(h.suite, []proposals.Axis{proposals.KE}, h.candidates))
		if !ok {
			break
		}
		h = h.place(proposals.KE, a)
	}
	return h
}

// rankOthers places values of the other axes, one of each with each question.
func (r *run) rankOthers(h hypothesis) hypothesis {
	for round := 1; round < otherOrder; round++ {
		axes := slices.DeleteFunc(h.open(), func(axis proposals.Axis) bool { return axis == proposals.KE })
		if len(axes) == 0 {
			break
		}
		p := with(h.suite, axes, h.candidates)
		if !r.clear(p) {
			axes = axes[:1]
			p = with(h.suite, axes, h.candidates)
		}
		chosen, _ := p.First()
		if p.Size() > 1 {
			var ok bool
			if chosen, ok = r.chosenFrom([]proposals.Product{p}, proposals.MethodOf(h.suite[proposals.KE])); !ok {
				break
			}
		}
		for _, axis := range axes {
			h = h.place(axis, chosen[axis])
		}
	}
	return h
}

// methodMembers drops the methods that do not belong to the proposal. If the KE
// payload counts, a method does that is chosen for it.
func (r *run) methodMembers(h hypothesis) hypothesis {
	if r.choice.FollowsKE != Yes {
		return r.members(h, proposals.KE)
	}
	list := h.ordered[proposals.KE]
	for len(list) > 1 && !r.follows(h.suite, list[len(list)-1]) {
		list = list[:len(list)-1]
	}
	h.ordered[proposals.KE] = list
	return h
}

// follows reports whether the method a is chosen beside that of t if the KE
// payload is of it.
func (r *run) follows(t proposals.Suite, a proposals.Algorithm) bool {
	p := t.Product()
	p[proposals.KE] = []proposals.Algorithm{t[proposals.KE], a}
	pick, _ := r.ask([]proposals.Product{p}, proposals.MethodOf(a))
	return pick.Suite != nil
}

// members drops the ordered values of an axis that do not belong to the proposal.
// These are the last, since it comes before others, so that a value that belongs
// to it shows that those before it do.
func (r *run) members(h hypothesis, axis proposals.Axis) hypothesis {
	list := h.ordered[axis]
	first, last := 0, len(list)-1
	for first < last {
		// From the first, which does, as far as the other axes reach.
		next := min(last, first+h.reach(axis))
		if r.belongs(h, axis, next, first) {
			first = next
			continue
		}
		if last = next - 1; next == first {
			break
		}
	}
	h.ordered[axis] = list[:first+1]
	return h
}

// reach returns how many places of axis the last places of the other axes weigh.
func (h hypothesis) reach(axis proposals.Axis) int {
	sum := 0
	for i, list := range h.ordered {
		if other := proposals.Axis(i); other != axis {
			sum += weight(other) * (len(list) - 1)
		}
	}
	return sum / weight(axis)
}

// belongs reports whether the value of axis at place belongs to the proposal, as
// that at an earlier place does: the suite with it scores no worse then than with
// the earlier one and later values of other axes.
func (r *run) belongs(h hypothesis, axis proposals.Axis, place, earlier int) bool {
	with, without := h.suite, h.suite
	with[axis], without[axis] = h.ordered[axis][place], h.ordered[axis][earlier]
	need := weight(axis) * (place - earlier)
	for i, list := range h.ordered {
		other := proposals.Axis(i)
		if other == axis || need <= 0 {
			continue
		}
		n := min((need+weight(other)-1)/weight(other), len(list)-1)
		without[other] = list[n]
		need -= n * weight(other)
	}
	if need > 0 || !r.clear(with.Product()) || !r.clear(without.Product()) {
		return false // or it makes no difference, as no other axis compares
	}
	return r.beats(with, without)
}
