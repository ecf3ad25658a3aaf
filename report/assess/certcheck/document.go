package certcheck

import (
	"cmp"
	"crypto/x509"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/report"
)

// Basis is what certificates are judged by, beside what the gateway shows.
type Basis struct {
	// Name is the host name that users dial, "" for that of the document.
	Name string
	// At is the time to judge at.
	At time.Time
	// WarnDays is how many days before its end a certificate is said to expire soon.
	WarnDays int
	// Roots are those that clients trust; nil if that is not known.
	Roots *x509.CertPool
}

// Identity returns what a gateway shows of itself with what each family of clients
// makes of it: each of the answer that it gets, as far as the gateway was asked as it
// asks. It returns nil for nil.
func Identity(id *report.Identity, b Basis) *report.Identity {
	if id == nil {
		return nil
	}
	out := *id
	out.Name = cmp.Or(b.Name, id.Name)
	out.Connections = slices.Clone(id.Connections)
	for i := range out.Connections {
		handshakes(&out.Connections[i], b)
		connection(&out.Connections[i], out.Name, b)
	}
	return &out
}

// connection judges one, unless the document has not all certificates whole, as those
// of old have none.
func connection(c *report.Connection, name string, b Basis) {
	whole := !slices.ContainsFunc(c.Chain, func(one report.Certificate) bool { return len(one.DER) == 0 })
	if c.State != report.IdentitySeen || !whole {
		return
	}
	c.Judged, c.Remarks, c.Fixes, c.Root = nil, nil, nil, ""
	plain := answer{Introduction: &c.Introduction, of: c, name: name, basis: b}
	all := plain.judge()
	c.Remarks, c.Root, c.Fixes = all.Observations, all.Root, all.Fixes
	for i := range c.Remarks {
		c.Remarks[i].Evidence = plain.evidence(c.Remarks[i].Rule)
	}
	for _, family := range report.Families() {
		own := plain
		own.Introduction = answerTo(c, family)
		judged := all
		if own.Introduction != plain.Introduction {
			judged = own.judge()
		}
		one := own.prove(judged.Client(family))
		for i := range one.Reasons {
			one.Reasons[i].Evidence = own.evidence(one.Reasons[i].Rule)
			addFixes(c, judged.Fixes, one.Reasons[i].Fixes)
		}
		c.Judged = append(c.Judged, one)
	}
	eapServer(c)
	for _, t := range c.EAPTLS {
		for _, j := range t.Judged {
			for _, r := range j.Reasons {
				addFixes(c, fixesOf(r.Fixes, name), r.Fixes)
			}
		}
	}
}

// answerTo returns the answer that clients of a family get, or of those that were asked
// for the one that is nearest: Windows asks without RFC 7427 and Android and strongSwan by
// name, Apple's clients do both. An answer that shows nothing is a reason of its own.
func answerTo(c *report.Connection, f report.Family) *report.Introduction {
	var asked []*report.Introduction
	switch f {
	case report.FamilyWindows:
		asked = []*report.Introduction{c.NoHashes}
	case report.FamilyApple:
		asked = []*report.Introduction{c.ByName, c.NoHashes}
	default:
		asked = []*report.Introduction{c.ByName}
	}
	for _, a := range asked {
		if a != nil && a.State == report.IdentitySeen {
			return a
		}
	}
	return &c.Introduction
}

// addFixes adds those of fixes to c that ids name.
func addFixes(c *report.Connection, fixes []report.IdentityFix, ids []string) {
	for _, f := range fixes {
		if slices.Contains(ids, f.ID) && !slices.ContainsFunc(c.Fixes, func(known report.IdentityFix) bool { return known.ID == f.ID }) {
			c.Fixes = append(c.Fixes, f)
		}
	}
}

// answer is one of a connection.
type answer struct {
	*report.Introduction
	of    *report.Connection
	name  string
	basis Basis
}

