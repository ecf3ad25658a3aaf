package matrix

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

// held returns the hypotheses of a scan.
func held() []Hypothesis {
	var all []Hypothesis
	for name, products := range client.Held() {
		all = append(all, Hypothesis{name, products})
	}
	return all
}

// guided returns what g's policy costs with hypotheses, and the matrix.
func (g *gateway) guided(t testing.TB, hypotheses []Hypothesis) (*Matrix, int) {
	g.asked = 0
	m := Planner{Universe: g.u, Hypotheses: hypotheses, Ask: func(o []Offer) []Answer { return g.ask(t, o) }}.Run()
	return m, g.asked
}

// TestKnownPolicies: a gateway that holds a well-known policy is found exactly,
// by at most twice as many exchanges as by one who is told. Two policies are
// above that: of many ciphers, PRFs and integrity algorithms each pair is seen.
func TestKnownPolicies(t *testing.T) {
	u := Standard()
	above := []string{"android-12", "cisco-ios"}
	hypotheses := held()
	for _, p := range client.Policies() {
		g := gatewayOf(t, u, p.Offer)
		told := toldCost(t, g).exchanges
		m, asked := g.guided(t, hypotheses)
		if n := g.differ(m); n != 0 || !m.Proven {
			t.Errorf("%s: %d suites wrong, proven: %v", p.Name, n, m.Proven)
		}
		if !slices.Contains(m.Fits, p.Name) {
			t.Errorf("%s: fits %q", p.Name, m.Fits)
		}
		if over := asked > 2*int(told); over != slices.Contains(above, p.Name) {
			t.Errorf("%s: %d exchanges, told %d", p.Name, asked, told)
		}
		if _, blind := g.guided(t, nil); asked > blind {
			t.Errorf("%s: %d exchanges, without hypotheses %d", p.Name, asked, blind)
		}
	}
}

// TestKnownSuites: the same of gateways that take one suite that well-known
// clients offer, but for the least likely one.
func TestKnownSuites(t *testing.T) {
	const above = "des-md5-prfmd5-modp1024"
	u := Standard()
	hypotheses := held()
	seen := make(map[proposals.Suite]bool)
	n, sum := 0, 0
	for _, h := range hypotheses {
		if len(h.Products) != 1 || h.Products[0].Size() != 1 {
			continue
		}
		for s := range h.Products[0].Suites() {
			if seen[s] {
				continue
			}
			seen[s] = true
			g := gatewayOf(t, u, h.Products)
			told := toldCost(t, g).exchanges
			m, asked := g.guided(t, hypotheses)
			if over := asked > 2*int(told); over != (s.String() == above) || g.differ(m) != 0 || !m.Proven || !m.Observed(s) {
				t.Errorf("%v: %d exchanges, told %d; %d suites wrong, proven: %v, observed: %v", s, asked, told, g.differ(m), m.Proven, m.Observed(s))
			}
			n, sum = n+1, sum+asked
		}
	}
	t.Logf("%d suites, %d exchanges each on average", n, sum/n)
	if n < 30 {
		t.Errorf("%d suites of well-known clients, want more", n)
	}
}

// TestWrongHypothesesCostLittle: over policies that are none of the hypotheses
// a scan costs on average hardly more than without them.
func TestWrongHypothesesCostLittle(t *testing.T) {
	t.Parallel()
	u := Standard()
	hypotheses := held()
	var costs []int // what they cost, for each policy
	sum, blind := 0, 0
	for seed := range misleadingPolicies() {
		r := rand.New(rand.NewPCG(seed, 3))
		policy := randomPolicy(r.IntN, u)
		g := gatewayOf(t, u, policy[:min(len(policy), 1+r.IntN(8))])
		_, with := g.guided(t, hypotheses)
		_, without := g.guided(t, nil)
		costs = append(costs, with-without)
		sum += with
		blind += without
	}
	slices.Sort(costs)
	n := len(costs)
	t.Logf("%d policies, %d exchanges each on average, without hypotheses %d; more by %d in the middle, %d in nine of ten", n, sum/n, blind/n, costs[n/2], costs[n*9/10])
	if sum > blind+3*n || costs[n/2] > 2 || costs[n*9/10] > 8 {
		t.Errorf("wrong hypotheses cost %d exchanges on average, %d in the middle, %d in nine of ten", (sum-blind)/n, costs[n/2], costs[n*9/10])
	}
}

