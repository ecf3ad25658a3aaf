package evidence

import (
	"github.com/ikescope/ikescope/ike"
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
