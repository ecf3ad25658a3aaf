package gateway

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// Reads is how much a gateway reads of an offer, or takes without refusing it
// for its length; 0 is no limit that is known.
type Reads struct {
	// Transforms of a type in a proposal, and proposals.
	Transforms, Proposals int
	// Tested: it is known.
	Tested bool
	// Evidence is an exchange that shows a limit.
	Evidence int
}

// Limits reports whether there is a limit.
func (r Reads) Limits() bool { return r.Transforms+r.Proposals > 0 }

// ReadsLess reports whether offer is more than the gateway reads, as far as the
// numbers of transforms and proposals go.
func (k Known) ReadsLess(offer []proposals.Product) bool {
	r := k.Reads
	return r.Proposals > 0 && len(offer) > r.Proposals || r.Transforms > 0 && slices.ContainsFunc(offer, func(p proposals.Product) bool {
		return slices.ContainsFunc(p[:], func(list []proposals.Algorithm) bool { return len(list) > r.Transforms })
	})
}
