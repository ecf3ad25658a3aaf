// Package keymat derives the keys of an IKE SA and protects its messages: the
// pseudorandom functions, prf+, SKEYSEED and the SK_ keys of RFC 7296, Sections
// 2.13 and 2.14, and the Encrypted payload of Section 3.14 with the ciphers
// and integrity algorithms that gateways accept, old and weak ones too.
package keymat
