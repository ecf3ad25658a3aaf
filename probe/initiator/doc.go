// Package initiator sends IKE requests to one gateway and makes outcomes of the
// answers. [Open] opens a socket, [Conn.OpenFlow] others, [Conn.Init] makes an IKE_SA_INIT request of an
// [Offer], [Conn.Sealed] one of an encrypted message, and [Conn.Exchange] sends it
// until it is answered or has been sent often enough. A gateway that is silent or
// rude is an [Outcome]; an error is of our own side.
//
// A request is sent again bit for bit (RFC 7296, Section 2.1), after a timeout
// that follows the round trips measured; a demand for a cookie is met once
// (Section 2.6). All exchanges of a Conn share a rate and a congestion window.
// What anybody may have sent is taken with doubt (Section 2.21.1): an ICMP error
// or an answer that is not IKEv2 does not end an exchange while a better answer
// may come, and answers that come after the end are in [Conn.Late].
//
// An accepted offer leaves a half-open IKE SA at the gateway. It is up to the
// caller to end it: package keymat derives the keys from [Request.Key],
// [Request.Nonce], [Request.SPI] and the answer.
package initiator
