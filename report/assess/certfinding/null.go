package certfinding

import (
	"slices"

	"github.com/ikescope/ikescope/report"
)

// nullFinding is about a gateway that lets anyone in.
func nullFinding(id *report.Identity) []report.Finding {
	if !id.NullAccepted {
		return nil
	}
	return []report.Finding{{
		ID: string(report.AboutIdentity) + "-NULL-AUTH", Severity: report.SeverityHigh,
		Title:    "the gateway lets anyone in: it authenticates initiators with the NULL method",
		Detail:   "an IKE SA was set up without credentials, and was deleted at once; what it gives access to was not tried. It is meant for opportunistic encryption, and nothing else",
		Evidence: slices.Clone(id.NullEvidence),
		Fix:      []string{"if it is not meant for everyone, require another method of the remote side: in libreswan, set authby= or rightauth= to something other than null"},
		Refs:     []string{"RFC 7619"},
	}}
}

// keptFinding is about a gateway that keeps IKE SAs half-open that were opened to ask.
func keptFinding(id *report.Identity) []report.Finding {
	if !id.KeptHalfOpen {
		return nil
	}
	f := report.Finding{
		ID: string(report.AboutIdentity) + "-KEPT-HALF-OPEN", Severity: report.SeverityLow,
		Title:  "the gateway keeps IKE SAs that wait for EAP half-open, whatever their initiator sends to end them",
		Detail: "until they time out, they count towards its limit of half-open IKE SAs, so a few strangers can keep users out",
		Fix:    []string{"let half-open IKE SAs time out sooner, and demand cookies at a low number of them (strongSwan: half_open_timeout, cookie_threshold)"},
		Refs:   []string{"RFC 7296, Section 2.6", "RFC 8019"},
	}
	if len(id.Connections) > 0 {
		f.Evidence = slices.Compact(slices.Sorted(slices.Values(id.Connections[0].Evidence)))
	}
	return []report.Finding{f}
}
