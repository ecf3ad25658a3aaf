package choice

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// maxCandidates bounds how many suites [Choice.Of] names.
const maxCandidates = 64

// OfKE returns the suites that the responder may choose from offer, as
// [Choice.Of] does, if the initiator's first KE payload is of method ke, and each
// further one of the method that the responder wants instead.
func (c Choice) OfKE(offer []proposals.Product, ke ike.KeyExchangeMethod) []proposals.Suite {
	may := c.narrowed(c.ofKE(offer, ke), Question{offer, ke})
	for range 3 {
		wanted, ok := onlyMethod(may)
		if !ok || wanted == ke || ke == ike.KE_NONE || !c.countsKE() {
			break
		}
		ke = wanted
		next := c.narrowed(c.ofKE(offer, ke), Question{offer, ke})
		if same := agreeing(next, Pick{KE: ke}); len(next) > 1 && len(same) > 0 {
			next = same
		}
		may = next
	}
	return may
}

// ofKE returns what may be chosen in one exchange.
func (c Choice) ofKE(offer []proposals.Product, ke ike.KeyExchangeMethod) []proposals.Suite {
	switch {
	case ke == ike.KE_NONE || c.FollowsKE == No:
		return c.of(offer, ike.KE_NONE)
	case c.FollowsKE == Yes:
		return c.of(offer, ke)
	}
	out := candidates(c.of(offer, ike.KE_NONE))
	out.addSuites(c.of(offer, ke))
	return out
}

// Of returns the suites that the responder may choose from offer: none if it
// refuses it, one if that is certain, and several, at most 64, if it is not known
// which. The offer is taken as it is written, so that an AEAD
// cipher beside INTEG makes other suites than without.
func (c Choice) Of(offer []proposals.Product) []proposals.Suite {
	if c.FollowsKE != No {
		var out candidates
		// The KE payload may be of any method offered.
		for _, m := range proposals.KeyExchangeMethods(offer) {
			out.addSuites(c.OfKE(offer, m))
		}
		return out
	}
	return c.narrowed(c.of(offer, ike.KE_NONE), Question{offer, ike.KE_NONE})
}

// of returns what may be chosen, where the method ke is followed; KE_NONE if none
// is.
func (c Choice) of(offer []proposals.Product, ke ike.KeyExchangeMethod) []proposals.Suite {
	var out candidates
	unplaced := c.unplaced()
	if c.Proposals == ProposalsInitiator {
		for i := range offer {
			if c.from(offer[i:i+1], ke, unplaced, &out); len(out) > 0 {
				return out
			}
		}
		return nil
	}
	c.from(offer, ke, unplaced, &out)
	return out
}

// candidates are suites, each once.
type candidates []proposals.Suite

// add adds the suites of p, and reports whether there is room for more.
func (c *candidates) add(p proposals.Product) bool {
	for s := range p.Suites() {
		if len(*c) >= maxCandidates {
			return false
		}
		if !slices.Contains(*c, s) {
			*c = append(*c, s)
		}
	}
	return true
}

// addSuites adds suites as far as there is room.
func (c *candidates) addSuites(suites []proposals.Suite) {
	for _, s := range suites {
		if !slices.Contains(*c, s) && len(*c) < maxCandidates {
			*c = append(*c, s)
		}
	}
}

// from adds what may be chosen where own proposals come before offered ones.
// unplaced are the suites that are accepted and in no own proposal.
func (c Choice) from(offer []proposals.Product, ke ike.KeyExchangeMethod, unplaced []proposals.Product, out *candidates) {
	for i := 0; i < len(c.Own) && len(*out) == 0 && c.Proposals != ProposalsUnknown; {
		rank := c.Own[i].Rank
		for ; i < len(c.Own) && c.Own[i].Rank == rank; i++ {
			if len(*out) >= maxCandidates {
				return
			}
			c.fromOwn(c.Own[i], offer, ke, out)
		}
	}
	for _, o := range offer {
		for _, u := range unplaced {
			if both, ok := o.Intersect(u); ok && !out.add(both) {
				return
			}
		}
	}
}

// unplaced returns the suites that are accepted and in no own proposal; more,
// where these are in too many pieces.
func (c Choice) unplaced() []proposals.Product {
	if c.Proposals == ProposalsUnknown || len(c.Own) == 0 {
		return c.Accepted
	}
	var own []proposals.Product
	for _, o := range c.Own {
		own = append(own, o.Product)
	}
	left, err := matrix.Difference(c.Accepted, own)
	if err != nil {
		return c.Accepted
	}
	return left
}
