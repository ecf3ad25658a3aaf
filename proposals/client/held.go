package client

import (
	"fmt"
	"iter"

	"github.com/ikescope/ikescope/proposals"
)

// Held returns the sets of suites, with a name for each, that a gateway may well
// hold: what products take by default and well-known clients offer, and each
// Proposal of these alone, as one that was set up for that client has it. A
// scan that asks about them first needs fewer questions where one of them holds.
func Held() iter.Seq2[string, []proposals.Product] {
	return func(yield func(string, []proposals.Product) bool) {
		policies := Policies()
		for _, p := range policies {
			if !yield(p.Name, p.Offer) {
				return
			}
		}
		for _, p := range policies {
			if len(p.Offer) == 1 {
				continue
			}
			for i := range p.Offer {
				if !yield(fmt.Sprintf("%s, proposal %d", p.Name, i+1), p.Offer[i:i+1]) {
					return
				}
			}
		}
	}
}
