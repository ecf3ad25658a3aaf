package matrix

import (
	"math/rand/v2"
	"testing"

	"github.com/ikescope/ikescope/proposals"
)

// TestTangledAnswers: refusals at random cut the universe into more pieces than
// memory holds. The search ends then, and says what it does not know.
func TestTangledAnswers(t *testing.T) {
	t.Parallel()
	u := Standard()
	r := rand.New(rand.NewPCG(1, 2))
	var prior []Asked
	for range 600 {
		p := u.Products()[r.IntN(len(u.Products()))]
		for axis, list := range p {
			var some []proposals.Algorithm
			for _, a := range list {
				if r.IntN(4) > 0 {
					some = append(some, a)
				}
			}
			if len(some) > 0 {
				p[axis] = some
			}
		}
		a := Asked{Offer: Offer{[]proposals.Product{p}}, Answer: Answer{State: Refused, Exchange: len(prior) + 1}}
		if r.IntN(20) == 0 {
			a.Answer.State = Accepted
		}
		prior = append(prior, a)
	}
	asked := 0
	m := Planner{Universe: u, Prior: prior, MaxOffers: 2000, Ask: func(offers []Offer) []Answer {
		answers := make([]Answer, len(offers))
		for i := range answers {
			asked++
			answers[i] = Answer{State: []State{Accepted, Refused}[r.IntN(2)], Exchange: len(prior) + asked}
		}
		return answers
	}}.Run()
	if m.Proven || len(m.Doubts) == 0 || m.NotTested == 0 {
		t.Errorf("proven %t, doubts %v, %d not tested", m.Proven, m.Doubts, m.NotTested)
	}
	if m.Accepted+m.Refused+m.NoAnswer+m.NotTested != m.Universe || m.Refused < 0 {
		t.Errorf("%d accepted, %d refused, %d and %d undecided are not %d", m.Accepted, m.Refused, m.NoAnswer, m.NotTested, m.Universe)
	}
}
