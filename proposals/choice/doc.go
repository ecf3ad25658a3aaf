// Package choice describes how a responder chooses one suite of an offer, and
// learns it from what it is seen to choose. All of it is pure: no sockets, no
// clock, no randomness.
//
// A [Choice] predicts what becomes of any offer; a [Learner] asks the questions
// from which one follows.
package choice
