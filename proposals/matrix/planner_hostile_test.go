package matrix

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/proposals"
)

// TestHostileAnswers: whatever comes back, a run ends within its bound, its
// counts add up, and it claims nothing that an answer denies.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	const most = 600 // and some 520 where everything is taken
	// Some suite of an offer, and the method of one.
	suite := func(r *rand.Rand, o Offer) proposals.Suite {
		p := o.Products[r.IntN(len(o.Products))]
		var s proposals.Suite
		for a, list := range p {
			s[a] = proposals.None(proposals.Axis(a))
			if len(list) > 0 {
				s[a] = list[r.IntN(len(list))]
			}
		}
		return s
	}
	method := func(r *rand.Rand, o Offer) proposals.Algorithm { return suite(r, o)[proposals.KE] }
	single := func(o Offer) bool { return len(o.Products) == 1 && o.Products[0].Size() == 1 }
	sometimes := func(percent int) func(*rand.Rand, Offer) Answer {
		return func(r *rand.Rand, o Offer) Answer {
			if r.IntN(100) < percent {
				return Answer{State: Accepted, KE: method(r, o)}
			}
			return Answer{State: Refused}
		}
	}

	for _, tt := range []struct {
		name   string
		answer func(*rand.Rand, Offer) Answer
		check  func(*Matrix) bool
	}{
		{"takes everything", func(*rand.Rand, Offer) Answer { return Answer{State: Accepted} },
			func(m *Matrix) bool { return m.Accepted == m.Universe && m.Proven }},
		{"takes everything, any method", sometimes(100),
			func(m *Matrix) bool { return m.Accepted == m.Universe && m.Proven }},
		{"takes everything, any suite", func(r *rand.Rand, o Offer) Answer {
			s := suite(r, o)
			return Answer{State: Accepted, Suite: &s}
		}, func(m *Matrix) bool { return m.Accepted == m.Universe && m.Proven }},
		{"answers nothing", func(*rand.Rand, Offer) Answer { return Answer{State: NoAnswer} },
			func(m *Matrix) bool { return m.NoAnswer == m.Universe && !m.Proven }},
		{"sends nothing", func(*rand.Rand, Offer) Answer { return Answer{} },
			func(m *Matrix) bool { return m.NotTested == m.Universe && !m.Proven }},
		{"names a method that was not offered", func(*rand.Rand, Offer) Answer {
			return Answer{State: Accepted, KE: proposals.Algorithm{Axis: proposals.KE, ID: 999}}
		}, func(m *Matrix) bool { return m.NoAnswer == m.Universe && len(m.Contradictions) == 0 }},
		{"names a suite that was not offered", func(r *rand.Rand, o Offer) Answer {
			s := suite(r, o)
			s[proposals.PRF].ID = 999
			return Answer{State: Accepted, Suite: &s}
		}, func(m *Matrix) bool { return m.NoAnswer == m.Universe && len(m.Contradictions) == 0 }},
		{"says yes to 1 in 100", sometimes(1), nil},
		{"says yes to 1 in 10", sometimes(10), nil},
		{"says yes to half", sometimes(50), nil},
		{"says no to 1 in 10", sometimes(90), nil},
		{"says no to 1 in 100", sometimes(99), nil},
		{"says yes, no or nothing", func(r *rand.Rand, o Offer) Answer {
			return Answer{State: State(1 + r.IntN(3)), KE: method(r, o)}
		}, nil},
		{"says yes to many and no to each", func(r *rand.Rand, o Offer) Answer {
			if single(o) {
				return Answer{State: Refused}
			}
			return Answer{State: Accepted, KE: method(r, o)}
		}, func(m *Matrix) bool { return len(m.Contradictions) > 0 }},
		{"says yes to many and nothing to each", func(r *rand.Rand, o Offer) Answer {
			if single(o) {
				return Answer{State: NoAnswer}
			}
			return Answer{State: Accepted, KE: method(r, o)}
		}, func(m *Matrix) bool { return m.Refused == 0 && m.Accepted < most }},
		{"asked in parts that hold nothing", func(*rand.Rand, Offer) Answer {
			return Answer{Parts: []Part{{Answer: Answer{State: Refused}}}}
		}, func(m *Matrix) bool { return m.Accepted == 0 && m.Refused == 0 }},
	} {
		for _, exhaustive := range []bool{false, true} {
			name := tt.name
			if exhaustive {
				name += ", exhaustive"
			}
			t.Run(name, func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, 2))
				asked := 0
				var refused []proposals.Product
				m := Planner{Universe: Standard(), Exhaustive: exhaustive, MaxOffers: most, Ask: func(offers []Offer) []Answer {
					answers := make([]Answer, len(offers))
					for i, o := range offers {
						asked++
						answers[i] = tt.answer(r, o)
						answers[i].Exchange = asked
						if answers[i].State == Refused {
							refused = append(refused, o.Products...)
						}
					}
					return answers
				}}.Run()
				t.Logf("%d exchanges: %d accepted, %d refused, %d no answer, %d not tested, %d products, %d contradictions",
					asked, m.Accepted, m.Refused, m.NoAnswer, m.NotTested, len(m.Products), len(m.Contradictions))
				if asked > most {
					t.Errorf("%d offers, want at most %d", asked, most)
				}
				// It says that it gave up exactly where it was not done.
				gaveUp := slices.ContainsFunc(m.Doubts, func(d Doubt) bool { return d.Reason == GaveUp })
				if m.Spent != 0 && m.Spent != most || gaveUp != (m.Spent != 0 && m.NotTested > 0) || gaveUp && asked != most {
					t.Errorf("given up after %d offers, of %d; %d not tested", m.Spent, asked, m.NotTested)
				}
				if m.Proven != (len(m.Doubts) == 0) || m.Proven != (m.NoAnswer+m.NotTested == 0 && len(m.Contradictions) == 0) {
					t.Errorf("proven: %v, doubts %v", m.Proven, m.Doubts)
				}
				if m.Accepted+m.Refused+m.NoAnswer+m.NotTested != m.Universe || min(m.Accepted, m.Refused, m.NoAnswer, m.NotTested) < 0 {
					t.Errorf("the counts do not add up: %+v", *m)
				}
				if !exhaustive && tt.check != nil && !tt.check(m) {
					t.Errorf("%d accepted, %d refused, %d without an answer, %d not tested; proven %v, %d contradictions",
						m.Accepted, m.Refused, m.NoAnswer, m.NotTested, m.Proven, len(m.Contradictions))
				}
				denied := func(s proposals.Suite) bool {
					return slices.ContainsFunc(refused, func(p proposals.Product) bool { return p.Contains(s) })
				}
				for range 1000 {
					for _, p := range m.Products {
						if s := suite(r, Offer{[]proposals.Product{p.Product}}); denied(s) {
							t.Fatalf("%v was refused, and is called accepted", s)
						}
						if r.IntN(len(m.Products)) > 10 {
							break
						}
					}
					s := suite(r, Offer{m.Asked})
					// What is contested is denied and undecided.
					if state, _ := m.State(s); state == Refused != denied(s) && !(state == NoAnswer && len(m.Contradictions) > 0) {
						t.Fatalf("%v is called %v; refused: %v", s, state, denied(s))
					}
				}
			})
		}
	}
}

