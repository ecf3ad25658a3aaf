package choice

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// settle asks which suite is chosen of each of Offers for which several may be:
// once for the method, which leaves no state, where that may tell or where none
// is likelier, and once with that method.
func (l *learning) settle() {
	c := &l.choice
	for range 3 {
		var ask []Question
		for _, q := range l.Offers {
			q, ok := l.unsettled(q)
			e := c.essence(q)
			same := func(r Question) bool { r = c.essence(r); return r.KE == e.KE && r.sameOffer(e) }
			if ok && !slices.ContainsFunc(ask, same) {
				ask = append(ask, q)
			}
		}
		if len(ask) == 0 {
			return
		}
		for i, p := range l.Ask(ask) {
			l.known[ask[i].key()] = p
			if p.KE != ike.KE_NONE {
				c.Seen = append(c.Seen, Chosen{ask[i], p})
			}
		}
		if slices.ContainsFunc(c.Seen, c.Contradicts) {
			*c = Choice{Accepted: l.Accepted, Seen: c.Seen}
		}
	}
}

// unsettled returns what to ask about an offer of which several suites may be
// chosen; false if there is nothing to ask.
func (l *learning) unsettled(q Question) (Question, bool) {
	c := l.choice
	may := c.OfKE(q.Offer, q.KE)
	if len(may) < 2 {
		return Question{}, false
	}
	if m, ok := onlyMethod(may); ok {
		q.KE = m
	} else if !c.countsKE() {
		q.KE = ike.KE_NONE
	}
	if slices.ContainsFunc(may, func(s proposals.Suite) bool {
		return proposals.MethodOf(s[proposals.KE]) == q.KE && slices.ContainsFunc(s[:], func(a proposals.Algorithm) bool { return !l.can(a) })
	}) {
		return Question{}, false // it could not be closed
	}
	_, asked := l.known[q.key()]
	return q, !asked
}
