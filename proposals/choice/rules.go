package choice

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// rules finds out whose order decides, by an offer of everything and the same in
// reverse, and whether the KE payload does. It reports false if it cannot.
func (r *run) rules(all []proposals.Product) (test keTest, ok bool) {
	m, _ := r.method(all...)
	t, ok := r.chosenFrom(all, m)
	if !ok {
		return test, false
	}
	r.top = &t
	if !slices.ContainsFunc(r.Accepted, func(p proposals.Product) bool { return len(p[proposals.KE]) > 1 }) {
		r.choice.FollowsKE = No // there is nothing to prefer
	}
	if test, ok = r.testKE(t); !ok {
		return test, false
	}
	u, ok := r.chosenFrom(allReversed(all), proposals.MethodOf(t[proposals.KE]))
	if !ok {
		return test, false
	}
	ownFirst, ok := r.proposalRule(all, t, u)
	if !ok {
		return test, false
	}
	if test.scores {
		r.choice.Proposals = ProposalsResponderBest
	}
	r.choice.Algorithms = r.algorithmRule(all, t, u)
	if r.choice.Algorithms == AlgorithmsInitiator {
		if ownFirst {
			return test, false // which none is known to do
		}
		r.choice.Proposals = ProposalsInitiator
		if r.choice.FollowsKE == Unknown && test.beside != (proposals.Algorithm{}) {
			r.choice.FollowsKE = No
		}
	}
	return test, r.choice.Algorithms != AlgorithmsUnknown
}

// proposalRule finds out whose order of proposals decides, if t was chosen from
// all and u from all in reverse. The responder's does unless the initiator's was
// seen to; ownFirst says that the responder's was seen to. It reports false if
// neither fits.
func (r *run) proposalRule(all []proposals.Product, t, u proposals.Suite) (ownFirst, ok bool) {
	r.choice.Proposals = ProposalsResponder
	if len(all) == 1 {
		return false, true
	}
	if !all[0].Contains(t) || !all[len(all)-1].Contains(u) {
		return true, true
	}
	// The first proposal was taken each time, since it is the first or since it
	// meets the same own one.
	x, ok := outside(all, t)
	if !ok {
		return false, t == u
	}
	switch _, result := r.compare(x.Product(), t, false); result {
	case former:
		r.choice.Proposals = ProposalsInitiator
		return false, true
	case latter:
		return true, true
	}
	return false, false
}

// outside returns a suite that is in no product together with t.
func outside(products []proposals.Product, t proposals.Suite) (proposals.Suite, bool) {
	for _, p := range products {
		s, _ := p.First()
		if !slices.ContainsFunc(products, func(q proposals.Product) bool { return q.Contains(s) && q.Contains(t) }) {
			return s, true
		}
	}
	return proposals.Suite{}, false
}

// algorithmRule finds out whose order decides within a proposal, if t was chosen
// from all and u from all in reverse.
func (r *run) algorithmRule(all []proposals.Product, t, u proposals.Suite) AlgorithmRule {
	several := func(p proposals.Product) bool { return p.Size() > 1 }
	i := slices.IndexFunc(all, func(p proposals.Product) bool { return several(p) && p.Contains(t) })
	switch {
	case i >= 0 && (len(all) == 1 || t == u):
		return rule(all[i], t, u)
	case i < 0:
		// What was chosen are single suites: ask about some others.
		if i = slices.IndexFunc(all, several); i < 0 {
			return AlgorithmsResponder // there is nothing to choose
		}
		var ok bool
		if t, ok = r.chosenFrom(all[i:i+1], proposals.MethodOf(all[i][proposals.KE][0])); !ok {
			return AlgorithmsUnknown
		}
	}
	u, ok := r.chosenFrom(allReversed(all[i:i+1]), proposals.MethodOf(t[proposals.KE]))
	if !ok {
		return AlgorithmsUnknown
	}
	return rule(all[i], t, u)
}

// rule returns whose order decides if t is chosen from p, and u from p in
// reverse.
func rule(p proposals.Product, t, u proposals.Suite) AlgorithmRule {
	first, _ := p.First()
	last, _ := reversed(p).First()
	switch {
	case t == u:
		return AlgorithmsResponder
	case t == first && u == last:
		return AlgorithmsInitiator
	}
	return AlgorithmsUnknown
}

// unranked returns those of all that an own proposal each holds, as far as that
// can be seen where the initiator's order decides.
func (r *run) unranked(all []proposals.Product) []OwnProposal {
	var own []OwnProposal
	for _, p := range all {
		if r.choice.Algorithms == AlgorithmsInitiator && r.heldByOne(p) {
			own = append(own, OwnProposal{Rank: 1, Product: p})
		}
	}
	return own
}

// heldByOne reports whether one own proposal holds p: whichever algorithms of p
// are offered first are chosen then.
func (r *run) heldByOne(p proposals.Product) bool {
	longest := 0
	for _, list := range p {
		longest = max(longest, len(list))
	}
	for i := range longest {
		if longest > keOrder && i > 0 && i < longest-1 {
			continue // the last, after the first, is sample enough
		}
		turned := p
		for axis, list := range p {
			if n := len(list); n > 0 {
				turned[axis] = slices.Concat(list[i%n:], list[:i%n])
			}
		}
		want, _ := turned.First()
		if got, ok := r.chosenFrom([]proposals.Product{turned}, proposals.MethodOf(want[proposals.KE])); !ok || got != want {
			return false
		}
	}
	return true
}
