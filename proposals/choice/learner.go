package choice

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Learner finds out how a responder chooses, from what it chooses from offers
// of suites that it is known to accept.
//
// The same offer in two orders tells whose order decides. Then the responder's
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
// are of interest are asked about themselves where that does not foretell what is
// chosen of them.
type Learner struct {
	// Accepted are the suites to learn about.
	Accepted []proposals.Product
	// Computable tells what may be chosen where Ask is to tell a whole suite,
	// since keys can be made of it; nil means everything.
	Computable func(proposals.Algorithm) bool
	// Octets bounds an offer; 0 means as [matrix.Limits].
	Octets int
	// Offers, with the method of their KE payload, are what to know of above
	// all: what is chosen of them is asked where it does not follow.
	Offers []Question
	// Most bounds the questions, without those about Offers.
	Most int
	// Ahead is how many questions are asked at a time, where they are on a guess
	// of the answers to those before them; 0 means 1.
	Ahead int
	// Ask asks questions, all at once if it can, and returns what is chosen for
	// each, in their order.
	Ask func([]Question) []Pick
}

const (
	// keOrder is how many methods of a list are placed, otherOrder how many
	// values of other axes.
	keOrder    = 10
	otherOrder = 4
	// longList is from how many methods on the order of a list is taken from
	// another one of the same methods, if samples agree.
	longList = 5
)

// Learn asks. It returns what was learnt, whose Accepted is that of the
// Learner, and the suite chosen from all of it, if that was seen.
func (l Learner) Learn() (Choice, *proposals.Suite) {
	if l.Octets == 0 {
		l.Octets = matrix.DefaultOctets
	}
	s := l.learnt()
	s.choice.Seen = s.seen
	if slices.ContainsFunc(s.seen, s.choice.Contradicts) {
		s.choice = Choice{Accepted: l.Accepted, Seen: s.seen}
	}
	s.settle()
	return s.choice, s.top
}

// learning is one run of a Learner.
type learning struct {
	Learner
	choice Choice
	top    *proposals.Suite
	known  map[string]Pick // answers, by [Question.key]
	asked  map[string]bool // by [Question.key]
	open   []Question      // that were answered by a guess
	failed bool            // there are no more questions
	// simple: of offered proposals that one own proposal meets the initiator's
	// first is chosen, as was seen.
	simple bool
	// beside is the method that was offered beside that of the last suite, to
	// see whether that of the KE payload counts.
	beside proposals.Algorithm
	seen   []Chosen
	left   []proposals.Product // suites that no own proposal is known of
}

// choose returns the suite chosen from offer. guess is the method that is
// expected.
func (l *learning) choose(offer []proposals.Product, guess ike.KeyExchangeMethod) (suite proposals.Suite, guessed, ok bool) {
	if methods := proposals.KeyExchangeMethods(offer); len(methods) == 1 {
		guess = methods[0]
	} else if l.choice.FollowsKE == Yes {
		guess = l.ask(offer, ike.KE_NONE).KE
	}
	if guess == ike.KE_NONE {
		return proposals.Suite{}, false, false
	}
	p := l.ask(offer, guess)
	guessed = p.Suite != nil
	if !guessed && p.KE != ike.KE_NONE {
		p = l.ask(offer, p.KE)
	}
	if p.Suite == nil {
		return proposals.Suite{}, false, false
	}
	return *p.Suite, guessed, true
}

func (l *learning) learn() {
	all := l.computable()
	if len(all) == 0 {
		return
	}
	l.left = all
	if only, many := all[0].First(); len(all) == 1 && many == proposals.NumAxes {
		l.choice.Algorithms, l.choice.Proposals, l.choice.FollowsKE = AlgorithmsResponder, ProposalsResponder, No
		l.choice.Own = []OwnProposal{ordered(1, only.Product())}
		return
	}
	if !l.rules(all) {
		return
	}
	switch {
	case l.choice.Proposals == ProposalsInitiator:
		for _, p := range all {
			if l.choice.Algorithms == AlgorithmsInitiator && l.follows(p) {
				l.choice.Own = append(l.choice.Own, OwnProposal{Rank: 1, Product: p})
			}
		}
	default:
		l.proposals()
		if l.choice.Algorithms == AlgorithmsResponder && !l.checked() {
			l.choice = Choice{Accepted: l.Accepted}
		}
		if l.failed && !l.simple && l.choice.Proposals == ProposalsResponder {
			// It may be the best one that is chosen.
			l.choice.Proposals, l.choice.Own = ProposalsUnknown, nil
		}
	}
}

