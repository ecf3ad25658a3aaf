package matrix

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/proposals"
)

// TestAskedAgain: an answer that others contradict counts or not by what comes
// when it is asked again, and is told in any case.
func TestAskedAgain(t *testing.T) {
	u := Standard()
	products, err := proposals.ParseProducts("aes256gcm16-prfsha384-ecp384-x25519")
	if err != nil {
		t.Fatal(err)
	}
	suite := u.suite(newGateway(t, u, "aes256gcm16-prfsha384-ecp384").boxes[0])
	prior := []Asked{
		{Offer: Offer{products}, Answer: Answer{State: Accepted, KE: suite[proposals.KE], Exchange: 1}},
		{Offer: Offer{[]proposals.Product{suite.Product()}}, Answer: Answer{State: Refused, Exchange: 2}},
	}
	part := func(state State, id int) Answer {
		return Answer{Parts: []Part{{products, Answer{State: state, KE: suite[proposals.KE], Exchange: id}}}}
	}
	for _, tt := range []struct {
		name    string
		again   []Answer // to the first offer, one after the other
		state   State
		taken   []int
		refused []int
		doubts  []Reason
	}{
		{"refused twice", []Answer{{State: Refused, Exchange: 11}, {State: Refused, Exchange: 12}},
			Refused, []int{1}, []int{2, 11, 12}, []Reason{Contradicted}},
		{"refused twice in parts", []Answer{part(Refused, 11), part(Refused, 12)},
			Refused, []int{1}, []int{2, 11, 12}, []Reason{Contradicted}},
		{"taken", []Answer{{State: Accepted, KE: suite[proposals.KE], Exchange: 11}},
			NoAnswer, []int{1, 11}, []int{2}, []Reason{Contradicted}},
		{"taken in parts", []Answer{part(Accepted, 11)},
			NoAnswer, []int{1, 11}, []int{2}, []Reason{Contradicted}},
		{"refused and taken", []Answer{{State: Refused, Exchange: 11}, {State: Accepted, Exchange: 12}},
			NoAnswer, []int{1, 12}, []int{2, 11}, []Reason{Contradicted}},
		{"no answer", []Answer{{State: NoAnswer, Exchange: 11}},
			NoAnswer, []int{1}, []int{2}, []Reason{Contradicted}},
		{"not sent", []Answer{{}},
			NoAnswer, []int{1}, []int{2}, []Reason{Contradicted, RanOut}},
		{"refused by a doubtful control", []Answer{{State: Refused, Exchange: 11, Doubtful: true}, {State: Refused, Exchange: 12}},
			Refused, []int{1}, []int{2, 11, 12}, []Reason{Contradicted, Uncertain}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			again := tt.again
			g := gatewayOf(t, u, nil)
			g.asked = 100
			m := Planner{Universe: u, Prior: prior, Ask: func(offers []Offer) []Answer {
				answers := g.ask(t, offers)
				for i, o := range offers {
					if len(o.Products) == 1 && o.Products[0].String() == products[0].String() && len(again) > 0 {
						answers[i], again = again[0], again[1:]
					}
				}
				return answers
			}}.Run()
			if len(again) != 0 {
				t.Errorf("%d times not asked", len(again))
			}
			if len(m.Contradictions) != 1 {
				t.Fatalf("contradictions %+v, want one", m.Contradictions)
			}
			c := m.Contradictions[0]
			if c.Suite != suite || !slices.Equal(c.Taken, tt.taken) || !slices.Equal(c.Refused, tt.refused) {
				t.Errorf("%v, taken in %v and refused in %v, want %v and %v", c.Suite, c.Taken, c.Refused, tt.taken, tt.refused)
			}
			state, ids := m.State(suite)
			if state != tt.state || state == NoAnswer && !slices.Equal(ids, ascending(slices.Concat(tt.taken, tt.refused))) {
				t.Errorf("%v is %v by %v, want %v", suite, state, ids, tt.state)
			}
			if m.Accepted != 0 || m.Proven {
				t.Errorf("%d accepted, proven %v", m.Accepted, m.Proven)
			}
			var reasons []Reason
			for _, d := range m.Doubts {
				reasons = append(reasons, d.Reason)
			}
			if !slices.Equal(reasons, tt.doubts) || !slices.Equal(m.Doubts[0].Exchanges, ascending(slices.Concat(tt.taken, tt.refused))) {
				t.Errorf("doubts %+v, want %v", m.Doubts, tt.doubts)
			}
		})
	}
}

