package matrix

import (
	"math/bits"

	"github.com/ikescope/ikescope/proposals"
)

// Offer is one IKE_SA_INIT's SA payload: its products become Proposals. The
// planner keeps each within [Limits].
type Offer struct {
	Products []proposals.Product
}

// Limits bound an offer, so that every gateway reads all of it.
type Limits struct {
	// Transforms is the largest number of transforms of one type in a
	// proposal; 0 means 15: Windows RRAS does not look further.
	Transforms int
	// Octets is the largest size of an offer's proposals together; 0 means
	// 880, which leaves room for the rest of the request in a datagram of
	// 1,232 octets.
	Octets int
}

// Defaults of [Limits].
const (
	defaultTransforms = 15
	DefaultOctets     = 880 // of an offer's proposals together
)

// within splits b into boxes that each fit one proposal of at most n values
// an axis.
func (b box) within(n int) []box {
	for a, set := range b {
		if bits.OnesCount64(set) <= n {
			continue
		}
		var first uint64
		k := (bits.OnesCount64(set) + 1) / 2
		for v := range values(set) {
			if bits.OnesCount64(first) == k {
				break
			}
			first |= v
		}
		return append(b.on(proposals.Axis(a), first).within(n), b.on(proposals.Axis(a), set&^first).within(n)...)
	}
	return []box{b}
}

// octets returns the size of b as one proposal.
func (u *Universe) octets(b box) int { return u.product(b).Octets() }

// pack splits boxes into questions that each fit an offer: at most
// lim.Transforms of a type in a proposal, at most lim.Octets in all, and only
// one half of the key exchange methods, so that a method that is not offered
// is left for the KE payload.
func (u *Universe) pack(boxes []box, lim Limits) [][]box {
	halves := u.keHalves()
	var packed [][]box
	for _, half := range halves {
		var current []box
		room := lim.Octets
		for _, b := range boxes {
			b = b.on(proposals.KE, b[proposals.KE]&half)
			if b.empty() {
				continue
			}
			for _, piece := range u.fitting(b, lim) {
				n := u.octets(piece)
				if n > room {
					packed = append(packed, current)
					current, room = nil, lim.Octets
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

// fitting splits b into boxes that each fit an offer of their own.
func (u *Universe) fitting(b box, lim Limits) []box {
	var out []box
	for _, piece := range b.within(lim.Transforms) {
		if u.octets(piece) <= lim.Octets {
			out = append(out, piece)
			continue
		}
		longest := proposals.ENCR
		for a := range piece {
			if bits.OnesCount64(piece[a]) > bits.OnesCount64(piece[longest]) {
				longest = proposals.Axis(a)
			}
		}
		half := bits.OnesCount64(piece[longest]) / 2
		for _, q := range piece.within(max(half, (bits.OnesCount64(piece[longest])+1)/2)) {
			out = append(out, u.fitting(q, lim)...)
		}
	}
	return out
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
