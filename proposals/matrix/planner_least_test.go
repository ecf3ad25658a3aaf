package matrix

import (
	"math/bits"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// leastCost is what no scan can stay below, even one that knows the policy
// before it begins, if its result is to follow from its answers.
//
// An answer takes or refuses, so the two kinds add up:
//
//   - Taken: a suite is called accepted only as part of a product, each
//     algorithm of which was seen in a suite of that product. A taken offer
//     shows one suite at most, for its other suites may all be refused.
//   - Refused: each suite that is not accepted was in an offer that was
//     refused, and that offer kept the limits.
//
// The cost of finding out what to ask is not in it, so it cannot be reached.
func leastCost(_ testing.TB, g *gateway) cost {
	var c cost
	accepted := g.want()
	shortest := int64(0) // octets of an accepted suite
	for _, b := range accepted {
		for cell := range b.Parts(sets.Open(b)) {
			if n := int64(g.u.octets(cell)); shortest == 0 || n < shortest {
				shortest = n
			}
		}
	}
	taken := int64(len(apartNeeds(needs(accepted))))
	refused := int64(0)
	for _, home := range g.u.boxes {
		b := newRefusal(g.u, home, g.boxes).whole()
		refused += b.proposals*proposalHeader + b.transforms
	}
	offers := ceilDiv(refused, DefaultOctets)
	c.exchanges = taken + offers
	c.octets = c.exchanges*restOctets + taken*shortest + refused
	c.rounds = ceilDiv(c.exchanges, inFlight)
	return c
}

// maximalBoxes returns every box of the union of bs that no larger one holds.
func maximalBoxes(bs []sets.Box) []sets.Box {
	bs = sets.WithoutContained(bs)
	for grown := true; grown; {
		grown = false
		for i := range bs {
			for _, c := range bs[:i] {
				for a := range c {
					// On the other axes both hold these values, so that on a
					// all values of both are accepted with them.
					wide := bs[i].And(c).On(proposals.Axis(a), bs[i][a]|c[a])
					if !wide.Empty() && !slices.ContainsFunc(bs, func(b sets.Box) bool { return b.Holds(wide) }) {
						bs = append(bs, wide)
						grown = true
					}
				}
			}
		}
		bs = sets.WithoutContained(bs)
	}
	return bs
}

// A need is one algorithm of one accepted suite: it is to be seen in a suite
// that is in a product with the accepted one.
type need struct {
	axis    proposals.Axis
	value   uint64
	maximal []sets.Box // the maximal boxes that hold the accepted suite
}

// needs returns those of all suites of accepted; suites in the same maximal
// boxes share theirs.
func needs(accepted []sets.Box) []need {
	maximal := maximalBoxes(accepted)
	type key struct {
		need sets.Box
		in   string
	}
	seen := make(map[key]bool)
	var out []need
	for _, b := range accepted {
		for cell := range b.Parts(sets.Open(b)) {
			var in []sets.Box
			names := make([]byte, len(maximal))
			for i, m := range maximal {
				if m.Holds(cell) {
					in = append(in, m)
					names[i] = 1
				}
			}
			for a, v := range cell {
				k := key{sets.Box{}.On(proposals.Axis(a), v), string(names)}
				if !seen[k] {
					seen[k] = true
					out = append(out, need{proposals.Axis(a), v, in})
				}
			}
		}
	}
	return out
}

// metBy reports whether one accepted suite can meet n and m.
func (n need) metBy(m need) bool {
	for _, b := range n.maximal {
		for _, c := range m.maximal {
			both := b.And(c)
			both[n.axis] &= n.value
			both[m.axis] &= m.value
			if !both.Empty() {
				return true
			}
		}
	}
	return false
}

// apartNeeds returns needs of which no suite meets two: each takes an exchange
// of its own. It begins with those that stand against the fewest others.
func apartNeeds(all []need) []need {
	together := make([][]int, len(all))
	for i := range all {
		for j := range all {
			if i != j && all[i].metBy(all[j]) {
				together[i] = append(together[i], j)
			}
		}
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return len(together[i]) - len(together[j]) })
	out := make(map[int]bool)
	for _, i := range order {
		if !slices.ContainsFunc(together[i], func(j int) bool { return out[j] }) {
			out[i] = true
		}
	}
	var apart []need
	for i := range all {
		if out[i] {
			apart = append(apart, all[i])
		}
	}
	return apart
}

// A refusal bounds the proposals that cover what a gateway refuses in one box
// of the universe.
//
// Take an axis. The suites with one of its values are a section, and a
// proposal with k values of the axis covers a part of k sections, k being at
// most the limit. So the proposals that all sections need, added up and divided
// by the limit, bound those of the whole; and the sections are bounded
// likewise. The best of all orders of the axes counts.
type refusal struct {
	u        *Universe
	home     sets.Box
	accepted []sets.Box // in home
	bounds   map[cut]bound
}

