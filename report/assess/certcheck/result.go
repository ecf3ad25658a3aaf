package certcheck

import "github.com/ikescope/ikescope/report"

// Result is what clients make of a gateway.
type Result struct {
	// Clients are in the order of [report.Families].
	Clients []report.JudgedClient
	// Observations hold whatever the client, the gravest first.
	Observations []report.Reason
	// Fixes are those that reasons name, each once.
	Fixes []report.IdentityFix

	// Path are the indexes in the chain of the gateway's certificate and of those that
	// issued it, as far as they came.
	Path []int
	// Root is the name of the authority that the path ends at or below, escaped; ""
	// without a certificate.
	Root string
	// DaysLeft is how many whole days the certificate is still valid, less than 0 if
	// it has expired; 0 without a certificate.
	DaysLeft int
}

// Client returns what clients of a family make of it.
func (r *Result) Client(f report.Family) report.JudgedClient {
	for _, one := range r.Clients {
		if one.Client == f {
			return one
		}
	}
	return report.JudgedClient{Client: f, Verdict: report.CertificateUnknown}
}
