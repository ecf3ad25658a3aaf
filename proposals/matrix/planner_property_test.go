package matrix

import (
	"flag"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

var misleading = flag.Uint64("misleading", 200, "how many policies TestInferenceIsRight makes, and TestNastyPolicies a quarter as many of each shape")

// misleadingPolicies is how many that is; fewer with -short, as of rapid's checks.
func misleadingPolicies() uint64 {
	if testing.Short() {
		return *misleading / 5
	}
	return *misleading
}

// pick returns a number from 0 to n-1.
type pick func(n int) int

// randomPolicy returns 1 to 8 products of at most 500 suites over u. Half of
// them are relatives of an earlier one, the same but on one or two axes: they
// overlap it, touch it in a cell, hold it or lie within it.
func randomPolicy(pick pick, u *Universe) []proposals.Product {
	n := 1 + pick(8)
	var boxes []sets.Box
	for len(boxes) < n {
		home := u.boxes[pick(2)] // AEAD or classic
		if pick(4) == 0 {
			home = u.boxes[pick(len(u.boxes))] // or with additional key exchanges
		}
		var b sets.Box
		for a := range home {
			b[a] = randomSet(pick, home[a])
		}
		if len(boxes) > 0 && pick(2) == 0 {
			b = boxes[pick(len(boxes))]
			for range 1 + pick(2) {
				a := []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE}[pick(4)]
				for _, h := range u.boxes {
					if h.Holds(b) {
						b[a] = randomSet(pick, h[a])
					}
				}
			}
		}
		if b.Size() <= 500 {
			boxes = append(boxes, b)
		}
	}
	return u.products(boxes)
}

// randomSet returns a part of set: mostly few values, sometimes many or all.
func randomSet(pick pick, set uint64) uint64 {
	percent := []int{5, 10, 20, 50, 100}[pick(5)]
	var out, one uint64
	for v := range sets.Values(set) {
		if pick(100) < percent {
			out |= v
		}
		if one == 0 || pick(4) == 0 {
			one = v
		}
	}
	if out == 0 {
		return one
	}
	return out
}

// TestPlannerIsSound: a matrix is sound, whatever the policy. What is left over
// when the rest of an offer was refused, or goes with the method that an answer
// names, is not called observed.
func TestPlannerIsSound(t *testing.T) {
	t.Parallel()
	u := Standard()
	rapid.Check(t, func(rt *rapid.T) {
		policy := randomPolicy(func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") }, u)
		g := gatewayOf(t, u, policy)
		taken := make(alone)
		m := Planner{Universe: u, Ask: taken.watch(t, g)}.Run()
		g.isSound(rt, m)
		taken.holds(rt, u, m)
	})
}

// isSound holds what m claims against the policy: what is refused is refused,
// what was observed is accepted, and everything is decided.
func (g *gateway) isSound(t rapid.TB, m *Matrix) {
	if !m.Proven || m.NoAnswer != 0 || m.NotTested != 0 || len(m.Contradictions) != 0 {
		t.Fatalf("not decided: %+v", *m)
	}
	if missing := sets.Subtract(g.want(), g.found(m)...); len(missing) != 0 {
		t.Fatalf("accepted, but reported as refused: %v", g.u.products(missing))
	}
	for _, r := range m.Products {
		b, _ := g.u.box(r.Product)
		if r.Basis == Observed && len(sets.Subtract([]sets.Box{b}, g.want()...)) != 0 {
			t.Fatalf("reported as observed, but refused in part: %v", r.Product)
		}
	}
	if m.Accepted+m.Refused != m.Universe {
		t.Fatalf("%d accepted and %d refused of %d", m.Accepted, m.Refused, m.Universe)
	}
}

// TestExhaustiveIsExact: with each accepted suite observed, nothing is left to
// inference.
func TestExhaustiveIsExact(t *testing.T) {
	t.Parallel()
	u := Standard()
	rapid.Check(t, func(rt *rapid.T) {
		policy := randomPolicy(func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") }, u)
		g := gatewayOf(t, u, policy)
		m := Planner{Universe: u, Exhaustive: true, Ask: func(o []Offer) []Answer { return g.ask(t, o) }}.Run()
		if n := g.differ(m); n != 0 || !m.Proven {
			rt.Fatalf("%d suites wrong, proven: %v", n, m.Proven)
		}
		for _, r := range m.Products {
			if r.Basis != Observed {
				rt.Fatalf("%v is %v", r.Product, r.Basis)
			}
		}
	})
}

// TestInferenceIsRight measures how often samples miss that a product is none:
// over policies made to mislead, at most once in a hundred.
func TestInferenceIsRight(t *testing.T) {
	t.Parallel()
	u := Standard()
	wrong, asked, policies := 0, 0, misleadingPolicies()
	for seed := range policies {
		r := rand.New(rand.NewPCG(seed, 1))
		g := gatewayOf(t, u, randomPolicy(r.IntN, u))
		if n := g.differ(g.scan(t)); n != 0 {
			t.Logf("policy %d: %d suites wrong", seed, n)
			wrong++
		}
		asked += g.asked
	}
	t.Logf("%d of %d policies wrong, %d exchanges each on average", wrong, policies, asked/int(policies))
	if most := int(policies) / 100; wrong > most {
		t.Errorf("%d of %d policies wrong, want at most %d", wrong, policies, most)
	}
}
