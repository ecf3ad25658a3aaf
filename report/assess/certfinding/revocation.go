package certfinding

import (
	"slices"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// revocationFindings are about what authorities say of the certificates: that one is
// revoked, or nothing at all.
func revocationFindings(c *report.Connection) []report.Finding {
	var out []report.Finding
	evidence := slices.Compact(slices.Sorted(slices.Values(c.Evidence)))
	for _, r := range c.Revocation {
		says := r.URL
		if says == "" {
			says = "the OCSP response that the gateway sends itself (RFC 4806)"
		}
		switch r.State {
		case report.RevocationRevoked:
			out = append(out, report.Finding{
				ID: "IDENTITY-REVOKED", Severity: report.SeverityHigh, Title: r.Subject + " is revoked", Detail: r.Why + ", says " + says + clientsOfRevoked(c), Evidence: evidence,
				Fix:  []string{"find out why it was revoked, and have another certificate issued for a new key"},
				Refs: []string{"RFC 5280, Section 6.3", "RFC 6960"},
			})
		case report.RevocationUnreachable:
			out = append(out, report.Finding{
				ID: "IDENTITY-REVOCATION-UNREACHABLE", Severity: report.SeverityLow, Title: "whether " + r.Subject + " is revoked cannot be asked at " + r.URL,
				Detail: r.Why + "; a client whose policy demands it may refuse the certificate, Windows with error 13848", Evidence: evidence,
				Fix:  []string{"make OCSP servers and CRLs reachable without the tunnel, or leave their URLs out of the certificate"},
				Refs: []string{"RFC 5280, Section 4.2.1.13"},
			})
		}
	}
	return out
}

// clientsOfRevoked names the clients that may refuse a certificate that is revoked, and
// those that do not ask.
func clientsOfRevoked(c *report.Connection) string {
	var may, not []string
	for _, j := range c.Judged {
		for _, r := range j.Reasons {
			switch {
			case r.Rule != report.RuleRevoked:
			case r.Effect == report.CertificateUnknown:
				may = append(may, j.Client.Words())
			default:
				not = append(not, j.Client.Words())
			}
		}
	}
	var out string
	if len(may) > 0 {
		out += "; clients that may not connect: " + english.List(may, "and")
	}
	if len(not) > 0 {
		out += "; clients that do not ask: " + english.List(not, "and")
	}
	return out
}
