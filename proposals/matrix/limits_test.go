package matrix

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// A reader reads but a part of an offer, or none of a long one.
type reader struct {
	transforms, proposals int // that it reads of an offer; 0: all
	octets                int // above which it refuses; 0: none
}

// read returns what r looks at of o.
func (r reader) read(o Offer) Offer {
	octets := 0
	for _, p := range o.Products {
		octets += p.Octets()
	}
	if r.octets > 0 && octets > r.octets {
		return Offer{}
	}
	if r.proposals > 0 {
		o.Products = o.Products[:min(r.proposals, len(o.Products))]
	}
	if r.transforms > 0 {
		o.Products = slices.Clone(o.Products)
		for i := range o.Products {
			for a, list := range o.Products[i] {
				o.Products[i][a] = list[:min(r.transforms, len(list))]
			}
		}
	}
	return o
}

// asks returns an Ask that has g answer as r, and fails where an offer is longer
// than lim. What was asked is added to prior.
func (r reader) asks(t rapid.TB, g *gateway, lim Limits, prior *[]Asked) func([]Offer) []Answer {
	return func(offers []Offer) []Answer {
		answers := make([]Answer, len(offers))
		for i, o := range offers {
			if lim.beyond(o) {
				t.Fatalf("longer than %+v: %s", lim, offerString(o))
			}
			g.asked++
			answers[i] = g.answer(r.read(o))
			answers[i].Exchange = g.asked
			*prior = append(*prior, Asked{Offer: o, Answer: answers[i]})
		}
		return answers
	}
}

// TestLimitsThatChange: when a caller learns in the middle of a scan that the
// gateway does not read all of an offer, it goes on within the limits, and the
// matrix is as sound as that of a gateway that reads all.
func TestLimitsThatChange(t *testing.T) {
	t.Parallel()
	u := Classical()
	drawn, wrong := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		policy := randomPolicy(func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") }, u)
		g := gatewayOf(t, u, policy[:min(len(policy), 3)])
		var r reader
		var lim Limits
		switch rapid.SampledFrom([]string{"transforms", "proposals", "octets", "all"}).Draw(rt, "limit") {
		case "transforms":
			r.transforms = rapid.IntRange(4, 14).Draw(rt, "transforms")
		case "proposals":
			r.proposals = rapid.IntRange(1, 3).Draw(rt, "proposals")
		case "octets":
			r.octets = rapid.IntRange(120, 600).Draw(rt, "octets")
		default:
			r = reader{rapid.IntRange(5, 14).Draw(rt, "transforms"), 1, rapid.IntRange(150, 600).Draw(rt, "octets")}
		}
		lim = Limits{Transforms: r.transforms, Proposals: r.proposals, Octets: r.octets}
		// The first run does not know, and stops somewhere.
		var prior []Asked
		first := Planner{Universe: u, Hypotheses: []Hypothesis{{"right", g.policy}}, MaxOffers: rapid.IntRange(1, 60).Draw(rt, "stop"), Ask: r.asks(rt, g, Limits{}, &prior)}.Run()
		for _, p := range first.Products {
			if b, _ := u.box(p.Product); p.Basis == Observed && len(sets.Subtract([]sets.Box{b}, g.want()...)) != 0 {
				rt.Fatalf("%v is called observed", p.Product)
			}
		}
		m := Planner{
			Universe: u, Limits: lim, Prior: slices.Clone(prior), MaxOffers: thoroughOffers,
			Hypotheses: []Hypothesis{{"right", g.policy}}, Ask: r.asks(rt, g, lim, &prior),
		}.Run()
		g.isSound(rt, m)
		if drawn++; g.differ(m) != 0 {
			wrong++
		}
	})
	t.Logf("%d of %d policies wrong", wrong, drawn)
	if wrong > 2+drawn/50 { // inference may be, as without limits
		t.Errorf("%d of %d policies wrong", wrong, drawn)
	}
}

