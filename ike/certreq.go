package ike

import (
	"crypto/sha1"

	"golang.org/x/crypto/cryptobyte"
)

// A CertReq payload asks for a certificate of one of its authorities. RFC 7296,
// Section 3.7.
type CertReq struct {
	Encoding CertEncoding

	// Authorities is of a form that Encoding defines. Hashes reads the usual
	// one.
	Authorities []byte
}

var _ Payload = (*CertReq)(nil)

// Type returns PayloadCERTREQ.
func (c *CertReq) Type() PayloadType { return PayloadCERTREQ }

// Hashes returns the SHA-1 hashes of the authorities' public keys (the DER of
// their SubjectPublicKeyInfo), or nil if Encoding is not one of the three of
// X.509 that are defined so, or Authorities is not a list of 20 octets each.
func (c *CertReq) Hashes() [][20]byte {
	switch c.Encoding {
	case CertX509Signature, CertHashAndURL, CertHashAndURLBundle:
	default:
		return nil
	}
	if len(c.Authorities)%sha1.Size != 0 {
		return nil
	}
	var hashes [][20]byte
	s := cryptobyte.String(c.Authorities)
	for hash := [20]byte{}; s.CopyBytes(hash[:]); {
		hashes = append(hashes, hash)
	}
	return hashes
}

func parseCertReq(s cryptobyte.String) (*CertReq, *ParseError) {
	var encoding uint8
	if !s.ReadUint8(&encoding) {
		return nil, tooShort("CERTREQ payload", 0, 1)
	}
	return &CertReq{CertEncoding(encoding), readRest(&s)}, nil
}

func (c *CertReq) appendBody(b []byte) ([]byte, error) {
	b = append(b, byte(c.Encoding))
	return append(b, c.Authorities...), nil
}
