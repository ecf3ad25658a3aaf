package choice

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// reconstruct returns the own proposal that holds t, as far as answers show it.
func (r *run) reconstruct(t proposals.Suite) OwnProposal {
	t, sure := r.preferred(t)
	begin := r.hypothesis(t)
	begin.loose = !sure
	h := begin
	h.reopened = r.reopened(h)
	if r.choice.Proposals == ProposalsResponderBest {
		return r.byRank(h)
	}
	if copied, ok := r.copied(h); ok {
		h = copied
	} else {
		h = r.order(r.withMethods(h), proposals.KE, keOrder, true)
		if !r.firstOfEquals && len(h.ordered[proposals.KE]) == 1 && r.scoresMethods(t) {
			r.choice.Proposals = ProposalsResponderBest
			return r.byRank(begin)
		}
	}
	h = r.orderAll(h)
	if !r.firstOfEquals && h.ordered.Size() == 1 && r.scoresIntegrity(t) {
		r.choice.Proposals = ProposalsResponderBest
		return r.byRank(begin)
	}
	return r.uncomputable(r.rest(h)).own()
}

// preferred returns the suite that is chosen from the own proposal that holds t,
// where all of that is offered in one proposal. It reports false where this
// cannot be asked: then t is one of its suites.
func (r *run) preferred(t proposals.Suite) (proposals.Suite, bool) {
	var axes []proposals.Axis
	lists := r.candidates(t)
	for axis, list := range lists {
		list = slices.DeleteFunc(list, func(a proposals.Algorithm) bool { return !r.clearWith(t, a) })
		if len(list) > 0 {
			axes = append(axes, proposals.Axis(axis))
			lists[axis] = append(list, t[axis])
		}
	}
	whole := with(t, axes, lists)
	if slices.ContainsFunc(r.left, func(p proposals.Product) bool { return p.Holds(whole) }) {
		return t, true // which was offered
	}
	if r.clear(whole) {
		if u, ok := r.chosenFrom([]proposals.Product{whole}, proposals.MethodOf(t[proposals.KE])); ok {
			return u, true
		}
		return t, false
	}
	return r.preferredByAxis(t)
}

// preferredByAxis does so axis by axis, until none has a value that was not
// offered.
func (r *run) preferredByAxis(t proposals.Suite) (proposals.Suite, bool) {
	var asked [proposals.NumAxes]int // how many values of each axis were offered
	for again := true; again; {
		again = false
		for axis := range t {
			p := t.Product()
			for _, a := range r.values(t, proposals.Axis(axis), true) {
				if r.clearWith(t, a) {
					p[axis] = append(p[axis], a)
				}
			}
			if len(p[axis]) < 2 || len(p[axis]) <= asked[axis] {
				continue
			}
			asked[axis] = len(p[axis])
			u, ok := r.chosenFrom([]proposals.Product{p}, proposals.MethodOf(t[proposals.KE]))
			if !ok {
				return t, false
			}
			again = again || u != t
			t = u
		}
	}
	return t, true
}

// reopened returns the axes with candidates that cannot be offered in place of
// the value of the suite, since an earlier own proposal would be met.
func (r *run) reopened(h hypothesis) (axes [proposals.NumAxes]bool) {
	for axis, list := range h.candidates {
		axes[axis] = slices.ContainsFunc(list, func(a proposals.Algorithm) bool { return !r.clearWith(h.suite, a) })
	}
	return axes
}

// withMethods adds the methods of key exchange that are not computable to the
// candidates, which costs no state, if they come after that of the suite.
func (r *run) withMethods(h hypothesis) hypothesis {
	more := r.values(h.suite, proposals.KE, false)
	p := h.suite.Product()
	p[proposals.KE] = append(p[proposals.KE], more...)
	if len(more) == 0 || !r.clear(p) {
		return h
	}
	if m, ok := r.method(p); ok && m == proposals.MethodOf(h.suite[proposals.KE]) {
		h.candidates[proposals.KE] = slices.Concat(h.candidates[proposals.KE], more)
	}
	return h
}

