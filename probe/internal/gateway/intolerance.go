package gateway

import (
	"slices"

	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// Beside returns the control offer with algorithms put into it where they
// belong. Of one that is refused a suite of each proposal is enough, so that what
// comes to it is not too long for the gateway.
func (k Known) Beside(algorithms []proposals.Algorithm) []proposals.Product {
	out := slices.Clone(k.Control)
	for i, p := range out {
		for axis, list := range p {
			if !k.TakesControl && len(list) > 1 {
				out[i][axis] = list[:1:1]
			}
		}
	}
	first := out[0]
	var hybrid *proposals.Product
	for _, a := range algorithms {
		switch {
		case a.Axis >= proposals.ADDKE1:
			if hybrid == nil {
				hybrid = &first
			}
			hybrid[a.Axis] = append(slices.Clone(hybrid[a.Axis]), a)
			continue
		case a.Axis == proposals.INTEG && a.IsNone():
			continue // that is to leave it out
		}
		for i, p := range out {
			aead := len(p[proposals.INTEG]) == 0
			if a.Axis == proposals.ENCR && a.AEAD() != aead || a.Axis == proposals.INTEG && aead || slices.Contains(p[a.Axis], a) {
				continue
			}
			out[i][a.Axis] = append(slices.Clone(p[a.Axis]), a)
		}
	}
	if hybrid != nil {
		out = append(out, *hybrid)
	}
	return out
}

// Tolerates reports whether offer holds no algorithm that keeps the gateway from
// answering.
func (k Known) Tolerates(offer []proposals.Product) bool {
	for a := range offers.Algorithms(offer) {
		if k.Intolerances[a] != 0 {
			return false
		}
	}
	return true
}

// Unread returns the algorithms of offer that the gateway was neither seen to
// read nor to be intolerant of.
func (k Known) Unread(offer []proposals.Product) []proposals.Algorithm {
	var out []proposals.Algorithm
	for a := range offers.Algorithms(offer) {
		if !k.read[a] && k.Intolerances[a] == 0 && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}
