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
		Detail:   "an IKE SA came about without credentials, and was deleted at once; what it gives access to was not tried. It is meant for opportunistic encryption, and nothing else",
		Evidence: slices.Clone(id.NullEvidence),
		Fix:      []string{"if it is not meant for anyone, demand another method of the remote side: in libreswan authby= or rightauth= of something else than null"},
		Refs:     []string{"RFC 7619"},
	}}
}
