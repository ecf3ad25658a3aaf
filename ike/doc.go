// Package ike reads and writes the messages of the Internet Key Exchange
// Protocol Version 2 (RFC 7296): the header, the payloads and the numbers that
// IANA registered for them.
//
// It is made for a scanner, so it keeps what a peer sent. Order, duplicates,
// unknown payloads, transforms and attributes survive reading and writing;
// only reserved octets are ignored on read and written as zero. A parser
// rejects what it cannot delimit or count, and no more: whether a nonce is too
// short, or a message has two SA payloads, is for its caller to say. A parsed
// value owns its octets, and empty octet strings are nil.
//
// The package has no sockets, clock, randomness or state. The Encrypted payload
// is opaque here.
package ike
