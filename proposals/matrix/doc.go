// Package matrix finds out which suites a gateway accepts, and holds what was
// found. All of it is pure: no sockets, no clock, no randomness.
//
// A [Universe] is the set of suites that a scan asks about. A [Planner] decides
// the next [Offer] from the answers so far, until each suite of the universe is
// accepted, refused, without an answer, or not tested: the [Matrix]. Sets of
// suites are compared with [Difference] and [Intersection].
//
// Inside, a set of suites is a list of boxes (box.go), products in the numbering
// of the universe. A search (search.go) is one run of a Planner: it covers what
// is undecided (cover.go), locates a suite in what was taken (locate.go), grows a
// product around it (grow.go), and verifies that by samples (verify.go) which
// combine its algorithms (combinations.go). Answers become facts (ask.go,
// facts.go), and these in the end the matrix (result.go).
package matrix
