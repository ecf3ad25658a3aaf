package choice

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Learner finds out how a responder chooses, from what it chooses from offers
// of suites that it is known to accept.
//
// The same offer in two orders shows whose order decides. Then the responder's
// own proposals are found one after the other. What it chooses from all that is
// left is a suite of the next one, t. A proposal is a product, so a value
// belongs to it if t with this value in place of its own does. That is asked by
// offering t with all the values in question first and t after it: if both
// belong to one proposal the responder takes the first of equals, and else t.
// The answer names, too, the value that it prefers among those asked, on all
// axes at once; these are taken away and the rest is asked about, so that each
// answer places one value of each axis. Methods of key exchange cost no state,
// as INVALID_KE_PAYLOAD names the one that was chosen.
//
// In the end every answer is held against what it led to, and the offers that
// are of interest are asked about themselves where what is chosen from them
// does not follow.
type Learner struct {
	// Accepted are the suites to learn about.
	Accepted []proposals.Product
	// Computable reports whether keys can be made with an algorithm, so that a
	// suite with it may be chosen where Ask is to return a whole suite; nil
	// means all can.
	Computable func(proposals.Algorithm) bool
	// Octets bounds an offer, as [matrix.Limits] does; 0 means its default.
	Octets int
	// Offers, with the method of their KE payload, are those of most interest:
	// what is chosen from them is asked where it does not follow.
	Offers []Question
	// Most bounds the questions, without those about Offers.
	Most int
	// Ahead is how many questions are asked at a time, where each but the first
	// depends on a guess of the answers before it; 0 means 1.
	Ahead int
	// Ask asks questions, all at once if it can, and returns what is chosen for
	// each, in their order.
	Ask func([]Question) []Pick
}

// Bounds on what is learnt of an own proposal.
const (
	// keOrder is how many methods of a list are placed, otherOrder how many
	// values of other axes.
	keOrder    = 10
	otherOrder = 4
	// longList is from how many methods on the order of a list is taken from
	// another one of the same methods, if samples agree.
	longList = 5
)

// toConfirm is how many questions are kept for the last one of all, without which
// the others say nothing.
const toConfirm = 2

// Learn asks. It returns what was learnt, whose Accepted is that of the
// Learner, and the suite chosen from all of it, if that was seen.
func (l Learner) Learn() (Choice, *proposals.Suite) {
	if l.Octets == 0 {
		l.Octets = matrix.DefaultOctets
	}
	r := l.lastRun()
	r.choice.Seen = r.seen
	if slices.ContainsFunc(r.seen, r.choice.Contradicts) {
		r.choice = Choice{Accepted: l.Accepted, Seen: r.seen}
	}
	r.settle()
	return r.choice, r.top
}

// lastRun learns until no question is open, and returns the last run.
func (l Learner) lastRun() *run {
	known := make(map[string]Pick)
	for {
		r := &run{Learner: l, choice: Choice{Accepted: l.Accepted}, known: known, asked: make(map[string]bool), kept: min(toConfirm, l.Most/8)}
		r.learn()
		if len(r.open) == 0 {
			return r
		}
		for i, p := range l.Ask(r.open) {
			known[r.open[i].key()] = p
		}
	}
}

// learn finds out the rules and the own proposals.
func (r *run) learn() {
	all := r.offerable()
	if len(all) == 0 {
		return
	}
	if only, many := all[0].First(); len(all) == 1 && many == proposals.NumAxes {
		r.choice.Algorithms, r.choice.Proposals, r.choice.FollowsKE = AlgorithmsResponder, ProposalsResponder, No
		r.choice.Own = []OwnProposal{ordered(1, only.Product())}
		return
	}
	test, ok := r.rules(all)
	if !ok {
		return
	}
	if r.choice.Proposals == ProposalsInitiator {
		r.choice.Own = r.unranked(all)
		return
	}
	r.ownProposals(all, test)
	if r.choice.Algorithms == AlgorithmsResponder && !r.confirmed() {
		r.choice = Choice{Accepted: r.Accepted}
	}
	if r.halted != notHalted && !r.firstOfEquals && r.choice.Proposals == ProposalsResponder {
		// It may be the best one that is chosen.
		r.choice.Proposals, r.choice.Own = ProposalsUnknown, nil
	}
}

// offerable returns what of the accepted products can be computed, within the
// octets of an offer: the likeliest algorithms.
func (r *run) offerable() []proposals.Product {
	for least := 0.0; ; least = nextStep(least) {
		var all []proposals.Product
		for _, p := range r.Accepted {
			for axis, list := range p {
				p[axis] = slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool {
					return !r.computable(a) || matrix.Likelihood(a) < least
				})
			}
			if p.Size() > 0 {
				all = append(all, p)
			}
		}
		if octets(all) <= r.Octets {
			return all
		}
		if least > 1 {
			return nil
		}
	}
}

// nextStep returns the next step of likelihood.
func nextStep(l float64) float64 {
	for _, step := range []float64{matrix.Rare, matrix.Some, matrix.Usual, matrix.Common} {
		if l <= step {
			return step + 0.01
		}
	}
	return 2
}

func (l Learner) computable(a proposals.Algorithm) bool {
	return a.IsNone() || l.Computable == nil || l.Computable(a)
}

// confirmed holds against one more answer that the responder's order decides
// within a proposal: a first own proposal of one suite would hide that the
// initiator's does. What is preferred least is offered first.
func (r *run) confirmed() bool {
	r.kept = 0
	if r.halted == spent {
		r.halted = notHalted
		defer func() { r.halted = spent }()
	}
	for _, own := range r.choice.Own {
		p := own.leastFirst()
		if p.Size() == 1 || p.Contains(*r.top) {
			continue
		}
		want := r.choice.Of([]proposals.Product{p})
		if len(want) != 1 {
			continue
		}
		got, ok := r.chosenFrom([]proposals.Product{p}, proposals.MethodOf(want[0][proposals.KE]))
		return ok && got == want[0]
	}
	return true
}

// leastFirst returns the part of own whose order is known, least preferred
// first: a whole list without its most preferred value, unless a single suite
// would be left; of a list in part the most preferred value alone.
func (own OwnProposal) leastFirst() proposals.Product {
	top, _ := own.Product.First()
	p := reversed(own.Product)
	for axis, list := range p {
		n := own.Ordered[axis]
		if n < 2 || n < len(list) {
			p[axis] = top.Product()[axis]
		} else if p[axis] = list[:n-1]; p.Size() == 1 {
			p[axis] = list
		}
	}
	return p
}

// ordered returns an own proposal whose lists are in order.
func ordered(rank int, p proposals.Product) OwnProposal {
	own := OwnProposal{Rank: rank, Product: p}
	for axis, list := range p {
		own.Ordered[axis] = len(list)
	}
	return own
}

// reversed returns p with each list reversed.
func reversed(p proposals.Product) proposals.Product {
	for axis, list := range p {
		p[axis] = slices.Clone(list)
		slices.Reverse(p[axis])
	}
	return p
}

// allReversed returns products in reverse, and each list in reverse.
func allReversed(products []proposals.Product) []proposals.Product {
	var out []proposals.Product
	for _, p := range slices.Backward(products) {
		out = append(out, reversed(p))
	}
	return out
}

func octets(products []proposals.Product) int {
	n := 0
	for _, p := range products {
		n += p.Octets()
	}
	return n
}
