package choice

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// A hypothesis is what is known of the own proposal that holds a suite. It is a
// value: each step of the reconstruction takes one and returns another.
type hypothesis struct {
	suite proposals.Suite
	// ordered are the values that the proposal has, in its order, and candidates
	// those that it may have. None is a value like any.
	ordered, candidates proposals.Product
	// anywhere are values that it has, at places that are not known.
	anywhere proposals.Product
	// loose: suite is one of its suites, and the order of its first values is not
	// known.
	loose bool
	// reopened are axes with values that could not be offered in place of that of
	// suite, so that it may not be the first.
	reopened [proposals.NumAxes]bool
	// moved are axes that were asked about beside another suite than the first.
	moved [proposals.NumAxes]bool
}

// hypothesis returns what is known of the own proposal that holds t before
// anything is asked.
func (r *run) hypothesis(t proposals.Suite) hypothesis {
	return hypothesis{suite: t, ordered: listsOf(t), candidates: r.candidates(t)}
}

// candidates returns the values that may belong to the own proposal of t.
func (r *run) candidates(t proposals.Suite) proposals.Product {
	var p proposals.Product
	for axis := range p {
		p[axis] = r.values(t, proposals.Axis(axis), true)
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

// open returns the axes that have candidates.
func (h hypothesis) open() []proposals.Axis {
	var axes []proposals.Axis
	for axis, list := range h.candidates {
		if len(list) > 0 {
			axes = append(axes, proposals.Axis(axis))
		}
	}
	return axes
}

// place makes a candidate of axis the next of the ordered values.
func (h hypothesis) place(axis proposals.Axis, a proposals.Algorithm) hypothesis {
	h.ordered[axis] = append(slices.Clip(h.ordered[axis]), a)
	h.candidates[axis] = without(h.candidates[axis], a)
	return h
}

// dropped returns h without the candidates of axes.
func (h hypothesis) dropped(axes ...proposals.Axis) hypothesis {
	for _, axis := range axes {
		h.candidates[axis] = nil
	}
	return h
}

// likely returns those candidates of axis that many clients offer; all where
// the axis has few values.
func (h hypothesis) likely(axis proposals.Axis) []proposals.Algorithm {
	return likely(h.candidates[axis], len(h.candidates[axis])+len(h.ordered[axis]))
}

// likely returns those of list that many clients offer, of n on their axis;
// all where n is few.
func likely(list []proposals.Algorithm, n int) []proposals.Algorithm {
	if n <= otherOrder || len(list) == 0 {
		return list
	}
	least := matrix.Usual
	if list[0].Axis == proposals.KE {
		least = matrix.Some
	}
	return slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool { return matrix.Likelihood(a) < least })
}

// own returns the own proposal as far as it is known: the candidates that were
// not ruled out belong to it.
func (h hypothesis) own() OwnProposal {
	own := OwnProposal{}
	for i := range own.Product {
		axis := proposals.Axis(i)
		own.Product[axis] = slices.Concat(h.ordered[axis], h.candidates[axis], h.anywhere[axis])
		own.Anywhere[axis] = len(h.anywhere[axis])
		switch {
		case own.Product.Absent(axis):
			own.Product[axis] = nil
		case h.loose || h.reopened[axis]:
		case len(h.candidates[axis]) == 1 && len(h.anywhere[axis]) == 0:
			own.Ordered[axis] = len(h.ordered[axis]) + 1
		default:
			own.Ordered[axis] = len(h.ordered[axis])
		}
	}
	return own
}
