// Package proposals gives meaning to the Proposals of IKE SAs: the algorithms
// that they name, the sets of suites that they stand for, and the keywords in
// which people write them. All of it is pure: no sockets, no clock, no
// randomness.
//
// An [Algorithm] is one value of one [Axis] (a transform type). A [Suite] is
// one algorithm of each axis; a [Product] is every suite that its lists can
// form, which is what one Proposal offers (RFC 7296, Section 3.3).
//
// Algorithms, suites and products are written in strongSwan's keywords, such
// as aes256gcm16-prfsha384-ecp384. Where strongSwan would complete or drop
// something, the parser here refuses and says what to write instead.
package proposals
