package choice

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// fromOwn adds what may be chosen by way of one own proposal.
func (c Choice) fromOwn(own OwnProposal, offer []proposals.Product, ke ike.KeyExchangeMethod, out *candidates) {
	var met []match
	for _, o := range offer {
		if m, ok := c.match(own, o, ke); ok {
			met = append(met, m)
		}
	}
	if len(met) == 0 {
		return
	}
	if c.Proposals != ProposalsResponderBest {
		out.add(met[0].chosen)
		return
	}
	least := slices.MinFunc(met, func(a, b match) int { return a.most - b.most })
	exact := !slices.ContainsFunc(met, func(m match) bool { return m.least != m.most })
	for _, m := range met {
		if m.least <= least.most && !out.add(m.chosen) {
			return
		}
		if exact && m.least == least.most {
			return // the initiator's first of equal ones
		}
	}
}

// weight is how often a place of axis counts in a score.
func weight(axis proposals.Axis) int {
	switch axis {
	case proposals.ENCR, proposals.INTEG:
		return 3
	case proposals.KE:
		return 2
	}
	return 1
}

// A match is what an own proposal and an offered one have in common.
type match struct {
	// chosen holds on each axis the algorithm that is chosen, or several where
	// that is not known.
	chosen proposals.Product
	// least and most bound its score.
	least, most int
}

// match returns what own and an offered proposal have in common, and what may be
// chosen of it where the method ke is followed.
func (c Choice) match(own OwnProposal, offered proposals.Product, ke ike.KeyExchangeMethod) (match, bool) {
	both, ok := offered.Intersect(own.Product)
	if !ok {
		return match{}, false
	}
	m := match{chosen: both}
	for i, list := range both {
		axis, ours := proposals.Axis(i), own.Product[i]
		if len(list) == 0 {
			continue
		}
		if followed := methodAlgorithm(ke); axis == proposals.KE && ke != ike.KE_NONE && slices.Contains(list, followed) {
			list = []proposals.Algorithm{followed}
			m.chosen[axis] = list
		}
		if len(ours) == 0 { // none, which is offered beside others
			continue
		}
		first, open := own.firstOf(axis, list)
		switch c.Algorithms {
		case AlgorithmsInitiator:
			m.chosen[axis] = list[:1]
		case AlgorithmsResponder:
			m.chosen[axis] = open
			if first < own.Ordered[axis] {
				m.chosen[axis] = append([]proposals.Algorithm{ours[first]}, open...)
			}
		}
		// The place of what is chosen, as far as it is known.
		whole := own.Ordered[axis] == len(ours) && len(open) == 0
		leading := first == 0 && own.Ordered[axis] > 0 && own.Anywhere[axis] == 0
		if whole || leading {
			m.least += weight(axis) * first
			m.most += weight(axis) * first
		} else {
			m.most += weight(axis) * (len(ours) - 1)
		}
	}
	return m, true
}

// firstOf returns the least place that one of list has in the list of an axis,
// and those that may come before it, since their places are not known.
func (own OwnProposal) firstOf(axis proposals.Axis, list []proposals.Algorithm) (first int, open []proposals.Algorithm) {
	ours, ordered := own.Product[axis], own.Ordered[axis]
	first = len(ours)
	for _, a := range list {
		first = min(first, slices.Index(ours, a))
	}
	for _, a := range list {
		place := slices.Index(ours, a)
		// What is not ordered comes after the first of what is, but for the last.
		anywhere := first > 0 || ordered == 0 || place >= len(ours)-own.Anywhere[axis]
		if place >= ordered && anywhere {
			open = append(open, a)
		}
	}
	return first, open
}
