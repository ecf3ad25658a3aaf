package scan

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"unicode"
	"unicode/utf8"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// newIdentity returns what a gateway said of itself; nil if it was not asked.
func newIdentity(r *identity.Result) *report.Identity {
	if r == nil {
		return nil
	}
	out := &report.Identity{State: report.IdentityNotAsked, Connections: []report.Connection{}, KeptHalfOpen: r.Unclosed}
	for i, c := range r.Identities {
		connection := newConnection(c)
		out.Connections = append(out.Connections, connection)
		if i == 0 || connection.State == report.IdentitySeen {
			out.State = connection.State
		}
	}
	return out
}

func newConnection(c identity.Connection) report.Connection {
	out := report.Connection{
		Introduction: *introduction(c.Plain),
		Suites:       []string{},
		ByName:       introduction(c.ByName), NoHashes: introduction(c.NoHashes), NoCertReq: introduction(c.NoCertReq),
		MethodsComplete: c.AllMethods, MethodsEvidence: c.MethodsBy, EAPServerName: c.ServerName,
	}
	for _, s := range c.Suites {
		out.Suites = append(out.Suites, s.String())
	}
	for _, m := range c.Methods {
		out.Methods = append(out.Methods, m.String())
	}
	switch q := c.Plain.Question; {
	case q.EAPOnly:
		out.As = report.AskedEAPOnly
	case q.AsUser:
		out.As = report.AskedAsUser
	case q.ByName:
		out.As = report.AskedByName
	}
	return out
}

// introduction returns a reply, nil for none.
func introduction(r *identity.Reply) *report.Introduction {
	if r == nil {
		return nil
	}
	out := &report.Introduction{State: report.IdentityState(r.State.String()), Unread: r.Unread, Detail: r.Why, Evidence: lists.Evidence(r.Exchanges)}
	if r.Notify != 0 {
		out.Notify = r.Notify.String()
	}
	if r.State != identity.Seen {
		return out
	}
	out.ID, out.IDType = identityText(r.ID), r.ID.IDType.String()
	out.Proof, out.Scheme = report.Proof(r.Proof.String()), r.Scheme.String()
	if r.Scheme.Method != 0 {
		out.AuthMethod = r.Scheme.Method.String()
	}
	if r.EAP != nil {
		out.FirstMethod = r.EAP.Type.String()
	}
	for _, c := range r.Chain {
		out.Chain = append(out.Chain, newCertificate(c))
	}
	return out
}

// identityText returns Identification Data as people write it.
func identityText(id *ike.ID) string {
	switch id.IDType {
	case ike.ID_IPV4_ADDR, ike.ID_IPV6_ADDR:
		if a, ok := netip.AddrFromSlice(id.Data); ok {
			return a.String()
		}
	case ike.ID_DER_ASN1_DN:
		if name, err := certificate.DistinguishedName(id.Data); err == nil {
			return name
		}
	}
	text := string(id.Data)
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return hex.EncodeToString(id.Data)
		}
	}
	if !utf8.ValidString(text) {
		return hex.EncodeToString(id.Data)
	}
	return text
}

func newCertificate(c *certificate.Certificate) report.Certificate {
	out := report.Certificate{
		Subject: c.Subject, Issuer: c.Issuer, SerialNumber: c.SerialNumber,
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(),
		Key: c.Key.String(), Signature: c.Signature, CA: c.IsCA,
		OCSP: c.OCSP, Issuers: c.Issuers, CRL: c.CRL, Policies: c.Policies,
		SHA256: fmt.Sprintf("%x", c.SHA256),
	}
	out.Names = append(out.Names, c.DNSNames...)
	for _, a := range c.Addresses {
		out.Names = append(out.Names, a.String())
	}
	out.Names = append(append(out.Names, c.EmailAddresses...), c.URIs...)
	if c.HasEKU {
		eku := append([]string{}, c.EKU...)
		out.EKU = &eku
	}
	if c.Unverifiable != nil {
		out.Unverifiable = c.Unverifiable.Error()
	}
	return out
}