// A cut is a section of a section and so on: the axes on which a value is
// chosen, and the accepted boxes that hold these values, both as bits. The
// bound follows from these alone.
type cut struct{ chosen, accepted uint64 }

// A bound is on the number of proposals that cover a cut, and on the octets of
// their transforms, but for those on the chosen axes.
type bound struct{ proposals, transforms int64 }

// proposalHeader is the size of a proposal without transforms, in octets.
const proposalHeader = 8

func newRefusal(u *Universe, home sets.Box, accepted []sets.Box) *refusal {
	r := &refusal{u: u, home: home, bounds: make(map[cut]bound)}
	for _, b := range accepted {
		if part := home.And(b); !part.Empty() {
			r.accepted = append(r.accepted, part)
		}
	}
	return r
}

// whole returns the bound for all of home.
func (r *refusal) whole() bound {
	return r.of(cut{0, 1<<len(r.accepted) - 1})
}

func (r *refusal) of(c cut) bound {
	if c.chosen == 1<<proposals.NumAxes-1 {
		if c.accepted != 0 {
			return bound{}
		}
		return bound{1, 0}
	}
	if b, ok := r.bounds[c]; ok {
		return b
	}
	var best bound
	for a := range proposals.Axis(proposals.NumAxes) {
		if c.chosen&(1<<a) != 0 {
			continue
		}
		var sum bound
		var own int64 // octets of the transforms of axis a
		for v := range sets.Values(r.home[a]) {
			section := cut{chosen: c.chosen | 1<<a}
			for i, b := range r.accepted {
				if c.accepted&(1<<i) != 0 && b[a]&v != 0 {
					section.accepted |= 1 << i
				}
			}
			s := r.of(section)
			sum.proposals += s.proposals
			sum.transforms += s.transforms
			own += s.proposals * r.u.transformOctets(a, v)
		}
		limit := min(defaultTransforms, int64(bits.OnesCount64(r.home[a])))
		best.proposals = max(best.proposals, ceilDiv(sum.proposals, limit))
		best.transforms = max(best.transforms, ceilDiv(sum.transforms, limit)+own)
		if limit == 1 {
			break // the order of such axes does not matter
		}
	}
	r.bounds[c] = best
	return best
}

// transformOctets returns the size of the transform of value v, 0 for none.
func (u *Universe) transformOctets(a proposals.Axis, v uint64) int64 {
	switch m := u.axes[a][bits.TrailingZeros64(v)]; {
	case m.IsNone():
		return 0
	case m.KeyBits != 0:
		return 12
	}
	return 8
}

func TestLeastTaken(t *testing.T) {
	for _, tt := range []struct {
		name, policy string
		want         int
	}{
		{"a suite", "aes256gcm16-prfsha384-ecp384", 1},
		{"the longest axis", "aes128gcm16-aes256gcm16-prfsha256-prfsha384-prfsha512-ecp384", 3},
		{"products apart", "aes128-aes256-sha256-prfsha256-modp2048,aes128gcm16-prfsha384-ecp384-ecp256-x25519", 5},
		{"products that cross", "aes128gcm16-aes256gcm16-prfsha256-ecp256,aes128gcm16-prfsha256-ecp256-ecp384", 2},
		{"a product in another", "aes128gcm16-aes256gcm16-prfsha256-ecp256-ecp384,aes128gcm16-prfsha256-ecp384", 2},
		{"one product in two lines", "aes128gcm16-prfsha256-ecp256-ecp384,aes256gcm16-prfsha256-ecp256-ecp384", 2},
	} {
		g := newGateway(t, Classical(), tt.policy)
		if got := len(apartNeeds(needs(g.want()))); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestLeastRefused(t *testing.T) {
	const (
		gcm     = "aes128gcm16-aes192gcm16-aes256gcm16-prfsha256"
		methods = "-modp1024-modp1536-modp2048-modp3072-modp4096-modp6144-modp8192-ecp256-ecp384-ecp521-" +
			"ecp224bp-ecp256bp-ecp384bp-ecp512bp-x25519" // 15 of them
	)
	for _, tt := range []struct {
		name, universe, policy string
		want                   bound
	}{
		{"one proposal", gcm + methods, "", bound{1, 3*12 + 8 + 15*8}},
		{"one method too many", gcm + methods + "-x448", "", bound{2, 2*(3*12+8) + 16*8}},
		{"all accepted", gcm + methods, gcm + methods, bound{}},
		{"a cipher accepted", gcm + methods, "aes192gcm16-prfsha256" + methods, bound{1, 2*12 + 8 + 15*8}},
	} {
		products, err := proposals.ParseProducts(tt.universe)
		if err != nil {
			t.Fatal(err)
		}
		u, err := NewUniverse(products...)
		if err != nil {
			t.Fatal(err)
		}
		if got := newRefusal(u, u.boxes[0], gatewayFor(t, u, tt.policy).boxes).whole(); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