// copied takes the order of a long list of methods from an own proposal with
// the same ones, if the second and the last agree.
func (r *run) copied(h hypothesis) (hypothesis, bool) {
	rest := slices.Concat(r.values(h.suite, proposals.KE, false), h.candidates[proposals.KE])
	if len(rest)+1 < longList {
		return h, false
	}
	for _, own := range r.choice.Own {
		list, n := own.Product[proposals.KE], own.Ordered[proposals.KE]
		p := h.suite.Product()
		p[proposals.KE] = list[1:]
		if n < 2 || own.Anywhere[proposals.KE] > 0 || list[0] != h.suite[proposals.KE] || !sameValues(list[1:], rest) || !r.clear(p) {
			continue
		}
		if n < len(list) {
			p[proposals.KE] = list[1:n]
		}
		second, result := r.compare(p, h.suite, false)
		if result != former || second[proposals.KE] != list[1] ||
			!r.beats(instead(h.suite, list[len(list)-1]), h.suite) {
			return h, false
		}
		h.ordered[proposals.KE], h.candidates[proposals.KE] = slices.Clone(list[:n]), slices.Clone(list[n:])
		return h, true
	}
	return h, false
}

// sameValues reports whether two lists without duplicates are one set.
func sameValues(a, b []proposals.Algorithm) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x proposals.Algorithm) bool { return !slices.Contains(b, x) })
}

// rest finds out whether the candidates that are left belong to the proposal, by
// the last of each axis.
func (r *run) rest(h hypothesis) hypothesis {
	axes := h.open()
	if len(axes) == 0 {
		return h
	}
	var lasts proposals.Product
	for _, axis := range axes {
		list := h.candidates[axis]
		lasts[axis] = list[len(list)-1:]
	}
	p := with(h.suite, axes, lasts)
	if len(lasts[proposals.KE]) == 0 {
		p = r.withOtherMethod(h, p)
	}
	if r.clear(p) {
		if _, result := r.compare(p, h.suite, false); result == former {
			return h
		}
	}
	return h.dropped(axes...)
}

// uncomputable finds out which values that are not computable belong to the
// proposal. Their places stay unknown.
func (r *run) uncomputable(h hypothesis) hypothesis {
	for i := range h.suite {
		axis := proposals.Axis(i)
		list := slices.DeleteFunc(r.values(h.suite, axis, false), func(a proposals.Algorithm) bool {
			return slices.Contains(h.ordered[axis], a) || slices.Contains(h.candidates[axis], a)
		})
		if len(list) == 0 {
			continue
		}
		p := h.suite.Product()
		if axis != proposals.KE {
			other, ok := r.otherMethod(h, h.suite[proposals.KE])
			if !ok {
				continue // it would be chosen
			}
			p[proposals.KE] = []proposals.Algorithm{other}
		}
		p[axis] = list[len(list)-1:]
		if !r.clear(p) {
			continue
		}
		if _, result := r.compare(p, h.suite, false); result == former {
			h.anywhere[axis] = list
		}
	}
	return h
}

// otherMethod returns a method of the proposal that is computable and not m.
func (r *run) otherMethod(h hypothesis, m proposals.Algorithm) (proposals.Algorithm, bool) {
	for _, a := range h.ordered[proposals.KE] {
		if a != m && r.computable(a) {
			return a, true
		}
	}
	return proposals.Algorithm{}, false
}

// withOtherMethod returns p with another method than that of the suite, if there
// is one: it shows without state whether p or the suite was chosen.
func (r *run) withOtherMethod(h hypothesis, p proposals.Product) proposals.Product {
	if other, ok := r.otherMethod(h, h.suite[proposals.KE]); ok {
		p[proposals.KE] = []proposals.Algorithm{other}
	}
	return p
}
