package proposals

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// randomPolicy returns 1 to 8 products over u, of one of several shapes that
// make a planner's life hard.
func randomPolicy(r *rand.Rand, u *Universe) []Product {
	n := 1 + r.IntN(8)
	var boxes []box
	for len(boxes) < n {
		home := u.boxes[r.IntN(len(u.boxes))]
		if r.IntN(4) > 0 {
			home = u.boxes[r.IntN(2)] // classical
		}
		b := randomBox(r, home)
		if len(boxes) > 0 && r.IntN(2) == 0 {
			// A relative of an earlier product: the same but on one or two
			// axes; it overlaps, touches, contains, or is contained.
			relative := boxes[r.IntN(len(boxes))]
			for range 1 + r.IntN(2) {
				a := Axis(r.IntN(int(KE) + 1))
				for _, h := range u.boxes {
					if h.holds(relative) {
						relative[a] = randomSet(r, h[a])
					}
				}
			}
			b = relative
		}
		boxes = append(boxes, b)
	}
	return u.products(boxes)
}

func randomBox(r *rand.Rand, home box) box {
	var b box
	for a := range home {
		b[a] = randomSet(r, home[a])
	}
	return b
}

// randomSet returns a part of set: mostly few values, sometimes many.
func randomSet(r *rand.Rand, set uint64) uint64 {
	share := []float64{0.05, 0.1, 0.2, 0.5, 1}[r.IntN(5)]
	var out, last uint64
	for v := range values(set) {
		if r.Float64() < share {
			out |= v
		}
		if last == 0 || r.IntN(4) == 0 {
			last = v
		}
	}
	if out == 0 {
		return last
	}
	return out
}

func TestStat(t *testing.T) {
	u := Standard()
	wrong, total, worst := 0, 0, 0
	N := 2000
	for seed := range N {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		g := gatewayOf(t, u, randomPolicy(r, u))
		started := time.Now()
		m := g.scan(t)
		if d := time.Since(started); d > time.Second {
			fmt.Println("slow", seed, d, g.asked, m.Accepted)
		}
		if d := g.differ(m); d != 0 {
			wrong++
			if wrong < 6 {
				fmt.Println("seed", seed, "differ", d, "accepted", m.Accepted, "asked", g.asked)
			}
		}
		if !m.Proven {
			fmt.Println("unproven", seed)
		}
		total += g.asked
		worst = max(worst, g.asked)
	}
	fmt.Println("wrong", wrong, "of", N, "mean", total/N, "worst", worst)
}
