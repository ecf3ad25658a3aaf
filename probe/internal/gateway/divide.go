package gateway

import (
	"slices"

	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Divide returns parts to ask in place of offer, as this gateway needs it:
// without what it is intolerant of, not too long, and each with one key exchange
// method where that has to be the one of the KE payload. Those with an answer
// have it without being asked. It returns none if offer can be asked as it is.
func (k Known) Divide(offer []proposals.Product) []matrix.Part {
	var parts []matrix.Part
	var clean []proposals.Product
	for _, p := range offer {
		rest, left := p, true
		for axis, list := range p {
			good := slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool { return k.withheld(a).Exchange != 0 })
			if len(good) == len(list) {
				continue
			}
			withheld := rest
			withheld[axis] = slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool { return k.withheld(a).Exchange == 0 })
			parts = append(parts, matrix.Part{Products: []proposals.Product{withheld}, Answer: k.withheld(withheld[axis][0])})
			if rest[axis] = good; len(good) == 0 {
				left = false // not "none" but nothing
				break
			}
		}
		if left {
			clean = append(clean, rest)
		}
	}
	pieces := [][]proposals.Product{clean}
	if k.Oracle == ByOwnKE {
		pieces = nil
		for _, m := range proposals.KeyExchangeMethods(clean) {
			pieces = append(pieces, offers.OfMethod(clean, m))
		}
	}
	for _, piece := range pieces {
		for _, short := range k.Shorten(piece) {
			parts = append(parts, matrix.Part{Products: short})
		}
	}
	if len(parts) == 1 && parts[0].Exchange == 0 && offers.Octets(parts[0].Products) == offers.Octets(offer) {
		return nil
	}
	return parts
}

// withheld returns the answer on a suite with a that was not asked for it, with
// the exchange that shows why; the zero value if a can be asked about.
func (k Known) withheld(a proposals.Algorithm) matrix.Answer {
	switch {
	case k.Intolerances[a] != 0:
		return matrix.Answer{State: matrix.NoAnswer, Exchange: k.Intolerances[a]}
	case k.TooLong[a] != 0:
		return matrix.Answer{State: matrix.NoAnswer, Exchange: k.TooLong[a]}
	case k.NoAdditional != 0 && a.Axis >= proposals.ADDKE1 && !a.IsNone():
		return matrix.Answer{State: matrix.Refused, Exchange: k.NoAdditional}
	}
	return matrix.Answer{}
}

// maxParts bounds the parts in place of one offer.
const maxParts = 512

// Shorten splits offer until no part is longer than the gateway answers. What
// would take too many parts stays whole.
func (k Known) Shorten(offer []proposals.Product) [][]proposals.Product {
	if len(offer) == 0 {
		return nil
	}
	parts := [][]proposals.Product{offer}
	for i := 0; i < len(parts); {
		if !k.tooLong(parts[i]) {
			i++
			continue
		}
		first, rest := offers.Halve(parts[i])
		if rest == nil || len(parts) == maxParts {
			return [][]proposals.Product{offer}
		}
		parts[i] = first
		parts = append(parts, rest)
	}
	return parts
}

// tooLong reports whether offer is longer than the gateway answers, or more than
// it reads.
func (k Known) tooLong(offer []proposals.Product) bool {
	return k.ReadsLess(offer) || k.Limit > 0 && k.OctetsAs(offer) > k.Limit
}
