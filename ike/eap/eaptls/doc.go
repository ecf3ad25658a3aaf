// Package eaptls carries TLS in EAP packets, as EAP-TLS (RFC 5216, RFC 9190), EAP-TTLS
// (RFC 5281) and PEAP do, whose fragments are the same: [Conn] for the peer, [Server]
// for the server. It has no sockets, clock or randomness of its own.
package eaptls
