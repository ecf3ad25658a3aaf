package probe

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// reads is how much a gateway reads of an offer, or takes without refusing it
// for its length; 0 is no limit that is known.
type reads struct {
	// transforms of a type in a proposal, and proposals.
	transforms, proposals int
	// tested: it is known.
	tested bool
	// evidence is an exchange that shows a limit.
	evidence int
}

// limits reports whether there is a limit.
func (r reads) limits() bool { return r.transforms+r.proposals > 0 }

// readsLess reports whether offer is more than the gateway reads, as far as the
// numbers of transforms and proposals go.
func (k knowledge) readsLess(offer []proposals.Product) bool {
	r := k.reads
	return r.proposals > 0 && len(offer) > r.proposals || r.transforms > 0 && slices.ContainsFunc(offer, func(p proposals.Product) bool {
		return slices.ContainsFunc(p[:], func(list []proposals.Algorithm) bool { return len(list) > r.transforms })
	})
}