// TestResumedContradiction: what was asked again is not asked again by the run
// that goes on.
func TestResumedContradiction(t *testing.T) {
	u := Standard()
	g := newGateway(t, u, openIKEDDefault)
	var prior []Asked
	ask := func(offers []Offer) []Answer {
		answers := g.ask(t, offers)
		for i, o := range offers {
			prior = append(prior, Asked{Offer: o, Answer: answers[i]})
		}
		return answers
	}
	g.reply = func(n int, o Offer, a Answer) Answer {
		if n == 5 { // of what is refused
			a.State, a.KE = Accepted, proposals.Algorithm{}
		}
		return a
	}
	m := Planner{Universe: u, Ask: ask}.Run()
	if len(m.Contradictions) != 1 || m.Proven || g.differ(m) != 0 {
		t.Fatalf("%d contradictions, proven %v, %d suites wrong", len(m.Contradictions), m.Proven, g.differ(m))
	}
	again := Planner{Universe: u, Prior: prior, Ask: func(offers []Offer) []Answer {
		for _, o := range offers {
			if slices.ContainsFunc(prior, func(a Asked) bool { return offerString(a.Offer) == offerString(o) }) {
				t.Errorf("asked again: %s", offerString(o))
			}
		}
		return g.ask(t, offers)
	}}.Run()
	if len(again.Contradictions) != 1 || again.Proven || again.Accepted != m.Accepted {
		t.Errorf("%d contradictions, proven %v, %d accepted", len(again.Contradictions), again.Proven, again.Accepted)
	}
}

// TestUnreliableGateway: where a gateway takes or refuses some offers against its
// policy, at random, nothing false is proven, each contradiction is true, and
// the work is bounded.
func TestUnreliableGateway(t *testing.T) {
	t.Parallel()
	u := Standard()
	rapid.Check(t, func(rt *rapid.T) {
		g := gatewayOf(t, u, randomPolicy(func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") }, u))
		yes, no := rapid.IntRange(0, 20).Draw(rt, "percent taken"), rapid.IntRange(0, 20).Draw(rt, "percent refused")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 4))
		answers := make(map[int]State)
		lies := 0
		g.reply = func(n int, o Offer, a Answer) Answer {
			if chance := map[State]int{Accepted: no, Refused: yes}[a.State]; r.IntN(100) < chance {
				lies++
				a.KE = proposals.Algorithm{}
				a.State = Accepted + Refused - a.State
			}
			answers[n] = a.State
			return a
		}
		hypotheses := []Hypothesis{{"right", g.policy}}
		m := Planner{Universe: u, Hypotheses: hypotheses, MaxOffers: 400, Ask: func(o []Offer) []Answer { return g.ask(t, o) }}.Run()
		for _, c := range m.Contradictions {
			for ids, state := range map[*[]int]State{&c.Taken: Accepted, &c.Refused: Refused} {
				for _, id := range *ids {
					if answers[id] != state {
						rt.Fatalf("%v: exchange %d is called %v, and was %v", c.Suite, id, state, answers[id])
					}
				}
				if len(*ids) == 0 {
					rt.Fatalf("%v: contradicted by nothing: %+v", c.Suite, c)
				}
			}
			if state, _ := m.State(c.Suite); state == Accepted {
				rt.Fatalf("%v is contradicted and accepted", c.Suite)
			}
		}
		if m.Proven != (len(m.Doubts) == 0) || m.Accepted+m.Refused+m.NoAnswer+m.NotTested != m.Universe {
			rt.Fatalf("proven %v, doubts %v, %+v", m.Proven, m.Doubts, *m)
		}
		if lies == 0 && m.Spent == 0 {
			g.isSound(rt, m)
		}
	})
}
