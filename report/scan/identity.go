package scan

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/certcheck"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// newIdentity returns what a gateway said of itself; nil if it was not asked.
func newIdentity(r *identity.Result, started time.Time) *report.Identity {
	if r == nil {
		return nil
	}
	at := started.UTC()
	out := &report.Identity{State: report.IdentityNotAsked, Connections: []report.Connection{}, KeptHalfOpen: r.Unclosed}
	for i, c := range r.Identities {
		connection := newConnection(c)
		judge(&connection, c, r, at)
		out.Connections = append(out.Connections, connection)
		if i == 0 || connection.State == report.IdentitySeen {
			out.State = connection.State
		}
	}
	return out
}

// judge adds what clients make of the certificate of a connection.
func judge(out *report.Connection, c identity.Connection, r *identity.Result, at time.Time) {
	if c.Plain.State != identity.Seen {
		return
	}
	chain := c.Plain.Chain
	if c.Plain.LeafUnread {
		chain = nil // without the gateway's own there is nothing to judge
	}
	judged := certcheck.Judge(certcheck.Gateway{
		Chain: chain, Name: r.Name, ID: c.Plain.ID, At: at, WarnDays: r.WarnDays, Roots: r.Roots,
		WithoutHashes: seenOf(c.NoHashes, false), WithoutCertReq: seenOf(c.NoCertReq, true), WithHostName: seenOf(c.ByName, false),
		SharedKeyMAC: c.Plain.Proof == identity.SharedKeyMAC,
	})
	for _, one := range judged.Clients {
		out.Judged = append(out.Judged, report.JudgedClient{
			Client: string(one.Client), Verdict: report.Acceptance(one.Verdict), Shows: one.Shows, Reasons: reasons(one.Reasons),
		})
	}
	judgeProof(out)
	out.Remarks, out.Root = reasons(judged.Observations), judged.Root
	for _, f := range judged.Fixes {
		out.Fixes = append(out.Fixes, report.IdentityFix{ID: f.ID, Goal: f.Goal, Where: f.Where, Lines: f.Lines, Comment: f.Comment})
	}
}

// judgeProof takes back what clients accept where the gateway does not prove that the
// certificate is its own.
func judgeProof(c *report.Connection) {
	r := report.Reason{Severity: report.SeverityHigh, Certainty: "documented", Source: "RFC 7296, Sections 2.15 and 2.16"}
	switch {
	case c.Proof == report.ProofForged:
		r.Rule, r.Effect = "auth-forged", report.CertificateRejected
		r.Sentence = "the signature in AUTH was not made with the key of the certificate"
	case c.Proof == report.ProofNotVerifiable:
		r.Rule, r.Effect, r.Severity = "auth-not-verifiable", report.CertificateUnknown, report.SeverityInfo
		r.Sentence = "the signature in AUTH cannot be verified here: " + c.Detail
	case c.Proof == report.ProofNone && c.As != report.AskedEAPOnly:
		r.Rule, r.Effect, r.Severity = "auth-missing", report.CertificateUnknown, report.SeverityMedium
		r.Sentence = "the gateway sends no AUTH payload with its identity, which RFC 7296 requires"
	default:
		return
	}
	for i := range c.Judged {
		j := &c.Judged[i]
		if r.Effect == report.CertificateRejected || j.Verdict == report.CertificateAccepted {
			j.Verdict = r.Effect
		}
		j.Reasons = append([]report.Reason{r}, j.Reasons...)
	}
}

// seenOf is what a variant of the question shows; with certificate, whether one came.
func seenOf(r *identity.Reply, certificate bool) certcheck.Seen {
	switch {
	case r == nil || r.State == identity.NotAsked || r.State == identity.Silent || r.State == identity.Unclear:
		return certcheck.NotAsked
	case r.State == identity.Seen && !(certificate && len(r.Chain) == 0):
		return certcheck.Yes
	}
	return certcheck.No
}

func reasons(all []certcheck.Reason) []report.Reason {
	var out []report.Reason
	for _, r := range all {
		out = append(out, report.Reason{
			Rule: r.Rule, Severity: report.Severity(r.Severity), Effect: report.Acceptance(r.Effect),
			Sentence: r.Sentence, Certainty: string(r.Certainty), Source: r.Source, Fixes: r.Fixes,
		})
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
