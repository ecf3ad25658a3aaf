package matrix

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/proposals"
)

// alone are the exchanges in which a gateway took a suite that alone was
// offered.
type alone map[proposals.Suite][]int

// watch returns an Ask that has g answer, and records in a what it took alone.
func (a alone) watch(t testing.TB, g *gateway) func([]Offer) []Answer {
	return func(offers []Offer) []Answer {
		answers := g.ask(t, offers)
		for i, o := range offers {
			if answers[i].State == Accepted && len(o.Products) == 1 && o.Products[0].Size() == 1 {
				for s := range o.Products[0].Suites() {
					a[s] = append(a[s], answers[i].Exchange)
				}
			}
		}
		return answers
	}
}

// holds fails t unless what m calls observed was taken alone, and each product
// has a suite that was.
func (a alone) holds(t *rapid.T, u *Universe, m *Matrix) {
	for _, r := range m.Products {
		b, _ := u.box(r.Product)
		samples := 0
		for s, ids := range a {
			cell, _ := u.box(s.Product())
			if !b.Holds(cell) {
				continue
			}
			samples++
			if !m.Observed(s) {
				t.Fatalf("%v was taken alone, and is not called observed", s)
			}
			for _, id := range ids {
				if !slices.Contains(r.Evidence, id) {
					t.Fatalf("%v: the evidence %v lacks exchange %d, in which %v was taken", r.Product, r.Evidence, id, s)
				}
			}
		}
		switch {
		case samples == 0:
			t.Fatalf("%v: no suite of it was asked about alone", r.Product)
		case samples != r.Samples:
			t.Fatalf("%v: %d samples, want the %d that were taken alone", r.Product, r.Samples, samples)
		case r.Basis == Observed != (int64(samples) == r.Product.Size()):
			t.Fatalf("%v is %v, %d of its %d suites were taken alone", r.Product, r.Basis, samples, r.Product.Size())
		}
	}
	for s := range m.observed {
		if a[s] == nil {
			t.Fatalf("%v is called observed, and was not taken alone", s)
		}
	}
}

// TestNotObserved: a gateway that says yes to many and answers no suite alone
// is not said to accept any.
func TestNotObserved(t *testing.T) {
	for name, state := range map[string]State{"refused alone": Refused, "no answer alone": NoAnswer} {
		t.Run(name, func(t *testing.T) {
			u := Standard()
			g := newGateway(t, u, openIKEDDefault)
			g.reply = func(_ int, o Offer, a Answer) Answer {
				if len(o.Products) == 1 && o.Products[0].Size() == 1 {
					a.State = state
				}
				return a
			}
			m := Planner{Universe: u, MaxOffers: 400, Ask: func(o []Offer) []Answer { return g.ask(t, o) }}.Run()
			if m.Accepted != 0 || len(m.Products) != 0 || m.Proven {
				t.Errorf("%d accepted in %d products, proven: %v", m.Accepted, len(m.Products), m.Proven)
			}
		})
	}
}

// TestNamedWhole: an accepted answer names a suite, which is then observed.
func TestNamedWhole(t *testing.T) {
	u := Standard()
	g := newGateway(t, u, openIKEDDefault)
	suite := u.suite(g.boxes[0].First())
	m := Planner{Universe: u, MaxOffers: 1, Prior: []Asked{
		{Offer: Offer{u.Products()[:1]}, Answer: Answer{State: Accepted, Suite: &suite, Exchange: 7}},
	}, Ask: func(o []Offer) []Answer { return make([]Answer, len(o)) }}.Run()
	state, ids := m.State(suite)
	if !m.Observed(suite) || state != Accepted || !slices.Equal(ids, []int{7}) {
		t.Errorf("%v: observed %v, state %v by %v, want accepted by 7", suite, m.Observed(suite), state, ids)
	}
}

// TestFirstObserved: it is the first of the product, as enumerating finds it.
func TestFirstObserved(t *testing.T) {
	u := Standard()
	m := newGateway(t, u, openIKEDDefault).scan(t)
	for _, r := range m.Products {
		want, found := proposals.Suite{}, false
		for s := range r.Product.Suites() {
			if m.Observed(s) {
				want, found = s, true
				break
			}
		}
		if got, ok := m.FirstObserved(r.Product); !found || !ok || got != want {
			t.Errorf("%v: %v, %v, want %v", r.Product, got, ok, want)
		}
	}
	if s, ok := m.FirstObserved(mustProduct(t, "des-md5-prfmd5-modp768")); ok {
		t.Errorf("%v is observed", s)
	}
}

func mustProduct(t *testing.T, keywords string) proposals.Product {
	t.Helper()
	p, err := proposals.ParseProduct(keywords)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
