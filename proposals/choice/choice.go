package choice

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Choice is what is known of how a responder chooses a suite from an offer.
// RFC 7296 leaves that to the responder, and responders differ in three things:
//
//   - whose order decides within a proposal. Most take, on each axis, the first
//     algorithm of their own list that is offered; some the first one offered
//     that they have.
//   - whose order of proposals decides, which matters since clients such as
//     Windows offer every suite as a proposal of its own. Most go through their
//     own proposals and take the first that meets the offer; of the offered
//     proposals that meet it strongSwan and libreswan take the first, OpenIKED
//     the one whose algorithms stand best in its lists. Others take the first
//     offered proposal that is acceptable.
//   - what their own proposals are. What they accept does not tell: a proposal
//     of two ciphers accepts what two proposals of one cipher do, but from two
//     offered proposals with these ciphers the one takes the initiator's first,
//     the other its own.
//
// Most choose a suite first, and ask for its method with INVALID_KE_PAYLOAD, so
// that it does not matter which method the KE payload is of. OpenIKED chooses the
// method of the KE payload, where an own proposal and an offered one have it.
type Choice struct {
	// Accepted is what the responder accepts, in any order.
	Accepted []proposals.Product
	// Algorithms says whose order decides within a proposal.
	Algorithms AlgorithmRule
	// Proposals says how it comes to one of several proposals.
	Proposals ProposalRule
	// FollowsKE says whether, of an own proposal and an offered one that both
	// have the method of the KE payload, it is chosen whatever stands before it.
	FollowsKE Known
	ke        ike.KeyExchangeMethod
	// Own are the responder's own proposals, by rank. Suites of Accepted that
	// are in none of them may come before or after any other.
	Own []OwnProposal
	// Seen is what it was seen to choose. It tells the same of an offer that
	// does not differ in what is accepted.
	Seen []Chosen
}

// AlgorithmRule is how a responder chooses an algorithm of each axis from an
// offered proposal and an own one.
type AlgorithmRule uint8

const (
	AlgorithmsUnknown AlgorithmRule = iota
	AlgorithmsResponder
	AlgorithmsInitiator
)

// ProposalRule is how a responder chooses an offered proposal and an own one.
type ProposalRule uint8

const (
	ProposalsUnknown ProposalRule = iota
	// ProposalsInitiator: the first one offered that meets an own one, and the
	// first of these.
	ProposalsInitiator
	// ProposalsResponder: the first own one that meets the offer, and the
	// first one offered of those that it meets.
	ProposalsResponder
	// ProposalsResponderBest: the first own one that meets the offer, and of
	// those that it meets the one with the least sum of the places that the
	// chosen algorithms have in the lists of the own one. A place of ENCR and
	// INTEG counts three times, one of KE twice, as in OpenIKED.
	ProposalsResponderBest
)

// OwnProposal is a proposal of a responder, as far as its place and its order
// are known.
type OwnProposal struct {
	// Rank is from 1. Lower ones come first; the order of equal ones is
	// not known.
	Rank    int
	Product proposals.Product
	// Ordered is how many algorithms at the start of each list are in the order
	// of preference. The others come after the first of these, but the last
	// ones, as many as Anywhere says, may come before it, too.
	Ordered, Anywhere [proposals.NumAxes]int
}

// maxCandidates bounds how many suites [Choice.Of] names.
const maxCandidates = 64

// OfKE returns the suites that the responder may choose from offer, as Of does,
// if the initiator's first KE payload is of method ke, and each further one of
// the method that the responder wants instead.
func (c Choice) OfKE(offer []proposals.Product, ke ike.KeyExchangeMethod) []proposals.Suite {
	may := c.narrowed(c.ofKE(offer, ke), Question{offer, ke})
	for range 3 {
		wanted, ok := onlyMethod(may)
		if !ok || wanted == ke || ke == ike.KE_NONE || !c.countsKE() {
			break
		}
		ke = wanted
		next := c.narrowed(c.ofKE(offer, ke), Question{offer, ke})
		if same := agreeing(next, Pick{KE: ke}); len(next) > 1 && len(same) > 0 {
			next = same
		}
		may = next
	}
	return may
}