// judge returns what clients would make of the answer, if all got it.
func (a answer) judge() Result {
	g := Gateway{
		Name: a.name, ID: idOf(a.Introduction), At: a.basis.At, WarnDays: a.basis.WarnDays, Roots: a.basis.Roots,
		WithoutHashes: seenOf(a.of.NoHashes, false), WithoutCertReq: seenOf(a.of.NoCertReq, true), WithHostName: seenOf(a.of.ByName, false),
		SharedKeyMAC: a.Proof == report.ProofSharedKeyMAC, HashAndURL: a.HashAndURL, Omitted: a.Omitted,
		Methods: a.of.Methods, MethodsComplete: a.of.MethodsComplete,
		Revoked:     a.revoked(),
		OnlyEAPOnly: a.of.As == report.AskedEAPOnly, OnlyByName: a.of.As == report.AskedByName,
	}
	if a.LeafUnread {
		return Judge(g) // without the gateway's own there is nothing to judge
	}
	for i, c := range a.Chain {
		if i == maxChain {
			g.Omitted += len(a.Chain) - i
			break
		}
		if parsed, err := certificate.Parse(c.DER); err == nil {
			g.Chain = append(g.Chain, parsed)
		} else if i == 0 {
			break
		}
	}
	return Judge(g)
}

// revoked returns the subject of a certificate that is revoked, "" if none is known to be.
// It was asked about those of the plain answer.
func (a answer) revoked() string {
	if len(a.Chain) == 0 || len(a.of.Chain) == 0 || a.Chain[0].SHA256 != a.of.Chain[0].SHA256 {
		return ""
	}
	for _, r := range a.of.Revocation {
		if r.State == report.RevocationRevoked {
			return r.Subject
		}
	}
	return ""
}

// seenOf is what an answer shows; with certificate, whether one came. Of errors
// AUTHENTICATION_FAILED alone says that the question was refused.
func seenOf(i *report.Introduction, certificate bool) Seen {
	switch {
	case i == nil:
		return NotKnown
	case i.State == report.IdentitySeen && !(certificate && len(i.Chain) == 0):
		return Yes
	case i.State == report.IdentitySeen, i.State == report.IdentityRefused && i.Notify == ike.AUTHENTICATION_FAILED.String():
		return No
	}
	return NotKnown
}

// idOf returns the gateway's IDr, nil if it is not known.
func idOf(i *report.Introduction) *ike.ID {
	for t := range ike.IDType(ike.ID_KEY_ID + 1) {
		if t.String() == i.IDType && len(i.IDData) > 0 {
			return &ike.ID{Payload: ike.PayloadIDr, IDType: t, Data: i.IDData}
		}
	}
	return nil
}

// evidence returns the exchanges that show a rule to apply.
func (a answer) evidence(rule string) []int {
	from := a.Introduction
	for _, other := range []struct {
		rules []string
		in    *report.Introduction
	}{
		{[]string{"host-name-refused"}, a.of.ByName},
		{[]string{"no-signature-without-hashes"}, a.of.NoHashes},
		{[]string{"no-certificate-without-certreq"}, a.of.NoCertReq},
	} {
		if slices.Contains(other.rules, rule) && other.in != nil {
			from = other.in
		}
	}
	if strings.HasPrefix(rule, "method-") {
		return slices.Compact(slices.Sorted(slices.Values(a.of.MethodsEvidence)))
	}
	return slices.Compact(slices.Sorted(slices.Values(from.Evidence)))
}

// prove takes back what clients accept where the gateway does not prove that the
// certificate is its own.
func (a answer) prove(j report.JudgedClient) report.JudgedClient {
	r := report.Reason{Severity: report.SeverityHigh, Certainty: report.Documented, Source: "RFC 7296, Sections 2.15 and 2.16"}
	switch {
	case a.Proof == report.ProofForged:
		r.Rule, r.Effect = "auth-forged", report.CertificateRejected
		r.Sentence = "the signature in AUTH was not made with the key of the certificate"
	case a.Proof == report.ProofNotVerifiable:
		r.Rule, r.Effect, r.Severity = "auth-not-verifiable", report.CertificateUnknown, report.SeverityInfo
		r.Sentence = "the signature in AUTH cannot be verified here: " + shown(a.Detail)
	case a.Proof == report.ProofNone && a.of.As != report.AskedEAPOnly:
		r.Rule, r.Effect, r.Severity = "auth-missing", report.CertificateUnknown, report.SeverityMedium
		r.Sentence = "the gateway sends no AUTH payload with its identity, which RFC 7296 requires"
	default:
		return j
	}
	if r.Effect == report.CertificateRejected || j.Verdict == report.CertificateAccepted {
		j.Verdict = r.Effect
	}
	j.Reasons = append([]report.Reason{r}, j.Reasons...)
	return j
}