// checked holds against one more answer that the responder's order decides
// within a proposal: a first own proposal of one suite would hide that the
// initiator's does. What is preferred least is offered first.
func (l *learning) checked() bool {
	for _, own := range l.choice.Own {
		top, _ := own.Product.First()
		p := reversed([]proposals.Product{own.Product})[0]
		for axis, list := range p {
			if n := own.Ordered[axis]; n > 0 && n == len(list) && n > 1 {
				if p[axis] = list[:n-1]; p.Size() == 1 {
					p[axis] = list
				}
			} else {
				p[axis] = top.Product()[axis]
			}
		}
		if p.Size() == 1 || p.Contains(*l.top) {
			continue
		}
		want := l.choice.Of([]proposals.Product{p})
		if len(want) != 1 {
			continue
		}
		got, _, ok := l.choose([]proposals.Product{p}, proposals.MethodOf(want[0][proposals.KE]))
		return ok && got == want[0]
	}
	return true
}

// computable returns what of the accepted products can be chosen, within the
// octets of an offer: the likeliest algorithms.
func (l *learning) computable() []proposals.Product {
	var all []proposals.Product
	for least := 0.0; ; least = nextStep(least) {
		all = nil
		for _, p := range l.Accepted {
			for axis, list := range p {
				p[axis] = slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool { return !l.can(a) || matrix.Likelihood(a) < least })
			}
			if p.Size() > 0 {
				all = append(all, p)
			}
		}
		if octets(all) <= l.Octets || least > 1 {
			break
		}
	}
	if octets(all) > l.Octets {
		return nil
	}
	return all
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

func (l *learning) can(a proposals.Algorithm) bool {
	return a.IsNone() || l.Computable == nil || l.Computable(a)
}

// proposals finds the own proposals, one after the other.
func (l *learning) proposals() {
	for rank := 1; len(l.left) > 0 && !l.failed; rank++ {
		t, ok := l.next()
		if !ok {
			return
		}
		if rank > 1 {
			if best, ok := l.followed(t); !ok {
				return
			} else if best {
				l.choice.Proposals = ProposalsResponderBest
			}
		}
		own := l.around(t)
		if l.failed {
			return
		}
		own.Rank = rank
		if n := own.Ordered[proposals.KE]; l.choice.FollowsKE == Unknown && n > 1 && slices.Contains(own.Product[proposals.KE][:n], l.beside) {
			l.choice.FollowsKE = No // or that would have been seen
		}
		l.add(own)
	}
}

// followed finds out whether the method of the KE payload counts, by the own
// proposal that holds t, if that is not known. Two suites of one own proposal
// are known then, which tell whether the best or the first offered is chosen.
func (l *learning) followed(t proposals.Suite) (best, ok bool) {
	l.beside = proposals.Algorithm{}
	if l.choice.FollowsKE != Unknown {
		return false, true
	}
	p := t.Product()
	p[proposals.KE] = slices.DeleteFunc(l.values(t, proposals.KE, true), func(a proposals.Algorithm) bool {
		u := t
		u[proposals.KE] = a
		return !l.clear(u.Product())
	})
	if len(p[proposals.KE]) == 0 {
		return false, true
	}
	p[proposals.KE] = append(p[proposals.KE], t[proposals.KE])
	first, ok := l.prefers(p)
	if !ok {
		return false, false
	}
	p[proposals.KE] = slices.DeleteFunc(slices.Clone(p[proposals.KE]), func(a proposals.Algorithm) bool { return a == first })
	if l.beside, ok = l.prefers(p); !ok {
		return false, false
	}
	t[proposals.KE] = first
	p[proposals.KE] = []proposals.Algorithm{first, l.beside}
	pick := l.ask([]proposals.Product{p}, proposals.MethodOf(l.beside))
	if pick.Suite == nil {
		return false, pick.KE != ike.KE_NONE
	}
	l.choice.FollowsKE = Yes
	switch l.ask([]proposals.Product{pick.Suite.Product(), t.Product()}, ike.KE_NONE).KE {
	case ike.KE_NONE:
		return false, false
	case proposals.MethodOf(t[proposals.KE]):
		return true, true
	}
	l.simple = true
	return false, true
}