// TestContradictions: a suite that was taken and refused is named, whichever
// came first, and is not called accepted.
func TestContradictions(t *testing.T) {
	const policy = "aes256gcm16-prfsha384-ecp384-x25519"
	u := Standard()
	products, err := proposals.ParseProducts(policy)
	if err != nil {
		t.Fatal(err)
	}
	s := u.suite(newGateway(t, u, "aes256gcm16-prfsha384-ecp384").boxes[0])
	taken := Asked{Offer: Offer{products}, Answer: Answer{State: Accepted, KE: s[proposals.KE], Exchange: 1}}
	refused := Asked{Offer: Offer{[]proposals.Product{s.Product()}}, Answer: Answer{State: Refused, Exchange: 2}}
	for name, prior := range map[string][]Asked{"taken first": {taken, refused}, "refused first": {refused, taken}} {
		t.Run(name, func(t *testing.T) {
			g := gatewayOf(t, u, nil)
			g.asked = 2
			m := Planner{Universe: u, Prior: prior, Ask: func(o []Offer) []Answer { return g.ask(t, o) }}.Run()
			// It is asked again twice.
			want := []Contradiction{{s, []int{1}, []int{2, 3, 4}}}
			if !reflect.DeepEqual(m.Contradictions, want) {
				t.Errorf("contradictions: %+v, want %+v", m.Contradictions, want)
			}
			if state, _ := m.State(s); state != Refused {
				t.Errorf("%v is %v, want refused", s, state)
			}
		})
	}
}
