// Package peer is the peer's side of EAP (RFC 3748), which IKEv2 initiators speak: the
// conversation, and the methods MD5-Challenge, GTC and MSCHAPv2. It has no sockets or
// clock, and is given its randomness.
//
// Whoever asks is taken for hostile: a password is answered for once, whatever is asked
// afterwards, and how often anything is answered is bounded.
package peer