// TestTightestLimits: one suite an offer is all that can be asked; the likely
// ones come first, and the work is bounded. What is longer alone is not asked.
func TestTightestLimits(t *testing.T) {
	u := Standard()
	const most = 1000
	g := newGateway(t, u, "aes256-sha256-prfsha256-modp2048,aes256gcm16-prfsha384-ecp384")
	for _, tt := range []struct {
		name    string
		r       reader
		found   bool
		reasons []Reason
	}{
		{"one transform of a type in one proposal", reader{1, 1, 0}, true, []Reason{GaveUp}},
		{"60 octets", reader{0, 0, 60}, true, []Reason{GaveUp}},
		{"30 octets", reader{0, 0, 30}, false, []Reason{Unaskable}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lim := Limits{Transforms: tt.r.transforms, Proposals: tt.r.proposals, Octets: tt.r.octets}
			var asked []Asked
			m := Planner{Universe: u, Limits: lim, MaxOffers: most, Ask: tt.r.asks(t, g, lim, &asked)}.Run()
			var reasons []Reason
			for _, d := range m.Doubts {
				reasons = append(reasons, d.Reason)
			}
			if !slices.Equal(reasons, tt.reasons) || m.Proven {
				t.Errorf("doubts %v, want %v", reasons, tt.reasons)
			}
			if len(asked) > most || m.Accepted+m.Refused+m.NoAnswer+m.NotTested != m.Universe {
				t.Errorf("%d offers; %+v", len(asked), *m)
			}
			if found := m.Accepted == 2; found != tt.found || found && len(sets.Subtract(g.found(m), g.want()...)) != 0 {
				t.Errorf("%d accepted", m.Accepted)
			}
		})
	}
}

// TestRefusedBeyondLimits: a refusal of an offer that was too long says nothing,
// and what was taken of it still holds.
func TestRefusedBeyondLimits(t *testing.T) {
	u := Classical()
	parse := func(s string) Offer {
		ps, err := proposals.ParseProducts(s)
		if err != nil {
			t.Fatal(err)
		}
		return Offer{ps}
	}
	const suite = "aes256gcm16-prfsha384-ecp384"
	g := newGateway(t, u, suite)
	s := u.suite(g.boxes[0])
	long := parse("aes128-sha256-prfsha256-modp2048," + suite)
	for name, lim := range map[string]Limits{
		"proposals":  {Proposals: 1},
		"octets":     {Octets: 60},
		"transforms": {Transforms: 1},
	} {
		prior := []Asked{{Offer: long, Answer: Answer{State: Refused, Exchange: 1}}}
		if name == "transforms" {
			prior[0].Offer = parse("aes128gcm16-aes256gcm16-prfsha384-ecp384")
		}
		m := Planner{Universe: u, Limits: lim, Prior: prior, MaxOffers: 400, Ask: reader{}.asks(t, g, lim, new([]Asked))}.Run()
		if state, _ := m.State(s); state != Accepted {
			t.Errorf("%s: %v is %v", name, s, state)
		}
		m = Planner{Universe: u, Prior: prior, Ask: func(o []Offer) []Answer { return make([]Answer, len(o)) }}.Run()
		if state, _ := m.State(s); state != Refused {
			t.Errorf("%s, without limits: %v is %v", name, s, state)
		}
	}
	taken := []Asked{{Offer: long, Answer: Answer{State: Accepted, KE: s[proposals.KE], Exchange: 1}}}
	m := Planner{Universe: u, Limits: Limits{Proposals: 1}, Prior: taken, Ask: reader{}.asks(t, gatewayOf(t, u, nil), Limits{Proposals: 1}, new([]Asked))}.Run()
	if len(m.Contradictions) != 1 || !slices.Equal(m.Contradictions[0].Taken, []int{1}) {
		t.Errorf("what was taken of a long offer and refused in short ones: contradictions %+v", m.Contradictions)
	}
}

// TestOctets: a box is as long as its product.
func TestOctets(t *testing.T) {
	u := Deep()
	rapid.Check(t, func(rt *rapid.T) {
		b := rapid.SampledFrom(u.boxes).Draw(rt, "home")
		for a := range b {
			b[a] = randomSet(func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") }, b[a])
		}
		if got, want := u.octets(b), u.product(b).Octets(); got != want {
			rt.Fatalf("%v: %d octets, want %d", u.product(b), got, want)
		}
		if s := u.shortest(b); !s.IsCell() || !b.Holds(s) || u.octets(s) > u.octets(b) {
			rt.Fatalf("%v: the shortest is %v", u.product(b), u.product(s))
		}
	})
}
