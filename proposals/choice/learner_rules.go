package choice

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// rules finds out whose order decides, by an offer of everything and the same
// turned round.
func (l *learning) rules(all []proposals.Product) bool {
	turned := reversed(all)
	t, _, ok := l.choose(all, l.ask(all, ike.KE_NONE).KE)
	if !ok {
		return false
	}
	l.top = &t
	if !slices.ContainsFunc(l.Accepted, func(p proposals.Product) bool { return len(p[proposals.KE]) > 1 }) {
		l.choice.FollowsKE = No // there is nothing to prefer
	}
	best, ok := l.followed(t)
	if !ok {
		return false
	}
	u, _, ok := l.choose(turned, proposals.MethodOf(t[proposals.KE]))
	if !ok {
		return false
	}
	l.choice.Proposals = ProposalsResponder
	responder := false // it was seen to go through its own proposals first
	if len(all) > 1 && all[0].Contains(t) && turned[0].Contains(u) {
		// The first proposal was taken each time, since it is the first or
		// since it meets the same own one.
		if x, ok := outside(all, t); ok {
			_, in, ok := l.against(x.Product(), t, false)
			if !ok {
				return false
			}
			if responder = !in; in {
				l.choice.Proposals = ProposalsInitiator
			}
		} else if t != u {
			return false
		}
	} else {
		responder = len(all) > 1
	}
	if best {
		l.choice.Proposals = ProposalsResponderBest
	}
	l.choice.Algorithms = l.algorithms(all, t, u)
	if l.choice.Algorithms == AlgorithmsInitiator {
		if responder {
			return false // which none is known to do
		}
		l.choice.Proposals = ProposalsInitiator
	}
	if l.choice.Algorithms == AlgorithmsInitiator && l.choice.FollowsKE == Unknown && l.beside != (proposals.Algorithm{}) {
		l.choice.FollowsKE = No
	}
	return l.choice.Algorithms != AlgorithmsUnknown
}

// outside returns a suite that is in no product together with t.
func outside(products []proposals.Product, t proposals.Suite) (proposals.Suite, bool) {
	for _, p := range products {
		for s := range p.Suites() {
			if !slices.ContainsFunc(products, func(q proposals.Product) bool { return q.Contains(s) && q.Contains(t) }) {
				return s, true
			}
			break
		}
	}
	return proposals.Suite{}, false
}

// algorithms returns whose order decides within a proposal, if t was chosen
// from an offer and u from the same turned round.
func (l *learning) algorithms(all []proposals.Product, t, u proposals.Suite) AlgorithmRule {
	for _, p := range all {
		if p.Size() == 1 || !p.Contains(t) {
			continue
		}
		if len(all) > 1 && t != u {
			var ok bool
			if u, _, ok = l.choose(reversed([]proposals.Product{p}), proposals.MethodOf(t[proposals.KE])); !ok {
				return AlgorithmsUnknown
			}
		}
		return rule(p, t, u)
	}
	// What was chosen are single suites: ask about some others.
	for _, p := range all {
		if p.Size() == 1 {
			continue
		}
		t, _, ok := l.choose([]proposals.Product{p}, proposals.MethodOf(p[proposals.KE][0]))
		if !ok {
			return AlgorithmsUnknown
		}
		u, _, ok := l.choose(reversed([]proposals.Product{p}), proposals.MethodOf(t[proposals.KE]))
		if !ok {
			return AlgorithmsUnknown
		}
		return rule(p, t, u)
	}
	return AlgorithmsResponder // there is nothing to choose
}

// rule returns whose order decides if t is chosen from p, and u from p turned
// round.
func rule(p proposals.Product, t, u proposals.Suite) AlgorithmRule {
	first, _ := p.First()
	last, _ := reversed([]proposals.Product{p})[0].First()
	switch {
	case t == u:
		return AlgorithmsResponder
	case t == first && u == last:
		return AlgorithmsInitiator
	}
	return AlgorithmsUnknown
}

// follows reports whether one own proposal holds p: whichever algorithms of p
// are offered first are chosen then.
func (l *learning) follows(p proposals.Product) bool {
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
				turned[axis] = append(slices.Clone(list[i%n:]), list[:i%n]...)
			}
		}
		want, _ := turned.First()
		if got, _, ok := l.choose([]proposals.Product{turned}, proposals.MethodOf(want[proposals.KE])); !ok || got != want {
			return false
		}
	}
	return true
}
