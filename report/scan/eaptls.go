package scan

import (
	"crypto/tls"

	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// newEAPTLS returns the handshakes with the servers of EAP with TLS.
func newEAPTLS(all []*identity.TLS) []report.EAPTLS {
	var out []report.EAPTLS
	for _, t := range all {
		one := report.EAPTLS{
			Method: t.Method.String(), Offered: tls.VersionName(t.Most), State: report.IdentityState(t.State.String()),
			Unread: t.Unread, AsksCertificate: t.AsksCertificate, Authorities: t.Authorities,
			Detail: t.Why, Evidence: lists.Evidence(t.Exchanges),
		}
		if t.State == identity.Seen {
			one.Version, one.CipherSuite = tls.VersionName(t.Version), tls.CipherSuiteName(t.Suite)
		}
		for _, c := range t.Chain {
			one.Chain = append(one.Chain, newCertificate(c))
		}
		out = append(out, one)
	}
	return out
}
