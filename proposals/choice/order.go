package choice

import (
	"iter"
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// order places candidates of one axis, until there are most ordered values. If
// wait is set and other axes have candidates, it leaves those that no suite known
// by now can be compared with.
func (r *run) order(h hypothesis, axis proposals.Axis, most int, wait bool) hypothesis {
	for len(h.ordered[axis]) < most && len(h.likely(axis)) > 0 { // rest asks about the others
		base, p := r.base(h, axis)
		if len(p[axis]) < len(h.candidates[axis]) {
			if wait && len(h.open()) > 1 {
				return h
			}
			if h.candidates[axis] = p[axis]; len(p[axis]) == 0 {
				return h
			}
		}
		if base != h.suite {
			var ok bool
			if h, ok = r.move(h, axis, base); !ok {
				return h.dropped(axis)
			}
			continue
		}
		p[axis] = likely(p[axis], len(h.candidates[axis])+len(h.ordered[axis]))
		chosen, result := r.compare(p, base, axis != proposals.KE)
		if result != former {
			return h.dropped(axis)
		}
		h = r.placed(h, chosen, axis)
	}
	return h
}

// placed places the values of chosen on axes, which the responder took before the
// suite as the initiator's first of equals.
func (r *run) placed(h hypothesis, chosen proposals.Suite, axes ...proposals.Axis) hypothesis {
	r.firstOfEquals = r.firstOfEquals || r.choice.Proposals == ProposalsResponder
	for _, axis := range axes {
		h = h.place(axis, chosen[axis])
	}
	return h
}

// move goes on from base instead of the suite, once for each axis. The values of
// axis start again, since some of them were not compared with that of the suite.
func (r *run) move(h hypothesis, axis proposals.Axis, base proposals.Suite) (hypothesis, bool) {
	h.reopened[axis] = false
	p := base.Product()
	p[axis] = slices.Concat(h.ordered[axis][:1], h.candidates[axis], h.ordered[axis][1:])
	if h.moved[axis] || !r.clear(p) {
		return h, false
	}
	top, ok := r.chosenFrom([]proposals.Product{p}, proposals.MethodOf(base[proposals.KE]))
	if !ok {
		return h, false
	}
	h.moved[axis] = true
	h.suite, h.ordered[axis] = top, []proposals.Algorithm{top[axis]}
	h.candidates[axis] = without(p[axis], top[axis])
	return h, true
}

// maxBases bounds how many suites are tried as a base.
const maxBases = 200

// base returns a suite of the own proposal, and the same with those candidates of
// axis with which no earlier own proposal meets it: the suite with the most of
// these.
func (r *run) base(h hypothesis, axis proposals.Axis) (best proposals.Suite, bestWith proposals.Product) {
	tried := 0
	for base := range h.bases() {
		if base[axis] != h.suite[axis] || !r.computable(base[proposals.KE]) {
			continue
		}
		if tried++; tried > maxBases {
			break
		}
		if !r.clear(base.Product()) {
			continue
		}
		if p := r.unmet(h, axis, base); len(p[axis]) > len(bestWith[axis]) {
			best, bestWith = base, p
		}
		if len(bestWith[axis]) == len(h.candidates[axis]) {
			break
		}
	}
	return best, bestWith
}

// unmet returns base with those candidates of axis in place of its value with
// which no earlier own proposal meets it. Another method than that of base, if
// one is ordered, shows without state whether base was chosen.
func (r *run) unmet(h hypothesis, axis proposals.Axis, base proposals.Suite) proposals.Product {
	p := base.Product()
	if other, ok := r.otherMethod(h, base[proposals.KE]); ok && axis != proposals.KE && len(h.ordered[proposals.KE]) > 1 {
		p[proposals.KE] = []proposals.Algorithm{other}
	}
	p[axis] = slices.DeleteFunc(slices.Clone(h.candidates[axis]), func(a proposals.Algorithm) bool {
		q := p
		q[axis] = []proposals.Algorithm{a}
		return !r.clear(q)
	})
	return p
}

// bases ranges over the suites of the ordered values, from the suite itself on.
func (h hypothesis) bases() iter.Seq[proposals.Suite] {
	return func(yield func(proposals.Suite) bool) {
		if yield(h.suite) {
			h.ordered.Suites()(yield)
		}
	}
}

// orderAll places candidates of all axes: those of all but KE at once where that
// can be. Axes on which the last own proposal had one value are asked about by
// themselves. Once nothing moves no axis waits for the values of another one,
// which might make a better base.
func (r *run) orderAll(h hypothesis) hypothesis {
	for wait := true; ; {
		axes, alone := r.orderable(h)
		if len(axes)+len(alone) == 0 {
			return r.order(h, proposals.KE, keOrder, false) // which may have waited
		}
		before := h
		if p := r.likelyOf(h, axes); len(axes) > 1 && r.clear(p) {
			switch chosen, result := r.compare(p, h.suite, true); result {
			case unanswered:
				return h
			case former:
				h = r.placed(h, chosen, axes...)
				axes = nil
			}
		}
		for _, axis := range append(axes, alone...) {
			h = r.order(h, axis, len(h.ordered[axis])+1, wait)
		}
		h = r.order(h, proposals.KE, keOrder, wait)
		wait = !h.asFarAs(before)
	}
}

// orderable returns the axes but KE with candidates to place, and those of them
// to ask about alone; none once an axis has enough ordered values.
func (r *run) orderable(h hypothesis) (together, alone []proposals.Axis) {
	for _, axis := range h.open() {
		switch {
		case axis == proposals.KE || len(h.likely(axis)) == 0:
			continue
		case len(h.ordered[axis]) >= otherOrder:
			return nil, nil
		case r.single(axis):
			alone = append(alone, axis)
		default:
			together = append(together, axis)
		}
	}
	return together, alone
}

// single reports whether the last own proposal has one value on axis.
func (r *run) single(axis proposals.Axis) bool {
	n := len(r.choice.Own)
	return n > 0 && len(r.choice.Own[n-1].Product[axis]) == 1
}

// likelyOf returns the suite with the likely candidates of axes, and with another
// method.
func (r *run) likelyOf(h hypothesis, axes []proposals.Axis) proposals.Product {
	var lists proposals.Product
	for _, axis := range axes {
		lists[axis] = h.likely(axis)
	}
	return r.withOtherMethod(h, with(h.suite, axes, lists))
}

// asFarAs reports whether h has placed and ruled out as much as another one.
func (h hypothesis) asFarAs(other hypothesis) bool {
	return h.ordered.Size() == other.ordered.Size() &&
		slices.EqualFunc(h.candidates[:], other.candidates[:], func(a, b []proposals.Algorithm) bool { return len(a) == len(b) })
}
