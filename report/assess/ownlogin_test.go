package assess_test

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// TestLoginOfConfiguration: what the configuration of a client says of IKE_AUTH counts,
// where its family alone is judged otherwise.
func TestLoginOfConfiguration(t *testing.T) {
	reason := func(rule string, effect report.Acceptance) []report.Reason {
		return []report.Reason{{Rule: rule, Effect: effect, Severity: report.SeverityHigh, Sentence: rule, Shows: []string{"13801"}}}
	}
	const rejects, unknown, accepts = report.CertificateRejected, report.CertificateUnknown, report.CertificateAccepted
	name, usage, method := reason("name-missing", rejects), reason("eku-absent", rejects), reason("method-not-x", unknown)
	eap := func(m string) *client.Login { return &client.Login{By: client.LoginEAP, EAP: m} }
	for _, tt := range []struct {
		name    string
		family  report.Family
		reasons []report.Reason
		methods string // all that the gateway has; "" if that is not known
		login   *client.Login
		want    report.Acceptance
		said    string
	}{
		{"nothing is known of it", report.FamilyStrongSwan, name, "eap-tls", nil, rejects, "name-missing"},
		{"a pre-shared key", report.FamilyApple, usage, "eap-tls", &client.Login{By: client.LoginPSK}, unknown, "a pre-shared key: what the gateway answers to that is not seen"},
		{"a certificate without EAP", report.FamilyWindows, usage, "eap-tls", &client.Login{By: client.LoginCertificate}, unknown, "a certificate without EAP"},
		{"its method", report.FamilyWindows, method, "eap-mschapv2 eap-tls", eap("eap-tls"), accepts, ""},
		{"another method", report.FamilyWindows, method, "eap-mschapv2 eap-md5", eap("eap-tls"), rejects, "its configuration has eap-tls, and the gateway offers eap-mschapv2 and eap-md5 alone; it shows 812"},
		{"another method, of more", report.FamilyWindows, method, "", eap("eap-tls"), unknown, "method-not-x"},
		{"any method", report.FamilyWindows, method, "eap-md5", eap(""), unknown, "method-not-x"},
		{"any identity", report.FamilyStrongSwan, name, "", &client.Login{AnyGateway: true}, accepts, ""},
		{"any identity, another fault", report.FamilyStrongSwan, append(usage, name...), "", &client.Login{AnyGateway: true}, rejects, "eku-absent"},
		{"the name that is dialed", report.FamilyApple, name, "", &client.Login{Gateway: "DIALED.example.com"}, rejects, "name-missing"},
		{"the identity of the gateway", report.FamilyApple, name, "", &client.Login{Gateway: "vpn.example.com"}, accepts, ""},
		{"the same with a mark", report.FamilyStrongSwan, name, "", &client.Login{Gateway: "@vpn.example.com"}, accepts, ""},
		{"another identity", report.FamilyApple, reason("id-key-id", unknown), "", &client.Login{Gateway: "C=CH, CN=gw"}, unknown, "asks for C=CH, CN=gw in IDr, and whether the gateway answers to that, which identifies itself as vpn.example.com"},
		{"Windows has none", report.FamilyWindows, name, "", &client.Login{AnyGateway: true}, rejects, "name-missing; it shows 13801"},
	} {
		r := reporttest.Base("vpn.example.com", "198.51.100.7")
		r.Matrix = reporttest.Matrix{Asked: matrix.Standard().Products(), Observed: older, Evidence: []int{4, 5}}.Of(t)
		target := scan.Document(scan.Run{}, []evidence.Result{r}).Targets[0]
		c := shows("vpn.example.com", "", older)
		c.Judged = []report.JudgedClient{{Client: tt.family, Verdict: tt.reasons[0].Effect, Reasons: tt.reasons, Shows: []string{"13801"}}}
		c.Methods, c.MethodsComplete = strings.Fields(tt.methods), tt.methods != ""
		target.Identity = &report.Identity{State: report.IdentitySeen, Name: "dialed.example.com", Connections: []report.Connection{c}}
		p := policy(t, older)
		p.Family, p.Login = client.Family(tt.family), tt.login
		got := assess.Clients(&target, []client.Policy{p})[0]
		if got.Login == nil || got.Login.Verdict != tt.want || (got.Verdict == report.ClientFails) != (tt.want == rejects) {
			t.Errorf("%s: it %s, %+v", tt.name, got.Words(), got.Login)
			continue
		}
		words := strings.Join(got.Login.Reasons, "; ")
		if len(got.Login.Shows) > 0 && tt.family == report.FamilyWindows {
			words += "; it shows " + strings.Join(got.Login.Shows, " or ")
		}
		if !strings.Contains(words, tt.said) || tt.said == "" && words != "" {
			t.Errorf("%s: %q, want %q", tt.name, words, tt.said)
		}
		if strings.HasPrefix(tt.said, "its configuration has eap") && (got.Fix == nil || got.Fix.Side != "client" || !strings.Contains(strings.Join(got.Fix.Lines, ""), "Set-VpnConnection")) {
			t.Errorf("%s: fix %+v", tt.name, got.Fix)
		}
	}
}
