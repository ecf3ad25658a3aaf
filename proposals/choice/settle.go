package choice

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// settle asks which suite is chosen from each of Offers for which several may be:
// once for the method, which leaves no state, where that may show it or where
// none is likelier, and once with that method. A contradiction takes back what was
// learnt, and begins it again. It ends, since no question is asked twice.
func (r *run) settle() {
	for {
		ask := r.unsettled()
		if len(ask) == 0 {
			return
		}
		for i, p := range r.Ask(ask) {
			r.known[ask[i].key()] = p
			if p.KE != ike.KE_NONE {
				r.choice.Seen = append(r.choice.Seen, Chosen{ask[i], p})
			}
		}
		if slices.ContainsFunc(r.choice.Seen, r.choice.Contradicts) {
			r.choice = Choice{Accepted: r.Accepted, Seen: r.choice.Seen}
		}
	}
}

// unsettled returns what to ask about Offers, no two questions that are one to
// the responder.
func (r *run) unsettled() []Question {
	var ask []Question
	for _, q := range r.Offers {
		q, ok := r.unsettledOf(q)
		if ok && !slices.ContainsFunc(ask, func(other Question) bool { return r.choice.Same(q, other) }) {
			ask = append(ask, q)
		}
	}
	return ask
}

// unsettledOf returns what to ask about an offer from which several suites may be
// chosen; false if there is nothing to ask.
func (r *run) unsettledOf(q Question) (Question, bool) {
	may := r.choice.OfKE(q.Offer, q.KE)
	if len(may) < 2 {
		return Question{}, false
	}
	if m, ok := onlyMethod(may); ok {
		q.KE = m
	} else if !r.choice.countsKE() {
		q.KE = ike.KE_NONE
	}
	if slices.ContainsFunc(may, func(s proposals.Suite) bool {
		return proposals.MethodOf(s[proposals.KE]) == q.KE &&
			slices.ContainsFunc(s[:], func(a proposals.Algorithm) bool { return !r.computable(a) })
	}) {
		return Question{}, false // its IKE SA could not be closed
	}
	_, asked := r.known[q.key()]
	return q, !asked
}
