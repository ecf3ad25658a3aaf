package evidence

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Contradiction is an answer of a scan that denies what its result says of a
// suite.
type Contradiction struct {
	Suite proposals.Suite
	// Says is the state that the result gives it: Accepted, or Refused.
	Says matrix.State
	// Exchange is the number of the one that says otherwise, and Evidence those
	// that the result rests on.
	Exchange int
	Evidence []int
}

// Contradictions holds a result against all of its own exchanges, whatever they
// were for, and returns where they deny it, at most one for each exchange. It is
// pure: a result that was read from a file can be held so, too.
//
// A refusal counts where no is an answer to the question, and not to its KE
// payload: that is so of a question that was answered yes another time. It is so,
// too, if the gateway was seen to say yes to the same kind of question, by
// INVALID_KE_PAYLOAD: with a KE payload of a method that is not offered, of one
// offered beside others, or of the only one that is offered; and where nothing
// accepted is offered but with the method of the KE payload. And where a suite of that
// method was chosen another time, unless the gateway refuses for KE payloads alone. The first packets of
// clients may hold more than their suites, so a refusal of one denies nothing, nor does a
// doubtful one. A doubtful acceptance, beside which another answer said no, does: it may be
// the gateway's.
func Contradictions(r Result) []Contradiction {
	m := r.Matrix
	if m == nil {
		return nil
	}
	var answered [QuestionKinds]bool
	for _, x := range r.Exchanges {
		if !x.Doubtful && x.Outcome == initiator.InvalidKEPayload && x.Taken() {
			answered[KindOf(x)] = true
		}
	}
	answered[OwnKE] = true // there is nothing else that it can refuse
	taken := takenQuestions(r.Exchanges)
	blind := slices.ContainsFunc(r.Notes, func(n Note) bool { return n.Kind == NoteBlindRefusal || n.Kind == NoteBlindUnread })
	var out []Contradiction
	for _, x := range r.Exchanges {
		if x.Type != ike.IKE_SA_INIT {
			continue
		}
		switch {
		case x.Outcome == initiator.NoProposalChosen && !x.Doubtful && x.Purpose != PurposeClient:
			if yes, ok := taken[questionOf(x)]; ok {
				s, _ := MeantBy(yes)[0].First()
				out = append(out, Contradiction{s, matrix.Accepted, x.ID, []int{yes.ID}})
			} else if yes, ok := chosenFrom(r.Exchanges, x); ok && !blind {
				out = append(out, Contradiction{*yes.Suite, matrix.Accepted, x.ID, []int{yes.ID}})
			} else if s, evidence, ok := acceptedOf(m, x.Offer); ok && (answered[KindOf(x)] || onlyOf(m, x.Offer, x.KE)) {
				out = append(out, Contradiction{s, matrix.Accepted, x.ID, evidence})
			}
		case x.Taken() && (!x.Doubtful || x.Outcome == initiator.Accepted):
			if s, evidence, ok := refusedWhole(m, MeantBy(x)); ok {
				out = append(out, Contradiction{s, matrix.Refused, x.ID, evidence})
			}
		}
	}
	return out
}

// asked is a question, whatever it was for.
type asked struct {
	offer string
	ke    ike.KeyExchangeMethod
}

func questionOf(x Exchange) asked { return asked{fmt.Sprint(x.Offer), x.KE} }

// takenQuestions returns the first exchange of each question that was taken.
func takenQuestions(exchanges []Exchange) map[asked]Exchange {
	out := make(map[asked]Exchange)
	for _, x := range exchanges {
		if x.Doubtful || x.Type != ike.IKE_SA_INIT || !x.Taken() || x.Purpose == PurposeClient {
			continue
		}
		if q := questionOf(x); out[q].ID == 0 {
			out[q] = x
		}
	}
	return out
}

// chosenFrom returns an exchange that was accepted with a suite of the offer of x, which
// x had the KE payload for.
func chosenFrom(exchanges []Exchange, x Exchange) (Exchange, bool) {
	i := slices.IndexFunc(exchanges, func(y Exchange) bool {
		return !y.Doubtful && y.Type == ike.IKE_SA_INIT && y.Outcome == initiator.Accepted && y.Taken() && y.Purpose != PurposeClient &&
			ike.KeyExchangeMethod(y.Suite[proposals.KE].ID) == x.KE &&
			slices.ContainsFunc(x.Offer, func(p proposals.Product) bool { return p.Contains(*y.Suite) })
	})
	if i < 0 {
		return Exchange{}, false
	}
	return exchanges[i], true
}

// onlyOf reports whether all suites of offer that m says are accepted have the
// method ke.
func onlyOf(m *matrix.Matrix, offer []proposals.Product, ke ike.KeyExchangeMethod) bool {
	_, _, other := acceptedOf(m, offers.WithoutMethod(offer, ke))
	return !other
}

// MeantBy returns the suites of which a taken offer says that one is accepted.
func MeantBy(x Exchange) []proposals.Product {
	if x.Suite != nil {
		return []proposals.Product{x.Suite.Product()}
	}
	return offers.OfMethod(x.Offer, x.Group)
}

// acceptedOf returns a suite of offer that m says is accepted.
func acceptedOf(m *matrix.Matrix, offer []proposals.Product) (proposals.Suite, []int, bool) {
	for _, r := range m.Products {
		for _, p := range offer {
			if both, ok := p.Intersect(r.Product); ok {
				s, _ := both.First()
				return s, r.Evidence, true
			}
		}
	}
	return proposals.Suite{}, nil, false
}

// refusedWhole returns a suite of offer if m says that all of them are refused.
// What lies outside of what was asked about is not.
func refusedWhole(m *matrix.Matrix, offer []proposals.Product) (proposals.Suite, []int, bool) {
	for _, p := range offer {
		for _, r := range m.Products {
			if p.Overlaps(r.Product) {
				return proposals.Suite{}, nil, false
			}
		}
		for _, u := range m.Undecided {
			if p.Overlaps(u.Product) {
				return proposals.Suite{}, nil, false
			}
		}
	}
	beyond, err := matrix.Difference(offer, m.Asked)
	if err != nil || len(beyond) > 0 || len(offer) == 0 {
		return proposals.Suite{}, nil, false
	}
	s, _ := offer[0].First()
	_, evidence := m.State(s)
	return s, evidence, true
}

// ChosenAndRefused returns a suite that was chosen from one offer, be it in one of two
// answers, and refused in another offer, and the two exchanges; nil if there is none.
func ChosenAndRefused(exchanges []Exchange) (suite *proposals.Suite, chosen, refused int) {
	for _, x := range exchanges {
		if x.Outcome != initiator.Accepted || x.Suite == nil || x.Type != ike.IKE_SA_INIT {
			continue
		}
		for _, y := range exchanges {
			if y.Outcome == initiator.NoProposalChosen && !y.Doubtful && y.Purpose != PurposeClient &&
				y.KE == ike.KeyExchangeMethod(x.Suite[proposals.KE].ID) &&
				slices.ContainsFunc(y.Offer, func(p proposals.Product) bool { return p.Contains(*x.Suite) }) {
				return x.Suite, x.ID, y.ID
			}
		}
	}
	return nil, 0, 0
}
