package choice

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// Question is an offer of suites of which the responder accepts some. KE is the
// method of the KE payload: one of the offer, so that the answer shows the whole
// suite or the method that is wanted instead; or KE_NONE for one that is not in
// the offer, so that it shows the method alone (RFC 7296, Section 1.2).
type Question struct {
	Offer []proposals.Product
	KE    ike.KeyExchangeMethod
}

// Pick is what a responder chose from an offer, as far as its answer shows.
type Pick struct {
	KE    ike.KeyExchangeMethod // KE_NONE: there was no answer that shows it
	Suite *proposals.Suite      // nil if the answer shows KE alone
}

// Chosen is a question with what was chosen.
type Chosen struct {
	Question
	Pick
}

// agrees reports whether s may be what was chosen.
func (p Pick) agrees(s proposals.Suite) bool {
	if p.Suite != nil {
		return s == *p.Suite
	}
	return s[proposals.KE].ID == uint16(p.KE)
}

// Contradicts reports whether the rules and the own proposals of c rule out what
// was chosen.
func (c Choice) Contradicts(chosen Chosen) bool {
	may := c.ofKE(chosen.Offer, chosen.Question.KE)
	if len(may) == 0 || len(may) == maxCandidates {
		return len(may) == 0
	}
	return !slices.ContainsFunc(may, chosen.Pick.agrees)
}

// countsKE reports whether the method of the KE payload may make a difference.
func (c Choice) countsKE() bool {
	return c.Algorithms == AlgorithmsUnknown || c.FollowsKE != No
}

// narrowed returns those of candidates for an answer to q that agree with what
// was seen of the same offer.
func (c Choice) narrowed(candidates []proposals.Suite, q Question) []proposals.Suite {
	if len(candidates) < 2 || len(c.Seen) == 0 {
		return candidates
	}
	want := c.essence(q)
	for _, seen := range c.Seen {
		if e := c.essence(seen.Question); e.KE != want.KE || !e.sameOffer(want) {
			continue
		}
		if seen.Suite != nil {
			return []proposals.Suite{*seen.Suite}
		}
		if may := agreeing(candidates, seen.Pick); len(may) > 0 {
			candidates = may
		}
	}
	return candidates
}

// agreeing returns those of suites that may be what was chosen.
func agreeing(suites []proposals.Suite, p Pick) []proposals.Suite {
	return slices.DeleteFunc(slices.Clone(suites), func(s proposals.Suite) bool { return !p.agrees(s) })
}

// onlyMethod returns the key exchange method of suites, if it is one.
func onlyMethod(suites []proposals.Suite) (m ike.KeyExchangeMethod, ok bool) {
	for _, s := range suites {
		if m != ike.KE_NONE && m != proposals.MethodOf(s[proposals.KE]) {
			return ike.KE_NONE, false
		}
		m = proposals.MethodOf(s[proposals.KE])
	}
	return m, m != ike.KE_NONE
}

// essence returns what makes a difference in q: of each proposal what may be
// chosen, in a fixed order where that does not count, and the method of the KE
// payload only where that may count.
func (c Choice) essence(q Question) Question {
	var out Question
	if c.countsKE() {
		out.KE = q.KE
	}
	for _, offered := range q.Offer {
		var met proposals.Product
		for _, a := range c.Accepted {
			both, ok := offered.Intersect(a)
			if !ok {
				continue
			}
			for axis := range met {
				met[axis] = append(met[axis], both.On(proposals.Axis(axis))...)
			}
		}
		if len(met[proposals.ENCR]) == 0 {
			continue
		}
		for axis := range met {
			in := met[axis]
			met[axis] = slices.DeleteFunc(slices.Clone(offered.On(proposals.Axis(axis))), func(a proposals.Algorithm) bool { return !slices.Contains(in, a) })
			if c.Algorithms == AlgorithmsResponder {
				slices.SortFunc(met[axis], func(a, b proposals.Algorithm) int {
					return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.KeyBits, b.KeyBits))
				})
			}
		}
		out.Offer = append(out.Offer, met)
	}
	return out
}

// Same reports whether q and r are one to the responder: what it chooses of one,
// it chooses of the other.
func (c Choice) Same(q, r Question) bool {
	a, b := c.essence(q), c.essence(r)
	return a.KE == b.KE && a.sameOffer(b)
}

// sameOffer reports whether two questions are of the same offer.
func (q Question) sameOffer(r Question) bool {
	return slices.EqualFunc(q.Offer, r.Offer, func(p, o proposals.Product) bool {
		for axis := range p {
			if !slices.Equal(p[axis], o[axis]) {
				return false
			}
		}
		return true
	})
}
