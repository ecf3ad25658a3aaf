package choice

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// ownProposals finds the own proposals, one after the other, until every suite
// of all is in one. The first holds the suite of which test was made.
func (r *run) ownProposals(all []proposals.Product, test keTest) {
	r.left = all
	for rank := 1; len(r.left) > 0 && r.halted == notHalted; rank++ {
		t, ok := r.next()
		if !ok {
			return
		}
		if rank > 1 {
			if test, ok = r.testKE(t); !ok {
				return
			}
			if test.scores {
				r.choice.Proposals = ProposalsResponderBest
			}
		}
		own := r.reconstruct(t)
		if r.halted != notHalted {
			return
		}
		own.Rank = rank
		if n := own.Ordered[proposals.KE]; r.choice.FollowsKE == Unknown && n > 1 && slices.Contains(own.Product[proposals.KE][:n], test.beside) {
			r.choice.FollowsKE = No // or that would have been seen
		}
		r.add(own)
	}
}

// next returns what is chosen from all that is left.
func (r *run) next() (proposals.Suite, bool) {
	if len(r.choice.Own) == 0 && r.top != nil {
		return *r.top, true
	}
	var total int64
	by := make(map[ike.KeyExchangeMethod]int64)
	for _, p := range r.left {
		total += p.Size()
		for _, m := range p[proposals.KE] {
			by[proposals.MethodOf(m)] += p.Size() / int64(len(p[proposals.KE]))
		}
	}
	if total == 1 {
		only, _ := r.left[0].First()
		return only, true
	}
	if octets(r.left) > r.Octets {
		return proposals.Suite{}, false
	}
	if len(by) == int(total) { // the method shows the suite
		m, _ := r.method(r.left...)
		return withMethod(r.left, m)
	}
	expected := proposals.MethodOf(r.left[0][proposals.KE][0])
	for _, own := range r.choice.Own {
		if m := proposals.MethodOf(own.Product[proposals.KE][0]); by[m] > 0 {
			expected = m
			break
		}
	}
	return r.chosenFrom(r.left, expected)
}

// withMethod returns the first suite of products with the method m.
func withMethod(products []proposals.Product, m ike.KeyExchangeMethod) (proposals.Suite, bool) {
	for _, p := range products {
		for s := range p.Suites() {
			if proposals.MethodOf(s[proposals.KE]) == m {
				return s, true
			}
		}
	}
	return proposals.Suite{}, false
}

// add adds an own proposal.
func (r *run) add(own OwnProposal) {
	if beyond, err := matrix.Difference([]proposals.Product{own.Product}, r.Accepted); err != nil || len(beyond) > 0 {
		// Several were taken for one: what is sure is the suite.
		top, _ := own.Product.First()
		own = ordered(own.Rank, top.Product())
	}
	r.choice.Own = append(r.choice.Own, own)
	left, err := matrix.Difference(r.left, []proposals.Product{own.Product})
	// Answers that fit no policy can name what is known: it would never end.
	if err != nil || sizeOf(left) == sizeOf(r.left) {
		r.halted = contradicted
	}
	r.left = left
}

// sizeOf returns how many suites are in products, each as often as they hold it.
func sizeOf(products []proposals.Product) int64 {
	var size int64
	for _, p := range products {
		size += p.Size()
	}
	return size
}

// values returns the values of axis with which t would be accepted, without
// its own: those that are computable, or those that are not.
func (r *run) values(t proposals.Suite, axis proposals.Axis, computable bool) []proposals.Algorithm {
	var out []proposals.Algorithm
	for _, p := range r.Accepted {
		for _, a := range p.On(axis) {
			if a != t[axis] && r.computable(a) == computable && !slices.Contains(out, a) && p.Contains(instead(t, a)) {
				out = append(out, a)
			}
		}
	}
	return out
}

// clear reports whether no own proposal that was found meets p.
func (r *run) clear(p proposals.Product) bool {
	return !slices.ContainsFunc(r.choice.Own, func(own OwnProposal) bool { return p.Overlaps(own.Product) })
}

// clearWith reports the same of t with a in place of its value.
func (r *run) clearWith(t proposals.Suite, a proposals.Algorithm) bool {
	return r.clear(instead(t, a).Product())
}

// instead returns t with a in place of its value on the axis of a.
func instead(t proposals.Suite, a proposals.Algorithm) proposals.Suite {
	t[a.Axis] = a
	return t
}

// with returns t with lists in place of its values on axes.
func with(t proposals.Suite, axes []proposals.Axis, lists proposals.Product) proposals.Product {
	p := t.Product()
	for _, axis := range axes {
		p[axis] = lists[axis]
	}
	return p
}

// without returns list without a.
func without(list []proposals.Algorithm, a proposals.Algorithm) []proposals.Algorithm {
	return slices.DeleteFunc(slices.Clone(list), func(b proposals.Algorithm) bool { return a == b })
}
