package revocation

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"
)

// ocsp asks an OCSP server.
func (a Asker) ocsp(ctx context.Context, out *Answer, c, issuer *x509.Certificate) {
	request, err := ocsp.CreateRequest(c, issuer, nil)
	if err != nil {
		out.Why = "no OCSP request can be made of it"
		return
	}
	text := a.fetch(ctx, out, "application/ocsp-request", request, maxOCSP)
	if text == nil {
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
