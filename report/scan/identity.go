package scan

import (
	"fmt"
	"time"

	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess/certcheck"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// newIdentity returns what a gateway said of itself, with what clients make of it; nil
// if it was not asked.
func newIdentity(r *identity.Result, started time.Time) *report.Identity {
	if r == nil {
		return nil
	}
	out := &report.Identity{State: report.IdentityNotAsked, Name: r.Name, Connections: []report.Connection{}, KeptHalfOpen: r.Unclosed, NotAsked: r.NotAsked, Hybrid: r.Hybrid}
	if r.Null != nil {
		out.NullAccepted, out.NullEvidence = r.Null.State == identity.Seen, lists.Evidence(r.Null.Exchanges)
	}
	for i, c := range r.Identities {
		connection := newConnection(c)
		connection.EAPTLS = newEAPTLS(c.TLS)
		out.Connections = append(out.Connections, connection)
		if i == 0 || connection.State == report.IdentitySeen {
			out.State = connection.State
		}
	}
	return certcheck.Identity(out, certcheck.Basis{At: started.UTC(), Roots: r.Roots, WarnDays: r.WarnDays})
}

func newConnection(c identity.Connection) report.Connection {
	out := report.Connection{
		Introduction: *introduction(c.Plain),
		Suites:       []string{},
		ByName:       introduction(c.ByName), NoHashes: introduction(c.NoHashes), NoCertReq: introduction(c.NoCertReq), NoFragments: introduction(c.NoFragments), Staple: introduction(c.Staple),
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
	out := &report.Introduction{
		State: report.IdentityState(r.State.String()), Unread: r.Unread, LeafUnread: r.LeafUnread, HashAndURL: r.HashAndURL, Omitted: r.Omitted,
		Detail: r.Why, Evidence: lists.Evidence(r.Exchanges), Octets: r.Octets, AnswerLost: r.AnswerLost,
	}
	if r.Fragments > 1 {
		out.Fragments = r.Fragments
	}
	if r.Notify != 0 {
		out.Notify = r.Notify.String()
	}
	if r.State != identity.Seen {
		return out
	}
	out.Staples = r.Staples
	out.ID, out.IDType, out.IDData = certificate.IDText(r.ID), r.ID.IDType.String(), r.ID.Data
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

func newCertificate(c *certificate.Certificate) report.Certificate {
	out := report.Certificate{
		Subject: c.Subject, Issuer: c.Issuer, SerialNumber: c.SerialNumber,
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(),
		Key: c.Key.String(), Signature: c.Signature, CA: c.IsCA,
		OCSP: c.OCSP, Issuers: c.Issuers, CRL: c.CRL, Policies: c.Policies,
		SHA256: fmt.Sprintf("%x", c.SHA256), DER: c.Raw,
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
