package assess

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess/certcheck"
)

// withoutEAP says why nothing is known of the IKE_AUTH of a client whose configuration
// has no EAP, "" of one that has, or may have.
func withoutEAP(p client.Policy) string {
	if p.Login == nil {
		return ""
	}
	switch p.Login.By {
	case client.LoginPSK:
		return "its configuration has a pre-shared key: what the gateway answers to that is not seen without it"
	case client.LoginCertificate:
		return "its configuration has a certificate without EAP: what the gateway answers to that is not seen without one"
	}
	return ""
}

// ofConfiguration returns what a client makes of a connection by its own configuration,
// where its family alone leaves that open: by its method of EAP, and by the identity that
// it demands of the gateway.
func (c predictor) ofConfiguration(j report.JudgedClient, connection *report.Connection, p client.Policy) report.JudgedClient {
	if p.Login == nil {
		return j
	}
	reasons := slices.Clone(j.Reasons)
	drop := func(applies func(report.Reason) bool) { reasons = slices.DeleteFunc(reasons, applies) }
	add := func(r report.Reason) {
		r.Certainty, r.Source = report.Documented, "the client's configuration"
		reasons = append(reasons, r)
	}
	if method := p.Login.EAP; method != "" && connection.MethodsComplete && len(connection.Methods) > 0 {
		drop(func(r report.Reason) bool { return strings.HasPrefix(r.Rule, "method-") })
		if !slices.Contains(connection.Methods, method) {
			r := report.Reason{
				Rule: "own-method", Effect: report.CertificateRejected, Severity: report.SeverityHigh, Evidence: connection.MethodsEvidence,
				Sentence: "its configuration has " + method + ", and the gateway offers " + english.List(connection.Methods, "and") + " alone",
			}
			if j.Client == report.FamilyWindows {
				r.Shows = []string{"812"}
			}
			for _, f := range certcheck.FixesOf([]string{"setmethod/" + string(j.Client), "method"}, "") {
				r.Fixes = append(r.Fixes, f.ID)
			}
			add(r)
		}
	}
	// Windows compares the certificate with what is dialed, whatever is configured.
	demanded := strings.TrimPrefix(strings.TrimPrefix(p.Login.Gateway, "fqdn:"), "@")
	switch same := strings.EqualFold(demanded, connection.ID); {
	case j.Client == report.FamilyWindows, demanded == "" && !p.Login.AnyGateway, strings.EqualFold(demanded, c.target.Identity.Name):
	case p.Login.AnyGateway:
		drop(func(r report.Reason) bool { return certcheck.IsAboutName(r.Rule) })
	default:
		drop(func(r report.Reason) bool {
			return certcheck.IsAboutName(r.Rule) || !same && strings.HasPrefix(r.Rule, "id-")
		})
		_, notAddress := netip.ParseAddr(demanded)
		if notAddress == nil || strings.Contains(demanded, ".") && !strings.ContainsAny(demanded, "@=: ") {
			reasons = append(reasons, certcheck.NameReasons(connection, j.Client, demanded, c.target.Started)...)
		}
		if !same {
			add(report.Reason{
				Rule: "own-identity", Effect: report.CertificateUnknown, Severity: report.SeverityLow, Evidence: connection.Evidence,
				Sentence: "its configuration asks for " + demanded + " in IDr, and whether the gateway answers to that, which identifies itself as " + connection.ID + ", is not known",
			})
		}
	}
	return certcheck.Weighed(j.Client, reasons)
}
