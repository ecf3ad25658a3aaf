package choice

import (
	"fmt"

	"github.com/ikescope/ikescope/proposals"
)

// Choice is what is known of how a responder chooses a suite from an offer.
// RFC 7296, Section 2.7, leaves that to the responder, and responders differ in
// three things:
//
//   - whose order decides within a proposal. Most take, on each axis, the first
//     algorithm of their own list that is offered; some the first one offered
//     that they have.
//   - whose order of proposals decides, which matters since clients such as
//     Windows offer every suite as a proposal of its own. Most go through their
//     own proposals and take the first that meets the offer; of the offered
//     proposals that meet it strongSwan and libreswan take the first, OpenIKED
//     the one whose algorithms stand best in its lists. Others take the first
//     offered proposal that is acceptable.
//   - what their own proposals are. What they accept does not show it: a
//     proposal of two ciphers accepts what two proposals of one cipher do, but
//     from two offered proposals with these ciphers the one takes the
//     initiator's first, the other its own.
//
// Most choose a suite first, and ask for its method with INVALID_KE_PAYLOAD, so
// that it does not matter which method the KE payload is of. OpenIKED chooses the
// method of the KE payload, where an own proposal and an offered one have it.
type Choice struct {
	// Accepted is what the responder accepts, in any order.
	Accepted []proposals.Product
	// Algorithms says whose order decides within a proposal.
	Algorithms AlgorithmRule
	// Proposals says how it comes to one of several proposals.
	Proposals ProposalRule
	// FollowsKE says whether, of an own proposal and an offered one that both
	// have the method of the KE payload, it is chosen whatever stands before it.
	FollowsKE Known
	// Own are the responder's own proposals, by rank. Suites of Accepted that
	// are in none of them may come before or after any other.
	Own []OwnProposal
	// Seen is what it was seen to choose. It chooses the same from an offer that
	// does not differ in what is accepted.
	Seen []Chosen
}

// AlgorithmRule is how a responder chooses an algorithm of each axis from an
// offered proposal and an own one.
type AlgorithmRule uint8

const (
	AlgorithmsUnknown   AlgorithmRule = iota
	AlgorithmsResponder               // the first of its own list that is offered
	AlgorithmsInitiator               // the first offered that it has
)

// String returns whose order decides: "responder", "initiator" or "unknown".
func (r AlgorithmRule) String() string {
	switch r {
	case AlgorithmsUnknown:
		return "unknown"
	case AlgorithmsResponder:
		return "responder"
	case AlgorithmsInitiator:
		return "initiator"
	}
	return fmt.Sprintf("AlgorithmRule(%d)", uint8(r))
}

// ProposalRule is how a responder chooses an offered proposal and an own one.
type ProposalRule uint8

const (
	ProposalsUnknown ProposalRule = iota
	// ProposalsInitiator: the first one offered that meets an own one, and the
	// first of these.
	ProposalsInitiator
	// ProposalsResponder: the first own one that meets the offer, and the
	// first one offered of those that it meets.
	ProposalsResponder
	// ProposalsResponderBest: the first own one that meets the offer, and of
	// those that it meets the one with the least score: the sum of the places
	// that the chosen algorithms have in the lists of the own one. A place of
	// ENCR and INTEG counts three times, one of KE twice, as in OpenIKED.
	ProposalsResponderBest
)

// String returns whose order decides: "responder", "responder, best",
// "initiator" or "unknown".
func (r ProposalRule) String() string {
	switch r {
	case ProposalsUnknown:
		return "unknown"
	case ProposalsInitiator:
		return "initiator"
	case ProposalsResponder:
		return "responder"
	case ProposalsResponderBest:
		return "responder, best"
	}
	return fmt.Sprintf("ProposalRule(%d)", uint8(r))
}

// OwnProposal is a proposal of a responder, as far as its place and its order
// are known.
type OwnProposal struct {
	// Rank is from 1. Lower ones come first; the order of equal ones is
	// not known.
	Rank int
	// Product holds its algorithms, those in order of preference first.
	Product proposals.Product
	// Ordered is how many algorithms at the start of each list are in the order
	// of preference. The others come after the first of these, but the last
	// ones, as many as Anywhere says, may come before it, too.
	Ordered, Anywhere [proposals.NumAxes]int
}
