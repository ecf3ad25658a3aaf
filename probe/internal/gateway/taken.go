package gateway

import (
	"slices"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// MayHaveTaken reports whether the gateway, which accepts what m says, may have
// accepted x, which got no answer that can be read: of silence, if it accepts all that
// was offered, and of an answer that is malformed, if it may accept some of it.
func (k Known) MayHaveTaken(x initiator.Exchange, m *matrix.Matrix) bool {
	if m == nil || x.Outcome != initiator.NoAnswer && x.Outcome != initiator.Malformed || !k.Tolerates(x.Offer) || k.Limit > 0 && k.RequestOctets(x.Offer, x.KE) > k.Limit {
		return false
	}
	var accepted, undecided []proposals.Product
	for _, r := range m.Products {
		accepted = append(accepted, r.Product)
	}
	for _, u := range m.Undecided {
		undecided = append(undecided, u.Product)
	}
	offer := offers.OfMethod(x.Offer, x.KE)
	switch x.Outcome {
	case initiator.NoAnswer:
		beyond, err := matrix.Difference(offer, accepted)
		return len(offer) > 0 && err == nil && len(beyond) == 0
	default:
		return overlaps(offer, accepted) || k.Taken && overlaps(offer, undecided)
	}
}

// overlaps reports whether a suite is of both.
func overlaps(a, b []proposals.Product) bool {
	return slices.ContainsFunc(a, func(p proposals.Product) bool { return slices.ContainsFunc(b, p.Overlaps) })
}
