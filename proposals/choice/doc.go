// Package choice describes how a responder chooses one suite of an offer, and
// learns it from what it is seen to choose. All of it is pure: no sockets, no
// clock, no randomness.
//
// # The choice
//
// RFC 7296 leaves the choice to the responder. A [Choice] holds what is known of
// it: whose order of algorithms decides, whose order of proposals decides,
// whether the KE payload decides, and what the responder's own proposals are.
// From these [Choice.OfKE] predicts what becomes of any offer: one suite where
// that is certain, several where it is not, none where the offer is refused.
// What was seen to be chosen, [Chosen], narrows a prediction of the same offer,
// and may contradict one.
//
// # The learner
//
// A [Learner] asks [Question]s, each an offer with a KE payload, and each is
// answered with a [Pick]. It learns in four steps:
//
//  1. The rules (rules.go). The same offer in two orders shows whose order
//     decides; two methods of one proposal, with a KE payload of the less
//     preferred one, show whether the KE payload does (followske.go).
//  2. The own proposals, one after the other (own.go). What is chosen from all
//     that is in none of them yet is a suite of the next one. It begins a
//     hypothesis of that proposal, a value, which is reconstructed
//     (reconstruct.go, order.go): each answer places values or rules them out.
//     Values that the scanner cannot compute get no place, unless they are key
//     exchange methods. A responder that scores the offered proposals is recognized by what a second
//     cipher outweighs (scores.go), and its own proposals are reconstructed by
//     the ranks of their values (byrank.go).
//  3. The check (learner.go). The Choice is held against everything that was
//     seen. If they contradict each other nothing is claimed.
//  4. The offers of interest (settle.go). Where several suites may be chosen
//     from one, it is asked about itself.
//
// Most questions depend on the answers before them. So that a responder far away
// is not asked one question for each round trip, the learner speculates
// (speculate.go): it goes on as if a likely answer had come, asks all that came
// up, and begins again with the answers that it has by then. A step never knows
// whether an answer is old or guessed; see run.go.
package choice
