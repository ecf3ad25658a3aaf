// Package certificate reads the X.509 certificates that a gateway sends in CERT
// payloads, those too that crypto/x509 refuses whole for their key, and holds an
// AUTH payload against the key of one. It trusts nothing: whether a client would is
// for the caller to judge. It has no sockets and no clock.
package certificate
