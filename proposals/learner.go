package proposals

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
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
// In the end every answer is held against what it led to.
type Learner struct {
	// Accepted are the suites to learn about.
	Accepted []Product
	// Computable tells what may be chosen where Ask is to tell a whole suite,
	// since keys can be made of it; nil means everything.
	Computable func(Algorithm) bool
	// Octets bounds an offer; 0 means as [Limits].
	Octets int
	// Most bounds how often Ask is called.
	Most int
	// Ask offers suites with a KE payload of a method in the offer, so that the
	// answer tells the whole suite or the method that is wanted instead; or,
	// with KE_NONE, of a method that is not, so that it tells the method alone.
	Ask func(offer []Product, ke ike.KeyExchangeMethod) Pick
}

// Pick is what a responder chose from an offer, as far as its answer tells.
type Pick struct {
	KE    ike.KeyExchangeMethod // KE_NONE: there was no answer that tells
	Suite *Suite                // nil if the answer tells KE alone
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
func (l Learner) Learn() (Choice, *Suite) {
	if l.Octets == 0 {
		l.Octets = defaultOctets
	}
	s := &learning{Learner: l, choice: Choice{Accepted: l.Accepted}}
	s.learn()
	for _, seen := range s.seen {
		if s.choice.Contradicts(seen.offer, seen.ke, seen.pick) {
			return Choice{Accepted: l.Accepted}, s.top
		}
	}
	return s.choice, s.top
}

// Contradicts reports whether c rules out that the responder chose so from an
// offer with a KE payload of method ke.
func (c Choice) Contradicts(offer []Product, ke ike.KeyExchangeMethod, chosen Pick) bool {
	may := c.OfKE(offer, ke)
	if len(may) == 0 || len(may) == maxCandidates {
		return len(may) == 0
	}
	return !slices.ContainsFunc(may, func(s Suite) bool {
		if chosen.Suite != nil {
			return s == *chosen.Suite
		}
		return s[KE].ID == uint16(chosen.KE)
	})
}

// learning is one run of a Learner.
type learning struct {
	Learner
	choice Choice
	top    *Suite
	asked  int
	failed bool // there are no more questions
	// simple: of offered proposals that one own proposal meets the initiator's
	// first is chosen, as was seen.
	simple bool
	seen   []struct {
		offer []Product
		ke    ike.KeyExchangeMethod
		pick  Pick
	}
	left []Product // suites that no own proposal is known of
}

// ask returns the zero Pick if there is no answer.
func (l *learning) ask(offer []Product, ke ike.KeyExchangeMethod) Pick {
	if l.asked >= l.Most {
		l.failed = true
		return Pick{}
	}
	l.asked++
	p := l.Ask(offer, ke)
	if p.KE != ike.KE_NONE {
		l.seen = append(l.seen, struct {
			offer []Product
			ke    ike.KeyExchangeMethod
			pick  Pick
		}{offer, ke, p})
	}
	return p
}

// choose returns the suite chosen from offer. guess is the method that is
// expected.
func (l *learning) choose(offer []Product, guess ike.KeyExchangeMethod) (suite Suite, guessed, ok bool) {
	if methods := methodsOf(offer); len(methods) == 1 {
		guess = methods[0]
	} else if l.choice.FollowsKE {
		guess = l.ask(offer, ike.KE_NONE).KE
	}
	if guess == ike.KE_NONE {
		return Suite{}, false, false
	}
	p := l.ask(offer, guess)
	guessed = p.Suite != nil
	if !guessed && p.KE != ike.KE_NONE {
		p = l.ask(offer, p.KE)
	}
	if p.Suite == nil {
		return Suite{}, false, false
	}
	return *p.Suite, guessed, true
}

func (l *learning) learn() {
	all := l.computable()
	if len(all) == 0 {
		return
	}
	l.left = all
	if only, many := all[0].first(); len(all) == 1 && many == NumAxes {
		l.choice.Algorithms, l.choice.Proposals = AlgorithmsResponder, ProposalsResponder
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
	}
}

// checked holds against one more answer that the responder's order decides
// within a proposal: a first own proposal of one suite would hide that the
// initiator's does. What is preferred least is offered first.
func (l *learning) checked() bool {
	for _, own := range l.choice.Own {
		top, _ := own.Product.first()
		p := reversed([]Product{own.Product})[0]
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
		want := l.choice.Of([]Product{p})
		if len(want) != 1 {
			continue
		}
		got, _, ok := l.choose([]Product{p}, methodOf(want[0][KE]))
		return ok && got == want[0]
	}
	return true
}

// computable returns what of the accepted products can be chosen, within the
// octets of an offer: the likeliest algorithms.
func (l *learning) computable() []Product {
	var all []Product
	for least := 0.0; ; least = nextStep(least) {
		all = nil
		for _, p := range l.Accepted {
			for axis, list := range p {
				p[axis] = slices.DeleteFunc(slices.Clone(list), func(a Algorithm) bool { return !l.can(a) || likelihood(a) < least })
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
	for _, step := range []float64{rare, some, usual, common} {
		if l <= step {
			return step + 0.01
		}
	}
	return 2
}

func (l *learning) can(a Algorithm) bool {
	return a.IsNone() || l.Computable == nil || l.Computable(a)
}

// rules finds out whose order decides, by an offer of everything and the same
// turned round.
func (l *learning) rules(all []Product) bool {
	turned := reversed(all)
	t, _, ok := l.choose(all, l.ask(all, ike.KE_NONE).KE)
	if !ok {
		return false
	}
	l.top = &t
	if others := l.values(t, KE, true); len(others) > 0 {
		// Does it take another method, if the KE payload is of that?
		l.choice.FollowsKE = l.ask(all, methodOf(others[0])).Suite != nil
	}
	u, _, ok := l.choose(turned, methodOf(t[KE]))
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
	l.choice.Algorithms = l.algorithms(all, t, u)
	if l.choice.Algorithms == AlgorithmsInitiator {
		if responder {
			return false // which none is known to do
		}
		l.choice.Proposals = ProposalsInitiator
	}
	return l.choice.Algorithms != AlgorithmsUnknown
}

// outside returns a suite that is in no product together with t.
func outside(products []Product, t Suite) (Suite, bool) {
	for _, p := range products {
		for s := range p.Suites() {
			if !slices.ContainsFunc(products, func(q Product) bool { return q.Contains(s) && q.Contains(t) }) {
				return s, true
			}
			break
		}
	}
	return Suite{}, false
}

// algorithms returns whose order decides within a proposal, if t was chosen
// from an offer and u from the same turned round.
func (l *learning) algorithms(all []Product, t, u Suite) AlgorithmRule {
	for _, p := range all {
		if p.Size() == 1 || !p.Contains(t) {
			continue
		}
		if len(all) > 1 && t != u {
			var ok bool
			if u, _, ok = l.choose(reversed([]Product{p}), methodOf(t[KE])); !ok {
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
		t, _, ok := l.choose([]Product{p}, methodOf(p[KE][0]))
		if !ok {
			return AlgorithmsUnknown
		}
		u, _, ok := l.choose(reversed([]Product{p}), methodOf(t[KE]))
		if !ok {
			return AlgorithmsUnknown
		}
		return rule(p, t, u)
	}
	return AlgorithmsResponder // there is nothing to choose
}

// rule returns whose order decides if t is chosen from p, and u from p turned
// round.
func rule(p Product, t, u Suite) AlgorithmRule {
	first, _ := p.first()
	last, _ := reversed([]Product{p})[0].first()
	switch {
	case t == u:
		return AlgorithmsResponder
	case t == first && u == last:
		return AlgorithmsInitiator
	}
	return AlgorithmsUnknown
}

// proposals finds the own proposals, one after the other.
func (l *learning) proposals() {
	for rank := 1; len(l.left) > 0 && !l.failed; rank++ {
		t, ok := l.next()
		if !ok {
			return
		}
		own := l.around(t)
		if l.failed {
			return
		}
		own.Rank = rank
		l.add(own)
	}
}

// add adds an own proposal.
func (l *learning) add(own OwnProposal) {
	l.choice.Own = append(l.choice.Own, own)
	var err error
	if l.left, err = Difference(l.left, []Product{own.Product}); err != nil {
		l.failed = true
	}
}

// next returns what is chosen from all that is left.
func (l *learning) next() (Suite, bool) {
	if len(l.choice.Own) == 0 && l.top != nil {
		return *l.top, true
	}
	var total int64
	by := make(map[ike.KeyExchangeMethod]int64)
	for _, p := range l.left {
		total += p.Size()
		for _, m := range p[KE] {
			by[methodOf(m)] += p.Size() / int64(len(p[KE]))
		}
	}
	if total == 1 {
		only, _ := l.left[0].first()
		return only, true
	}
	if octets(l.left) > l.Octets {
		return Suite{}, false
	}
	if len(by) == int(total) { // the method tells
		m := l.ask(l.left, ike.KE_NONE).KE
		for _, p := range l.left {
			for s := range p.Suites() {
				if methodOf(s[KE]) == m {
					return s, true
				}
			}
		}
		return Suite{}, false
	}
	guess := methodOf(l.left[0][KE][0])
	for _, own := range l.choice.Own {
		if m := methodOf(own.Product[KE][0]); by[m] > 0 {
			guess = m
			break
		}
	}
	t, _, ok := l.choose(l.left, guess)
	return t, ok
}

// values returns the values of axis with which t would be accepted, without
// its own: those that are computable, or those that are not.
func (l *learning) values(t Suite, axis Axis, computable bool) []Algorithm {
	var out []Algorithm
	for _, p := range l.Accepted {
		list := p[axis]
		if len(list) == 0 {
			list = []Algorithm{None(axis)}
		}
		for _, a := range list {
			s := t
			s[axis] = a
			if a != t[axis] && l.can(a) == computable && !slices.Contains(out, a) && p.Contains(s) {
				out = append(out, a)
			}
		}
	}
	return out
}

// An outline is what is known of the own proposal that holds t.
type outline struct {
	*learning
	t Suite
	// placed are the values that it has, in its order, unknown those that it may
	// have. None is a value like any.
	placed, unknown Product
	// loose: t is one of its suites, and the order of its first values is not
	// known.
	loose bool
	// anywhere are values that it has, at places that cannot be told.
	anywhere Product
	// stuck: no axis waits for values of another one that make a better base.
	stuck bool
	// anew are axes with values that could not be offered in place of that of t,
	// so that it may not be the first.
	anew [NumAxes]bool
	// moved are axes that were asked about beside another suite than the first.
	moved [NumAxes]bool
}

// around returns the own proposal that holds t.
func (l *learning) around(t Suite) OwnProposal {
	t, sure := l.best(t)
	s := &outline{learning: l, t: t, placed: t.lists(), loose: !sure}
	s.unknown = s.values()
	for axis, list := range s.unknown {
		s.anew[axis] = slices.ContainsFunc(list, func(a Algorithm) bool {
			u := t
			u[axis] = a
			return !l.clear(u.Product())
		})
	}
	if l.choice.Proposals == ProposalsResponderBest {
		return s.byPlaces()
	}
	fresh := func() *outline {
		return &outline{learning: l, t: t, placed: t.lists(), unknown: s.values(), loose: s.loose}
	}
	if !s.copied() {
		s.methods()
		s.axis(KE, keOrder)
		if !l.simple && len(s.placed[KE]) == 1 && l.sums(t, true) {
			l.choice.Proposals = ProposalsResponderBest
			return fresh().byPlaces()
		}
	}
	s.together()
	if !l.simple && s.placed.Size() == 1 && l.sums(t, false) {
		l.choice.Proposals = ProposalsResponderBest
		return fresh().byPlaces()
	}
	s.rest()
	s.blind()
	return s.own()
}

// methods adds the methods of key exchange that are not computable, which costs
// no state, if they come after that of t.
func (s *outline) methods() {
	more := s.learning.values(s.t, KE, false)
	p := s.t.Product()
	p[KE] = append(p[KE], more...)
	if len(more) > 0 && s.clear(p) && s.ask([]Product{p}, ike.KE_NONE).KE == methodOf(s.t[KE]) {
		s.unknown[KE] = append(s.unknown[KE], more...)
	}
}

// blind finds out which values that are not computable belong to the proposal.
// Their places cannot be told.
func (s *outline) blind() {
	for axis := range s.t {
		var lists Product
		lists[axis] = s.learning.values(s.t, Axis(axis), false)
		lists[axis] = slices.DeleteFunc(lists[axis], func(a Algorithm) bool {
			return slices.Contains(s.placed[axis], a) || slices.Contains(s.unknown[axis], a)
		})
		if len(lists[axis]) == 0 {
			continue
		}
		p := s.t.with([]Axis{Axis(axis)}, lists)
		base, other := s.t, s.other(s.t[KE])
		if Axis(axis) != KE {
			if other == nil {
				continue // it would be chosen
			}
			p[KE] = other
		}
		last := lists[axis][len(lists[axis])-1:]
		p[axis] = last
		if !s.clear(p) {
			continue
		}
		if _, in, ok := s.against(p, base, false); ok && in {
			s.anywhere[axis] = lists[axis]
		}
	}
}

// other returns a method of the own proposal that is computable and not m, in a
// list, or nil.
func (s *outline) other(m Algorithm) []Algorithm {
	for i, a := range s.placed[KE] {
		if a != m && s.can(a) {
			return s.placed[KE][i : i+1]
		}
	}
	return nil
}

// best returns the suite that is chosen of the own proposal that holds t,
// where all of that is offered in one proposal; it is not sure where this
// cannot be asked.
func (l *learning) best(t Suite) (Suite, bool) {
	s := &outline{learning: l, t: t}
	var axes []Axis
	whole := s.values()
	for axis := range t {
		whole[axis] = slices.DeleteFunc(whole[axis], func(a Algorithm) bool {
			u := t
			u[axis] = a
			return !l.clear(u.Product())
		})
		if len(whole[axis]) > 0 {
			axes = append(axes, Axis(axis))
			whole[axis] = append(whole[axis], t[axis])
		}
	}
	whole = t.with(axes, whole)
	if slices.ContainsFunc(l.left, func(p Product) bool { return p.Holds(whole) }) {
		return t, true
	}
	if l.clear(whole) {
		u, _, ok := l.choose([]Product{whole}, methodOf(t[KE]))
		return u, ok
	}
	asked := [NumAxes]int{} // how many values of each axis were
	for again := true; again; {
		again = false
		for axis := range t {
			p := t.Product()
			for _, a := range l.values(t, Axis(axis), true) {
				u := t
				if u[axis] = a; l.clear(u.Product()) {
					p[axis] = append(p[axis], a)
				}
			}
			if len(p[axis]) < 2 || len(p[axis]) <= asked[axis] {
				continue
			}
			asked[axis] = len(p[axis])
			u, _, ok := l.choose([]Product{p}, methodOf(t[KE]))
			if !ok {
				return t, false
			}
			again = again || u != t
			t = u
		}
	}
	return t, true
}

// values returns the values that may belong to the own proposal.
func (s *outline) values() Product {
	var p Product
	for axis := range s.t {
		p[axis] = s.learning.values(s.t, Axis(axis), true)
	}
	return p
}

// lists returns the product of s, none as a value like any.
func (s Suite) lists() Product {
	var p Product
	for axis, a := range s {
		p[axis] = []Algorithm{a}
	}
	return p
}

// own returns what was found.
func (s *outline) own() OwnProposal {
	own := OwnProposal{Product: s.placed}
	for axis := range own.Product {
		own.Ordered[axis] = len(s.placed[axis])
		own.Product[axis] = slices.Concat(s.placed[axis], s.unknown[axis], s.anywhere[axis])
		own.Anywhere[axis] = len(s.anywhere[axis])
		if s.loose || s.anew[axis] {
			own.Ordered[axis] = 0
		} else if len(s.unknown[axis]) == 1 && len(s.anywhere[axis]) == 0 {
			own.Ordered[axis]++
		}
		if own.Product.absent(Axis(axis)) {
			own.Product[axis], own.Ordered[axis] = nil, 0
		}
	}
	return own
}

// open returns the axes of which values are unknown.
func (s *outline) open() []Axis {
	var axes []Axis
	for axis, list := range s.unknown {
		if len(list) > 0 {
			axes = append(axes, Axis(axis))
		}
	}
	return axes
}

// clear reports whether no own proposal that was found before meets p.
func (l *learning) clear(p Product) bool {
	return !slices.ContainsFunc(l.choice.Own, func(own OwnProposal) bool {
		_, ok := p.Intersect(own.Product)
		return ok
	})
}

// against offers p first and then base, and returns what is chosen of p; in is
// false if it is base. whole says that the suite is wanted, not only where it
// is from.
func (l *learning) against(p Product, base Suite, whole bool) (chosen Suite, in, ok bool) {
	offer := []Product{p, base.Product()}
	if p.Size() == int64(len(p[KE])) {
		whole = false // the method tells
	}
	if slices.Contains(p[KE], base[KE]) {
		s, _, ok := l.choose(offer, methodOf(base[KE]))
		return s, s != base, ok
	}
	ke := ike.KE_NONE
	if whole && !l.choice.FollowsKE {
		ke = methodOf(p[KE][0])
	}
	pick := l.ask(offer, ke)
	if pick.Suite == nil && whole && pick.KE != ike.KE_NONE && pick.KE != methodOf(base[KE]) {
		pick = l.ask(offer, pick.KE)
	}
	switch {
	case pick.KE == ike.KE_NONE:
		return Suite{}, false, false
	case pick.KE == methodOf(base[KE]):
		return base, false, true
	case pick.Suite != nil:
		return *pick.Suite, true, true
	}
	s, _ := p.first()
	s[KE] = Algorithm{Axis: KE, ID: uint16(pick.KE)}
	return s, true, true
}

// with returns t with lists in place of its values.
func (t Suite) with(axes []Axis, lists Product) Product {
	p := t.Product()
	for _, axis := range axes {
		p[axis] = lists[axis]
	}
	return p
}

// axis places values of one axis, until there are most.
func (s *outline) axis(axis Axis, most int) {
	for len(s.unknown[axis]) > 0 && len(s.placed[axis]) < most {
		if !s.likely(axis) {
			return // rest asks about them
		}
		base, p := s.base(axis)
		if len(p[axis]) < len(s.unknown[axis]) {
			if !s.stuck && len(s.open()) > 1 {
				return // for another base
			}
			if s.unknown[axis] = p[axis]; len(p[axis]) == 0 {
				return
			}
		}
		if base != s.t {
			s.anew[axis] = false
			if s.moved[axis] || !s.move(axis, base) {
				s.unknown[axis] = nil
				return
			}
			continue
		}
		p[axis] = likely(p[axis], len(s.unknown[axis])+len(s.placed[axis]))
		chosen, in, ok := s.against(p, base, axis != KE)
		if !ok || !in {
			s.unknown[axis] = nil
			return
		}
		s.place(axis, chosen[axis])
	}
}

// move goes on from base instead of t. The values of axis begin anew, since
// some of them were not compared with that of t.
func (s *outline) move(axis Axis, base Suite) bool {
	p := base.Product()
	p[axis] = slices.Concat(s.placed[axis][:1], s.unknown[axis], s.placed[axis][1:])
	if !s.clear(p) {
		return false
	}
	s.moved[axis] = true
	top, _, ok := s.choose([]Product{p}, methodOf(base[KE]))
	if !ok {
		return false
	}
	s.t, s.placed[axis], s.unknown[axis] = top, []Algorithm{top[axis]}, slices.DeleteFunc(p[axis], func(a Algorithm) bool { return a == top[axis] })
	return true
}

// likely returns those of list that many clients offer, of n on their axis;
// all where n is few.
func likely(list []Algorithm, n int) []Algorithm {
	if n <= otherOrder {
		return list
	}
	least := usual
	if list[0].Axis == KE {
		least = some
	}
	return slices.DeleteFunc(slices.Clone(list), func(a Algorithm) bool { return likelihood(a) < least })
}

// likely reports whether there are such values that are unknown.
func (s *outline) likely(axis Axis) bool {
	list := s.unknown[axis]
	return len(list) > 0 && len(likely(list, len(list)+len(s.placed[axis]))) > 0
}

// base returns a suite of the own proposal, and the same with those of the
// unknown values of axis with which no earlier own proposal meets it: the suite
// with the most of these.
func (s *outline) base(axis Axis) (Suite, Product) {
	const most = 200 // suites tried
	var best Suite
	var bestWith Product
	n := 0
	bases := func(yield func(Suite) bool) {
		if yield(s.t) {
			s.placed.Suites()(yield)
		}
	}
	for base := range bases {
		if base[axis] != s.t[axis] || !s.can(base[KE]) {
			continue
		}
		if n++; n > most {
			break
		}
		if !s.clear(base.Product()) {
			continue
		}
		p := base.Product()
		if axis != KE && len(s.placed[KE]) > 1 {
			// Another method tells without state whether it is base.
			if other := s.other(base[KE]); other != nil {
				p[KE] = other
			}
		}
		p[axis] = slices.DeleteFunc(slices.Clone(s.unknown[axis]), func(a Algorithm) bool {
			q := p
			q[axis] = []Algorithm{a}
			return !s.clear(q)
		})
		if len(p[axis]) > len(bestWith[axis]) {
			best, bestWith = base, p
		}
		if len(bestWith[axis]) == len(s.unknown[axis]) {
			break
		}
	}
	return best, bestWith
}

// place moves a from the unknown values to the placed ones.
func (s *outline) place(axis Axis, a Algorithm) {
	s.placed[axis] = append(s.placed[axis], a)
	s.simple = s.simple || s.choice.Proposals == ProposalsResponder
	s.unknown[axis] = slices.DeleteFunc(slices.Clone(s.unknown[axis]), func(b Algorithm) bool { return a == b })
}

// together places values of all axes but KE, at once where that can be. Axes on
// which the last own proposal had one value are asked about by themselves.
func (s *outline) together() {
	for {
		var axes, alone []Axis
		most := 0
		for _, axis := range s.open() {
			switch {
			case axis == KE || !s.likely(axis):
				continue
			case s.single(axis):
				alone = append(alone, axis)
			default:
				axes = append(axes, axis)
			}
			most = max(most, len(s.placed[axis]))
		}
		if len(axes)+len(alone) == 0 || most >= otherOrder {
			s.stuck = true
			s.axis(KE, keOrder) // which may have waited
			return
		}
		placed, unknown := s.placed.Size(), s.unknown
		if len(axes) > 1 {
			lists := s.unknown
			for _, axis := range axes {
				lists[axis] = likely(lists[axis], len(lists[axis])+len(s.placed[axis]))
			}
			p := s.t.with(axes, lists)
			if other := s.other(s.t[KE]); other != nil {
				p[KE] = other
			}
			if s.clear(p) {
				chosen, in, ok := s.against(p, s.t, true)
				if !ok {
					return
				}
				if in {
					for _, axis := range axes {
						s.place(axis, chosen[axis])
					}
					axes = nil
				}
			}
		}
		for _, axis := range append(axes, alone...) {
			s.axis(axis, len(s.placed[axis])+1)
		}
		s.axis(KE, keOrder)
		s.stuck = s.placed.Size() == placed && slices.EqualFunc(s.unknown[:], unknown[:], func(a, b []Algorithm) bool { return len(a) == len(b) })
	}
}

// single reports whether the last own proposal has one value on axis.
func (s *outline) single(axis Axis) bool {
	n := len(s.choice.Own)
	return n > 0 && len(s.choice.Own[n-1].Product[axis]) == 1
}

// rest finds out whether the values that were not placed belong to the
// proposal, by the last of each axis.
func (s *outline) rest() {
	axes := s.open()
	if len(axes) == 0 {
		return
	}
	var lasts Product
	for _, axis := range axes {
		list := s.unknown[axis]
		lasts[axis] = list[len(list)-1:]
	}
	p := s.t.with(axes, lasts)
	if other := s.other(s.t[KE]); len(lasts[KE]) == 0 && other != nil {
		p[KE] = other
	}
	if s.clear(p) {
		if _, in, ok := s.against(p, s.t, false); ok && in {
			return
		}
	}
	for _, axis := range axes {
		s.unknown[axis] = nil
	}
}

// copied takes the order of a long list of methods from an own proposal with
// the same ones, if the second and the last agree.
func (s *outline) copied() bool {
	all := append(s.learning.values(s.t, KE, false), s.unknown[KE]...)
	n := len(all) + 1
	if n < longList {
		return false
	}
	for _, own := range s.choice.Own {
		list := own.Product[KE]
		same := len(list) == n && list[0] == s.t[KE] && own.Ordered[KE] > 1 && own.Anywhere[KE] == 0
		for _, a := range list[1:] {
			same = same && slices.Contains(all, a)
		}
		p := s.t.Product()
		p[KE] = list[1:]
		if !same || !s.clear(p) {
			continue
		}
		if own.Ordered[KE] < n {
			p[KE] = list[1:own.Ordered[KE]]
		}
		second, in, ok := s.against(p, s.t, false)
		if !ok || !in || second[KE] != list[1] {
			return false
		}
		last := s.t
		last[KE] = list[n-1]
		if _, in, ok := s.against(last.Product(), s.t, false); !ok || !in {
			return false
		}
		s.placed[KE], s.unknown[KE] = slices.Clone(list[:own.Ordered[KE]]), slices.Clone(list[own.Ordered[KE]:])
		return true
	}
	return false
}

// sums finds out whether the responder takes the offered proposal whose
// algorithms stand best in its lists. The second method of key exchange stands
// better then than a second cipher, and the third worse; and a second cipher as
// well as a second method with a second PRF, or as a second integrity
// algorithm, so that it takes the initiator's first of these.
func (l *learning) sums(t Suite, byKE bool) bool {
	heavy, ok := l.second(t, ENCR)
	other, both := l.second(t, INTEG)
	if !ok {
		heavy, ok = other, both
	}
	if !ok {
		return false
	}
	if !byKE {
		if !both || heavy == other {
			return false
		}
		return l.beats(heavy, other) && l.beats(other, heavy)
	}
	second, ok := l.second(t, KE)
	if !ok {
		return false
	}
	third := second
	if rest := slices.DeleteFunc(l.values(t, KE, true), func(a Algorithm) bool { return a == second[KE] }); len(rest) > 0 {
		p := t.Product()
		p[KE] = rest
		m := methodOf(rest[0])
		if len(rest) > 1 {
			m = l.ask([]Product{p}, ike.KE_NONE).KE
		}
		third[KE].ID = uint16(m)
		if m == ike.KE_NONE || !l.beats(second, heavy) || l.beats(third, heavy) {
			return false
		}
		_, in, ok := l.against(heavy.Product(), third, false)
		return ok && in
	}
	light, ok := l.second(t, PRF)
	if third[PRF] = light[PRF]; !ok {
		return false
	}
	return l.beats(heavy, third) && l.beats(third, heavy)
}

// beats reports whether s is chosen if u is offered after it.
func (l *learning) beats(s, u Suite) bool {
	_, in, ok := l.against(s.Product(), u, false)
	return ok && in
}

// second returns t with the value of axis that is preferred after its own.
func (l *learning) second(t Suite, axis Axis) (Suite, bool) {
	var lists Product
	lists[axis] = l.values(t, axis, true)
	p := t.with([]Axis{axis}, lists)
	switch {
	case len(lists[axis]) == 0:
		return Suite{}, false
	case len(lists[axis]) == 1:
		s, _ := p.first()
		return s, true
	case axis == KE:
		s := t
		s[KE].ID = uint16(l.ask([]Product{p}, ike.KE_NONE).KE)
		return s, s[KE].ID != uint16(ike.KE_NONE)
	}
	s, _, ok := l.choose([]Product{p}, methodOf(t[KE]))
	return s, ok
}

// byPlaces places values where the best offered proposal is chosen, so that
// nothing has to be offered beside them. That the last value of each axis
// belongs to the proposal is asked by its place: t with it stands no worse than
// t with the value before it and a second one of another axis.
func (s *outline) byPlaces() OwnProposal {
	for axis, list := range s.unknown {
		for _, a := range list {
			u := s.t
			u[axis] = a
			if !s.clear(u.Product()) {
				s.failed = true // an earlier own proposal is in the way
				return s.own()
			}
		}
	}
	for len(s.unknown[KE]) > 0 && len(s.placed[KE]) < keOrder {
		m := methodOf(s.unknown[KE][0])
		if len(s.unknown[KE]) > 1 {
			if m = s.ask([]Product{s.t.with([]Axis{KE}, s.unknown)}, ike.KE_NONE).KE; m == ike.KE_NONE {
				break
			}
		}
		s.place(KE, Algorithm{Axis: KE, ID: uint16(m)})
	}
	for round := 1; round < otherOrder; round++ {
		axes := slices.DeleteFunc(s.open(), func(axis Axis) bool { return axis == KE })
		if len(axes) == 0 {
			break
		}
		p := s.t.with(axes, s.unknown)
		if !s.clear(p) {
			axes = axes[:1]
			p = s.t.with(axes, s.unknown)
		}
		chosen, _ := p.first()
		if p.Size() > 1 {
			var ok bool
			if chosen, _, ok = s.choose([]Product{p}, methodOf(s.t[KE])); !ok {
				break
			}
		}
		for _, axis := range axes {
			s.place(axis, chosen[axis])
		}
	}
	for _, axis := range []Axis{ENCR, PRF, INTEG, ADDKE1, ADDKE2, ADDKE3, ADDKE4, ADDKE5, ADDKE6, ADDKE7, KE} {
		s.members(axis)
	}
	return s.own()
}

// members drops the placed values of an axis that do not belong to the
// proposal. These stand last, since it comes before others, so that a value
// that belongs to it tells the same of those before it.
func (s *outline) members(axis Axis) {
	list := s.placed[axis]
	first, last := 0, len(list)-1
	for first < last {
		// From the first, which does, as far as the other axes reach.
		next := min(last, first+s.reach(axis))
		if s.belongs(axis, list[next], list[first]) {
			first = next
			continue
		}
		if last = next - 1; next == first {
			break
		}
	}
	s.placed[axis] = list[:first+1]
}

// reach returns how many places of axis the last places of the other axes weigh.
func (s *outline) reach(axis Axis) int {
	sum := 0
	for other, list := range s.placed {
		if Axis(other) != axis {
			sum += weight(Axis(other)) * (len(list) - 1)
		}
	}
	return sum / weight(axis)
}

// belongs reports whether a belongs to the proposal, as before does: t with a
// stands no worse then than t with before and later values of other axes.
func (s *outline) belongs(axis Axis, a, before Algorithm) bool {
	t, u := s.t, s.t
	t[axis], u[axis] = a, before
	need := weight(axis) * (slices.Index(s.placed[axis], a) - slices.Index(s.placed[axis], before))
	for other, list := range s.placed {
		if w := weight(Axis(other)); Axis(other) != axis && need > 0 {
			n := min((need+w-1)/w, len(list)-1)
			u[other] = list[n]
			need -= n * w
		}
	}
	if need > 0 || !s.clear(t.Product()) || !s.clear(u.Product()) {
		return false // or it makes no difference, as no other axis compares
	}
	return s.beats(t, u)
}

// follows reports whether one own proposal holds p: whichever algorithms of p
// are offered first are chosen then.
func (l *learning) follows(p Product) bool {
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
		want, _ := turned.first()
		if got, _, ok := l.choose([]Product{turned}, methodOf(want[KE])); !ok || got != want {
			return false
		}
	}
	return true
}

// ordered returns an own proposal whose lists are in order.
func ordered(rank int, p Product) OwnProposal {
	own := OwnProposal{Rank: rank, Product: p}
	for axis, list := range p {
		own.Ordered[axis] = len(list)
	}
	return own
}

// reversed returns products with their order turned round, and that of each
// list.
func reversed(products []Product) []Product {
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

func octets(products []Product) int {
	n := 0
	for _, p := range products {
		n += p.Octets()
	}
	return n
}

func methodOf(a Algorithm) ike.KeyExchangeMethod { return ike.KeyExchangeMethod(a.ID) }