// TestHypothesesAreNotBelieved: whatever is supposed, and be it nearly right,
// the matrix is sound.
func TestHypothesesAreNotBelieved(t *testing.T) {
	t.Parallel()
	u := Standard()
	rapid.Check(t, func(rt *rapid.T) {
		pick := func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") }
		policy := randomPolicy(pick, u)
		var hypotheses []Hypothesis
		for range pick(4) {
			hypotheses = append(hypotheses, Hypothesis{"random", randomPolicy(pick, u)})
		}
		for range pick(4) { // like the policy, but on an axis of a product, or without one
			like := slices.Clone(policy)
			i := pick(len(like))
			if pick(3) == 0 && len(like) > 1 {
				like = slices.Delete(like, i, i+1)
			} else {
				b, _ := u.box(like[i])
				for _, home := range u.boxes {
					if home.Holds(b) {
						a := pick(proposals.NumAxes)
						b[a] = randomSet(pick, home[a])
					}
				}
				like[i] = u.product(b)
			}
			hypotheses = append(hypotheses, Hypothesis{"like it", like})
		}
		hypotheses = rapid.Permutation(hypotheses).Draw(rt, "hypotheses")
		g := gatewayOf(t, u, policy)
		a := make(alone)
		m := Planner{Universe: u, Hypotheses: hypotheses, Ask: a.watch(t, g)}.Run()
		g.isSound(rt, m)
		a.holds(rt, u, m)
	})
}

// TestPriorWithHypotheses: what was asked is not asked again.
func TestPriorWithHypotheses(t *testing.T) {
	u := Standard()
	hypotheses := held()
	for _, tt := range policies[1:] {
		g := newGateway(t, u, tt.policy)
		for _, stop := range []int{1, 13, 17, 25, 40} {
			var prior []Asked
			g.asked = 0
			Planner{Universe: u, Hypotheses: hypotheses, Ask: func(offers []Offer) []Answer {
				answers := g.ask(t, offers)
				for i := range answers {
					if len(prior) >= stop {
						answers[i] = Answer{}
						continue
					}
					prior = append(prior, Asked{Offer: offers[i], Answer: answers[i]})
				}
				return answers
			}}.Run()
			seen := make(map[string]bool)
			for _, a := range prior {
				seen[offerString(a.Offer)] = true
			}
			m := Planner{Universe: u, Hypotheses: hypotheses, Prior: prior, Ask: func(offers []Offer) []Answer {
				for _, o := range offers {
					if seen[offerString(o)] {
						t.Errorf("%s, stopped after %d: asked again: %s", tt.name, stop, offerString(o))
					}
				}
				return g.ask(t, offers)
			}}.Run()
			if n := g.differ(m); n != 0 || !m.Proven {
				t.Errorf("%s, stopped after %d: %d suites wrong, proven %v", tt.name, stop, n, m.Proven)
			}
		}
	}
}

// TestFits: a hypothesis fits if it says all that is accepted, in whatever
// pieces, and no more.
func TestFits(t *testing.T) {
	u := Standard()
	parse := func(name, s string) Hypothesis {
		ps, err := proposals.ParseProducts(s)
		if err != nil {
			t.Fatal(err)
		}
		return Hypothesis{name, ps}
	}
	g := newGateway(t, u, "aes128-aes256-sha256-prfsha256-modp2048")
	m, _ := g.guided(t, []Hypothesis{
		parse("less", "aes128-sha256-prfsha256-modp2048"),
		parse("in pieces", "aes256-sha256-prfsha256-modp2048,aes128-sha256-prfsha256-modp2048"),
		parse("more", "aes128-aes256-sha256-prfsha256-modp2048,aes256gcm16-prfsha256-modp2048"),
		parse("whole", "aes128-aes256-sha256-prfsha256-modp2048"),
	})
	if !slices.Equal(m.Fits, []string{"in pieces", "whole"}) {
		t.Errorf("fits %q", m.Fits)
	}
	if m, _ := gatewayOf(t, u, nil).guided(t, held()); len(m.Fits) != 0 {
		t.Errorf("a gateway that takes nothing fits %q", m.Fits)
	}
}
