package matrix

import (
	"math/bits"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// toldCost is what is spent by one who is told the policy and shows that it is
// so, all at once: for each product as few suites as show each algorithm of
// it, and the planner's cover of the rest.
func toldCost(_ testing.TB, g *gateway) cost {
	s := newSearch(Planner{Universe: g.u})
	s.products = merge(sets.WithoutContained(inUniverse(g)))
	var offers []Offer
	seen := make(map[sets.Box]bool)
	for _, b := range s.products {
		for _, cell := range diagonal(b) {
			if !seen[cell] {
				seen[cell] = true
				offers = append(offers, Offer{g.u.products([]sets.Box{cell})})
			}
		}
	}
	for _, q := range s.cover() {
		offers = append(offers, Offer{g.u.products(q)})
	}
	var c cost
	c.add(offers...)
	return c
}

// inUniverse returns the products of g's policy, as boxes that each are in
// one box of the universe.
func inUniverse(g *gateway) []sets.Box {
	var in []sets.Box
	for _, b := range g.boxes {
		for _, home := range g.u.boxes {
			if part := b.And(home); !part.Empty() {
				in = append(in, part)
			}
		}
	}
	return in
}

// diagonal returns the fewest cells of b that hold each of its values.
func diagonal(b sets.Box) []sets.Box {
	longest := 0
	for _, set := range b {
		longest = max(longest, bits.OnesCount64(set))
	}
	cells := make([]sets.Box, longest)
	for a, set := range b {
		list := slices.Collect(sets.Values(set))
		for i := range cells {
			cells[i][a] = list[i%len(list)]
		}
	}
	return cells
}

// halvingCost is what a plain planner spends: the same cover, limits and use of
// the method that INVALID_KE_PAYLOAD names, but every set is parted into halves
// of equal number, and but for the cover one question waits for the other.
//
// An offer that is taken is halved until one suite is left. Then each axis is
// projected, the others held: its values are asked about together, and halved
// while they are taken. Of the product that comes out each suite is asked about
// if they are few, else a diagonal. If one is refused, what holds it is cut off
// and left to the cover.
func halvingCost(t testing.TB, g *gateway) cost {
	var c cost
	s := newSearch(Planner{Universe: g.u, Ask: func(offers []Offer) []Answer {
		c.add(offers...)
		return g.ask(t, offers)
	}})
	for {
		questions := s.cover()
		if len(questions) == 0 {
			break
		}
		for _, r := range s.ask(questions...) {
			if r.state != Accepted {
				continue
			}
			if left := sets.Subtract(s.open(r.witness), s.products...); sets.Size(left) == sets.Size(r.witness) {
				cell := s.bisect(left)
				s.products = append(s.products, s.check(s.project(cell), cell))
			}
		}
	}
	c.wrong = g.differ(s.matrix())
	return c
}

// takes reports whether the gateway takes cell.
func (s *search) takes(cell sets.Box) bool {
	return s.isFound(cell) || s.ask([]sets.Box{cell})[0].state == Accepted
}

// halves parts b on its longest axis.
func halves(b sets.Box) (first, rest sets.Box) {
	a := sets.Open(b)[0]
	first, rest = b, b
	first[a], rest[a] = halfOf(b[a])
	return first, rest
}

func halfOf(set uint64) (first, rest uint64) {
	n := bits.OnesCount64(set)
	for v := range sets.Values(set) {
		if 2*bits.OnesCount64(first) >= n {
			break
		}
		first |= v
	}
	return first, set &^ first
}

// bisect returns a cell that is taken, of boxes that are known to hold one.
func (s *search) bisect(boxes []sets.Box) sets.Box {
	for {
		if len(boxes) == 1 && boxes[0].IsCell() {
			return boxes[0]
		}
		n, room := 0, DefaultOctets
		for n < len(boxes)/2 {
			if room -= s.u.octets(boxes[n]); room < 0 && n > 0 {
				break
			}
			n++
		}
		first, rest := boxes[:n:n], boxes[n:]
		if len(boxes) == 1 {
			f, r := halves(boxes[0])
			first, rest = []sets.Box{f}, []sets.Box{r}
		}
		if r := s.ask(first)[0]; r.state == Accepted {
			boxes = r.witness
		} else {
			boxes = rest
		}
	}
}

// project returns the box of the values that are taken with cell's on all
// other axes.
func (s *search) project(cell sets.Box) sets.Box {
	home, b := s.home(cell), cell
	for a := range cell {
		axis := proposals.Axis(a)
		// find adds the values of set that are taken, and reports whether
		// there is one; sure means that there is.
		var find func(set uint64, sure bool) bool
		find = func(set uint64, sure bool) bool {
			if set == 0 {
				return false
			}
			if !sure {
				r := s.ask([]sets.Box{cell.On(axis, set)})[0]
				if r.state != Accepted {
					return false
				}
				if named := r.witness[0]; len(r.witness) == 1 && sets.IsOne(named[a]) {
					b[a] |= named[a]
					find(set&^named[a], false)
					return true
				}
			}
			if sets.IsOne(set) {
				b[a] |= set
				return true
			}
			first, rest := halfOf(set)
			find(rest, !find(first, false))
			return true
		}
		find(home[a]&^cell[a], false)
	}
	return b
}

// check returns the part of b around cell in which no suite was refused.
func (s *search) check(b, cell sets.Box) sets.Box {
	for {
		var samples []sets.Box
		if b.Size() <= observeAll {
			samples = slices.Collect(b.Parts(sets.Open(b)))
		} else {
			samples = diagonal(b)
		}
		whole := true
		for _, c := range samples {
			if s.takes(c) {
				continue
			}
			for a := range b {
				if c[a] != cell[a] {
					b[a] &^= c[a]
					break
				}
			}
			whole = false
			break
		}
		if whole {
			return b
		}
	}
}

// byAxisCost is what elimination on each axis spends: everything is offered,
// then everything but the algorithm that was chosen, and so on until that is
// refused; then the next axis. The offers keep no limits, and each but the last
// of an axis is accepted, which leaves a half-open IKE SA at the gateway.
//
// What comes out is a list of algorithms for each axis. Read as "all of these
// go together", which is all that it can say, it is wrong for a gateway that
// has several products.
func byAxisCost(_ testing.TB, g *gateway) cost {
	var c cost
	var found sets.Box
	rounds := int64(0)
	for a := range found {
		set, chain := ^uint64(0), int64(0)
		for {
			var offer []sets.Box
			for _, b := range g.u.boxes {
				if b = b.On(proposals.Axis(a), b[a]&set); !b.Empty() {
					offer = append(offer, b)
				}
			}
			if len(offer) == 0 {
				break
			}
			o := Offer{g.u.products(offer)}
			c.add(o)
			chain++
			chosen, ok := g.choose(o)
			if !ok {
				break
			}
			found[a] |= chosen[a]
			set &^= chosen[a]
		}
		rounds = max(rounds, chain) // the axes do not wait for each other
	}
	c.rounds = rounds
	var claimed []sets.Box
	for _, b := range g.u.boxes {
		if b = b.And(found); !b.Empty() {
			claimed = append(claimed, b)
		}
	}
	c.wrong = sets.Size(sets.Subtract(claimed, g.want()...)) + sets.Size(sets.Subtract(g.want(), claimed...))
	return c
}

// choose returns the suite that g answers o with, if it takes one.
func (g *gateway) choose(o Offer) (sets.Box, bool) {
	for i, mine := range g.boxes {
		for _, p := range o.Products {
			theirs, _ := g.u.box(p)
			both := mine.And(theirs)
			if both.Empty() {
				continue
			}
			cell := both
			for a, list := range g.policy[i] {
				for _, m := range list {
					if v := uint64(1) << slices.Index(g.u.axes[a], m); both[a]&v != 0 {
						cell[a] = v
						break
					}
				}
			}
			return cell, true
		}
	}
	return sets.Box{}, false
}

// aloneCost is what it takes to offer each suite of the universe alone. Nothing
// depends on an answer.
func aloneCost(_ testing.TB, g *gateway) cost {
	var c cost
	for _, b := range g.u.boxes {
		size := b.Size()
		c.exchanges += size
		c.octets += size * (restOctets + proposalHeader)
		for a, set := range b {
			each := size / int64(bits.OnesCount64(set)) // suites with one value
			for v := range sets.Values(set) {
				c.octets += each * g.u.transformOctets(proposals.Axis(a), v)
			}
		}
		c.octets += size / int64(bits.OnesCount64(b[proposals.KE])) * ecp256Octets
		if !g.u.product(b).Absent(proposals.ADDKE1) {
			c.octets += size * additionalOctets
		}
	}
	c.rounds = ceilDiv(c.exchanges, inFlight)
	return c
}
