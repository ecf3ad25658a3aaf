package evidence

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
)

// Preference is how the gateway chooses, as far as it was seen.
type Preference struct {
	// KE lists key exchange methods, most preferred first: in the order in
	// which the gateway chooses them from what it accepts, if those that it
	// chose are offered no more. It is empty where the initiator's order
	// decides.
	KE []ike.KeyExchangeMethod
	// KEComplete: KE holds every accepted method, not only the first ones.
	KEComplete bool
	// Decides is whose order counts within a proposal.
	Decides choice.AlgorithmRule
	// Proposals is how it comes to one of several proposals, and Own are its
	// own ones, as [choice.Choice] has them.
	Proposals choice.ProposalRule
	Own       []choice.OwnProposal
	// FollowsKE says whether it prefers suites with the method of the KE
	// payload.
	FollowsKE choice.Known
	// Suite is the suite chosen from an offer of everything accepted that
	// fits one request and that this scanner can compute.
	Suite    *proposals.Suite
	Evidence []int
}

// ChosenIn returns what the gateway chose in an exchange that took the offer.
func ChosenIn(x initiator.Exchange) choice.Chosen {
	out := choice.Chosen{Question: choice.Question{Offer: x.Offer}, Pick: choice.Pick{KE: x.Group, Suite: x.Suite}}
	if proposals.HasKeyExchange(x.Offer, x.KE) {
		out.Question.KE = x.KE
	}
	return out
}

// MethodOrder returns the gateway's order of key exchange methods, as far as it
// is certain: that in which it takes them if what it took is offered no more.
func MethodOrder(c choice.Choice) (order []ike.KeyExchangeMethod, complete bool) {
	c.FollowsKE = choice.No
	left := c.Accepted
	for len(left) > 0 {
		may := c.Of(left)
		if len(may) == 0 || slices.ContainsFunc(may, func(s proposals.Suite) bool { return s[proposals.KE] != may[0][proposals.KE] }) {
			return order, false
		}
		m := ike.KeyExchangeMethod(may[0][proposals.KE].ID)
		order = append(order, m)
		left = offers.WithoutMethod(left, m)
	}
	return order, true
}