// prefers returns the method that is chosen from p.
func (l *learning) prefers(p proposals.Product) (proposals.Algorithm, bool) {
	if len(p[proposals.KE]) == 1 {
		return p[proposals.KE][0], true
	}
	m := l.ask([]proposals.Product{p}, ike.KE_NONE).KE
	return proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)}, m != ike.KE_NONE
}

// add adds an own proposal.
func (l *learning) add(own OwnProposal) {
	if beyond, err := matrix.Difference([]proposals.Product{own.Product}, l.Accepted); err != nil || len(beyond) > 0 {
		// Several were taken for one: what is sure is the suite.
		top, _ := own.Product.First()
		own = ordered(own.Rank, top.Product())
	}
	l.choice.Own = append(l.choice.Own, own)
	left, err := matrix.Difference(l.left, []proposals.Product{own.Product})
	// Answers that fit no policy can name what is known: it would never end.
	if err != nil || sizeOf(left) == sizeOf(l.left) {
		l.failed = true
	}
	l.left = left
}

// sizeOf returns how many suites are in products, each as often as they hold it.
func sizeOf(products []proposals.Product) int64 {
	var size int64
	for _, p := range products {
		size += p.Size()
	}
	return size
}

// next returns what is chosen from all that is left.
func (l *learning) next() (proposals.Suite, bool) {
	if len(l.choice.Own) == 0 && l.top != nil {
		return *l.top, true
	}
	var total int64
	by := make(map[ike.KeyExchangeMethod]int64)
	for _, p := range l.left {
		total += p.Size()
		for _, m := range p[proposals.KE] {
			by[proposals.MethodOf(m)] += p.Size() / int64(len(p[proposals.KE]))
		}
	}
	if total == 1 {
		only, _ := l.left[0].First()
		return only, true
	}
	if octets(l.left) > l.Octets {
		return proposals.Suite{}, false
	}
	if len(by) == int(total) { // the method tells
		m := l.ask(l.left, ike.KE_NONE).KE
		for _, p := range l.left {
			for s := range p.Suites() {
				if proposals.MethodOf(s[proposals.KE]) == m {
					return s, true
				}
			}
		}
		return proposals.Suite{}, false
	}
	guess := proposals.MethodOf(l.left[0][proposals.KE][0])
	for _, own := range l.choice.Own {
		if m := proposals.MethodOf(own.Product[proposals.KE][0]); by[m] > 0 {
			guess = m
			break
		}
	}
	t, _, ok := l.choose(l.left, guess)
	return t, ok
}

// values returns the values of axis with which t would be accepted, without
// its own: those that are computable, or those that are not.
func (l *learning) values(t proposals.Suite, axis proposals.Axis, computable bool) []proposals.Algorithm {
	var out []proposals.Algorithm
	for _, p := range l.Accepted {
		for _, a := range p.On(axis) {
			s := t
			s[axis] = a
			if a != t[axis] && l.can(a) == computable && !slices.Contains(out, a) && p.Contains(s) {
				out = append(out, a)
			}
		}
	}
	return out
}

// ordered returns an own proposal whose lists are in order.
func ordered(rank int, p proposals.Product) OwnProposal {
	own := OwnProposal{Rank: rank, Product: p}
	for axis, list := range p {
		own.Ordered[axis] = len(list)
	}
	return own
}

// reversed returns products with their order turned round, and that of each
// list.
func reversed(products []proposals.Product) []proposals.Product {
	out := slices.Clone(products)
	slices.Reverse(out)
	for i := range out {
		for axis, list := range out[i] {
			list = slices.Clone(list)
			slices.Reverse(list)
			out[i][axis] = list
		}
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
