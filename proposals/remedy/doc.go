// Package remedy finds the smallest change with which a client and a gateway
// that have no suite in common get one: on the client's side a suite that its
// product can be set to and the gateway accepts, on the gateway's a suite of
// the client's offer that it takes beside its own. Each is written in the
// product's own syntax, one file a syntax. All of it is pure.
//
// Sound comes before small: a suite with something weak is proposed only where
// no other would do, and what it brings in that is weaker than the policy in
// force is said.
package remedy
