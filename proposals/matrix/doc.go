// Package matrix finds out which suites a gateway accepts, and holds what was
// found. All of it is pure: no sockets, no clock, no randomness.
//
// A [Universe] is the set of suites that a scan asks about. A [Planner] decides
// the next [Offer] from the answers so far, until each suite of the universe is
// accepted, refused, without an answer, or not tested: the [Matrix]. Sets of
// suites are compared with [Difference] and [Intersection].
package matrix
