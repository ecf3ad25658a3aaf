package revocation

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// removeFromCRL is of a certificate that is not on hold any more.
const removeFromCRL = 8

// crl fetches a CRL and looks the certificate up.
func (a Asker) crl(ctx context.Context, out *Answer, c, issuer *x509.Certificate) {
	text := a.fetch(ctx, out, "", nil, maxCRL)
	if text == nil {
		return
	}
	if strings.HasPrefix(string(bytes.TrimSpace(text[:min(len(text), 64)])), "-----BEGIN ") {
		if block, _ := pem.Decode(text); block != nil {
			text = block.Bytes
		}
	}
	list, err := x509.ParseRevocationList(text)
	switch {
	case err != nil:
		out.Why = "the answer is not a CRL"
		return
	case !bytes.Equal(list.RawIssuer, c.RawIssuer) || list.CheckSignatureFrom(issuer) != nil:
		out.Why = "the CRL is not its issuer's"
		return
	case !a.current(out, list.ThisUpdate, list.NextUpdate):
		return
	}
	for _, e := range list.RevokedCertificateEntries {
		if e.SerialNumber != nil && e.SerialNumber.Cmp(c.SerialNumber) == 0 && e.ReasonCode != removeFromCRL {
			out.State, out.Why = Revoked, revokedWords(e.RevocationTime, e.ReasonCode)
			return
		}
	}
	if !covers(list, c, out.URL) {
		out.Why = "the CRL is of a part of the certificates, and it is not known whether this one is among them"
		return
	}
	out.State = Good
}

// covers reports whether a CRL that does not have c says that it is good: it may be of
// some certificates only, or have what changed since another one (RFC 5280, Sections
// 5.2.4 and 5.2.5).
func covers(list *x509.RevocationList, c *x509.Certificate, url string) bool {
	for _, e := range list.Extensions {
		switch {
		case e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 28}):
			if !covered(e.Value, c.IsCA, url) {
				return false
			}
		case e.Critical:
			return false // the delta CRL indicator among them
		}
	}
	return true
}

// covered reads an IssuingDistributionPoint.
func covered(der []byte, isCA bool, url string) bool {
	in := cryptobyte.String(der)
	var point, name cryptobyte.String
	var named bool
	if !in.ReadASN1(&point, cbasn1.SEQUENCE) || !point.ReadOptionalASN1(&name, &named, cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return false
	}
	if named && !isOf(name, url) {
		return false
	}
	for !point.Empty() {
		var value cryptobyte.String
		var tag cbasn1.Tag
		if !point.ReadAnyASN1(&value, &tag) {
			return false
		}
		switch tag {
		case cbasn1.Tag(1).ContextSpecific(): // onlyContainsUserCerts
			if isCA {
				return false
			}
		case cbasn1.Tag(2).ContextSpecific(): // onlyContainsCACerts
			if !isCA {
				return false
			}
		default: // some reasons, other issuers, attribute certificates
			return false
		}
	}
	return true
}

// isOf reports whether url is among the full names of a DistributionPointName.
func isOf(name cryptobyte.String, url string) bool {
	var names cryptobyte.String
	if !name.ReadASN1(&names, cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return false
	}
	for !names.Empty() {
		var value cryptobyte.String
		var tag cbasn1.Tag
		if !names.ReadAnyASN1(&value, &tag) {
			return false
		}
		if tag == cbasn1.Tag(6).ContextSpecific() && string(value) == url { // uniformResourceIdentifier
			return true
		}
	}
	return false
}
