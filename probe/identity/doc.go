// Package identity asks a gateway who it is, without credentials: in an IKE_AUTH
// request without AUTH payload, as a client of EAP sends it, which a gateway that does
// EAP answers with its identity, its certificates and a signature. It says which
// questions are worth their IKE SA, and reads the answers; to open and close IKE SAs is
// for the caller.
package identity
