// Package login logs in to a gateway with credentials, once, and ends the IKE SA again:
// by a pre-shared key, a certificate or EAP (RFC 7296, Sections 1.2, 2.15 and 2.16). It
// says which step fails, and why as far as an initiator can know.
//
// It is made to leave the gateway as it was: no INITIAL_CONTACT is sent, no Child SA and
// no address are asked for where the gateway can do without (RFC 6023), the IKE SA is
// deleted whatever happens, and nothing is tried twice. A gateway that does not prove
// who it is gets no password.
package login
