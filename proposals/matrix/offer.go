package matrix

import (
	"iter"
	"math/bits"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// Offer is one IKE_SA_INIT's SA payload: its products become Proposals. The
// planner keeps each within [Limits].
type Offer struct {
	Products []proposals.Product
}

// Limits bound an offer, so that the gateway reads all of it.
type Limits struct {
	// Transforms is the largest number of transforms of one type in a
	// proposal; 0 means 15: Windows RRAS does not look further.
	Transforms int
	// Octets is the largest size of an offer's proposals together; 0 means
	// 880, which leaves room for the rest of the request in a datagram of
	// 1,232 octets.
	Octets int
	// Proposals is the largest number of them; 0 means as many as fit.
	Proposals int
}

// Defaults of [Limits].
const (
	defaultTransforms = 15
	DefaultOctets     = 880 // of an offer's proposals together
)

// octets returns the size of b as one proposal, as [proposals.Product.Octets]
// does.
func (u *Universe) octets(b sets.Box) int {
	n := 8
	for a, set := range b {
		if sets.IsOne(set) && u.axes[a][bits.TrailingZeros64(set)].IsNone() {
			continue
		}
		for v := range sets.Values(set) {
			n += 8
			if u.axes[a][bits.TrailingZeros64(v)].KeyBits != 0 {
				n += 4
			}
		}
	}
	return n
}

// maxPacked bounds how many questions a set of boxes is split into.
const maxPacked = 1 << 16

// pack splits boxes into questions that each fit an offer: at most
// lim.Transforms of a type in a proposal, at most lim.Octets and lim.Proposals
// in all, and only one half of the key exchange methods, so that a method that
// is not offered is left for the KE payload.
func (u *Universe) pack(boxes []sets.Box, lim Limits) [][]sets.Box {
	var packed [][]sets.Box
	for _, half := range u.keHalves() {
		var current []sets.Box
		room := lim.Octets
		most := len(packed) + maxPacked/2
	boxes:
		for _, b := range boxes {
			b = b.On(proposals.KE, b[proposals.KE]&half)
			if b.Empty() {
				continue
			}
			for piece := range u.fitting(b, lim) {
				n := u.octets(piece)
				if len(current) > 0 && (n > room || len(current) == lim.Proposals) {
					packed = append(packed, current)
					current, room = nil, lim.Octets
					if len(packed) >= most {
						break boxes
					}
				}
				current = append(current, piece)
				room -= n
			}
		}
		if len(current) > 0 {
			packed = append(packed, current)
		}
	}
	return packed
}

// fitting calls yield for boxes that together are b and each fit an offer of
// their own, or of which no suite does.
func (u *Universe) fitting(b sets.Box, lim Limits) iter.Seq[sets.Box] {
	return func(yield func(sets.Box) bool) {
		var walk func(b sets.Box) bool
		walk = func(b sets.Box) bool {
			longest := proposals.ENCR
			for a := range b {
				if bits.OnesCount64(b[a]) > lim.Transforms {
					longest = proposals.Axis(a)
					break
				}
				if bits.OnesCount64(b[a]) > bits.OnesCount64(b[longest]) {
					longest = proposals.Axis(a)
				}
			}
			n := bits.OnesCount64(b[longest])
			if n == 1 || n <= lim.Transforms && u.octets(b) <= lim.Octets || u.octets(u.shortest(b)) > lim.Octets {
				return yield(b)
			}
			first, rest := b.Halved(longest)
			return walk(first) && walk(rest)
		}
		walk(b)
	}
}

// shortest returns a cell of b whose proposal is not longer than that of any
// other.
func (u *Universe) shortest(b sets.Box) sets.Box {
	for a, set := range b {
		var best uint64
		least := 0
		for v := range sets.Values(set) {
			m := u.axes[a][bits.TrailingZeros64(v)]
			n := 8
			switch {
			case m.IsNone():
				n = 0
			case m.KeyBits != 0:
				n = 12
			}
			if best == 0 || n < least {
				best, least = v, n
			}
		}
		b[a] = best
	}
	return b
}

// fits reports whether boxes make one offer.
func (s *search) fits(boxes []sets.Box) bool {
	octets := 0
	for _, b := range boxes {
		for _, set := range b {
			if bits.OnesCount64(set) > s.Limits.Transforms {
				return false
			}
		}
		octets += s.u.octets(b)
	}
	return octets <= s.Limits.Octets && (s.Limits.Proposals == 0 || len(boxes) <= s.Limits.Proposals)
}

// beyond reports whether an offer is longer than lim, as far as lim says
// anything.
func (lim Limits) beyond(o Offer) bool {
	octets := 0
	for _, p := range o.Products {
		for _, list := range p {
			if lim.Transforms > 0 && len(list) > lim.Transforms {
				return true
			}
		}
		octets += p.Octets()
	}
	return lim.Octets > 0 && octets > lim.Octets || lim.Proposals > 0 && len(o.Products) > lim.Proposals
}

// keHalves returns two sets of key exchange methods that share none. ECP_256
// and ECP_384, whose public values are short and known to every gateway, are
// in different ones.
func (u *Universe) keHalves() [2]uint64 {
	var halves [2]uint64
	for i := range u.axes[proposals.KE] {
		halves[i%2] |= 1 << i
	}
	return halves
}
