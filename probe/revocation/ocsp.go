package revocation

import (
	"context"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/ikescope/ikescope/ike/certificate"
)

// ocsp asks an OCSP server.
func (a Asker) ocsp(ctx context.Context, out *Answer, c, issuer *x509.Certificate) {
	request, err := ocsp.CreateRequest(c, issuer, nil)
	if err != nil {
		out.Why = "no OCSP request can be made of it"
		return
	}
	if text := a.fetch(ctx, out, "application/ocsp-request", request, maxOCSP); text != nil {
		a.said(out, text, c, issuer)
	}
}

// Stapled returns what an OCSP response that the gateway sent with its certificates (RFC
// 4806) says of a certificate of chain.
func (a Asker) Stapled(chain []*x509.Certificate, certificate int, response []byte) Answer {
	out := Answer{Question: Question{Certificate: certificate, By: Staple}, State: Unknown}
	c, issuer := chain[certificate], chain[certificate+1]
	switch {
	case c.CheckSignatureFrom(issuer) != nil:
		out.Why = "its issuer did not come, so that the answer cannot be verified"
	case len(response) > maxOCSP:
		out.Why = fmt.Sprintf("the answer is longer than %d octets, and was not read", maxOCSP)
	default:
		a.said(&out, response, c, issuer)
	}
	return out
}

// verifiable reports whether the certificates in a response can be verified in bounded
// time: one signature is verified with the key of the first before it is looked at whose
// that is. What is no response is left to who reads it.
func verifiable(text []byte) bool {
	var response struct {
		Status asn1.Enumerated
		Bytes  struct {
			Type  asn1.ObjectIdentifier
			Basic []byte
		} `asn1:"explicit,tag:0,optional"`
	}
	var basic struct {
		Data         asn1.RawValue
		Algorithm    asn1.RawValue
		Signature    asn1.BitString
		Certificates []asn1.RawValue `asn1:"explicit,tag:0,optional"`
	}
	if _, err := asn1.Unmarshal(text, &response); err != nil {
		return true
	}
	if _, err := asn1.Unmarshal(response.Bytes.Basic, &basic); err != nil {
		return true
	}
	return !slices.ContainsFunc(basic.Certificates, func(der asn1.RawValue) bool {
		c, err := certificate.Parse(der.FullBytes)
		return err != nil || c.X509() == nil
	})
}

// said reads an OCSP response.
func (a Asker) said(out *Answer, text []byte, c, issuer *x509.Certificate) {
	if !verifiable(text) {
		out.Why = "the answer is signed with a certificate that cannot be verified"
		return
	}
	r, err := ocsp.ParseResponseForCert(text, c, issuer)
	var refused ocsp.ResponseError
	switch {
	case errors.As(err, &refused):
		out.Why = "the server refuses to say: " + refused.Status.String()
	case err != nil:
		out.Why = "the answer is not a response of its issuer's"
	case r.Certificate != nil && !speaksFor(r.Certificate, issuer, a.At):
		out.Why = "the answer is signed with a certificate that is not for OCSP"
	case !a.current(out, r.ThisUpdate, r.NextUpdate):
	case r.Status == ocsp.Good:
		out.State = Good
	case r.Status == ocsp.Revoked:
		out.State, out.Why = Revoked, revokedWords(r.RevokedAt, r.RevocationReason)
	default:
		out.Why = "the server does not know the certificate"
	}
}

// speaksFor reports whether c, which issuer signed, may sign its answers: it says so of c,
// or else whoever has a certificate of this authority could (RFC 6960, Section 4.2.2.2).
func speaksFor(c, issuer *x509.Certificate, at time.Time) bool {
	if c.Equal(issuer) {
		return true
	}
	return slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) && !at.Before(c.NotBefore) && !at.After(c.NotAfter)
}