// ofKE returns what may be chosen in one exchange.
func (c Choice) ofKE(offer []proposals.Product, ke ike.KeyExchangeMethod) []proposals.Suite {
	c.ke = ke
	if ke == ike.KE_NONE {
		c.FollowsKE = No
		return c.of(offer)
	}
	out := candidates(c.of(offer))
	if c.FollowsKE == Unknown {
		c.FollowsKE = Yes
		for _, s := range c.of(offer) {
			if !slices.Contains(out, s) && len(out) < maxCandidates {
				out = append(out, s)
			}
		}
	}
	return out
}

// Of returns the suites that the responder may choose from offer: none if it
// refuses it, one if that is certain, and several if it cannot be told which, at
// most maxCandidates. The offer is taken as it is written, so that an AEAD
// cipher beside INTEG makes other suites than without.
func (c Choice) Of(offer []proposals.Product) []proposals.Suite {
	if c.FollowsKE != No {
		var out candidates
		// The KE payload may be of any method offered.
		for _, m := range proposals.KeyExchangeMethods(offer) {
			for _, s := range c.OfKE(offer, m) {
				if !slices.Contains(out, s) && len(out) < maxCandidates {
					out = append(out, s)
				}
			}
		}
		return out
	}
	return c.narrowed(c.of(offer), Question{offer, ike.KE_NONE})
}

func (c Choice) of(offer []proposals.Product) []proposals.Suite {
	var out candidates
	unplaced := c.unplaced()
	if c.Proposals == ProposalsInitiator {
		for i := range offer {
			if c.from(offer[i:i+1], unplaced, &out); len(out) > 0 {
				return out
			}
		}
		return nil
	}
	c.from(offer, unplaced, &out)
	return out
}

// candidates are suites, each once.
type candidates []proposals.Suite

// add adds the suites of p, and reports whether there is room for more.
func (c *candidates) add(p proposals.Product) bool {
	for s := range p.Suites() {
		if len(*c) >= maxCandidates {
			return false
		}
		if !slices.Contains(*c, s) {
			*c = append(*c, s)
		}
	}
	return true
}

// from adds what may be chosen where own proposals come before offered ones.
// unplaced are the suites that are accepted and in no own proposal.
func (c Choice) from(offer, unplaced []proposals.Product, out *candidates) {
	for i := 0; i < len(c.Own) && len(*out) == 0 && c.Proposals != ProposalsUnknown; {
		rank := c.Own[i].Rank
		for ; i < len(c.Own) && c.Own[i].Rank == rank; i++ {
			if len(*out) >= maxCandidates {
				return
			}
			c.fromOwn(c.Own[i], offer, out)
		}
	}
	for _, o := range offer {
		for _, u := range unplaced {
			if both, ok := o.Intersect(u); ok && !out.add(both) {
				return
			}
		}
	}
}

// unplaced returns the suites that are accepted and in no own proposal; more,
// where these are in too many pieces.
func (c Choice) unplaced() []proposals.Product {
	if c.Proposals == ProposalsUnknown || len(c.Own) == 0 {
		return c.Accepted
	}
	var own []proposals.Product
	for _, o := range c.Own {
		own = append(own, o.Product)
	}
	left, err := matrix.Difference(c.Accepted, own)
	if err != nil {
		return c.Accepted
	}
	return left
}

// fromOwn adds what may be chosen by way of one own proposal.
func (c Choice) fromOwn(own OwnProposal, offer []proposals.Product, out *candidates) {
	var met []match
	for _, o := range offer {
		if m, ok := c.match(own, o); ok {
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

// weight is how often a place of axis counts where the best proposal is chosen.
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
	// that cannot be told.
	chosen proposals.Product
	// least and most bound the sum of its places.
	least, most int
}

func (c Choice) match(own OwnProposal, offered proposals.Product) (match, bool) {
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
		if axis == proposals.KE && c.FollowsKE == Yes {
			if i := slices.IndexFunc(list, func(a proposals.Algorithm) bool { return proposals.MethodOf(a) == c.ke }); i >= 0 {
				list = list[i : i+1]
				m.chosen[axis] = list
			}
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
