package html

import (
	"bytes"
	"testing"
	"time"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/login"
)

func loginOf(t testing.TB, d *login.Document, names string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Login(&b, d, names); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// exampleLogin fails at the credentials, and has what else a login can have.
func exampleLogin() *login.Document {
	return &login.Document{
		Tool: report.Tool{Name: "ikescope", Version: "1"}, Target: "vpn.example.com", Address: "192.0.2.1", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Method: "eap-mschapv2", User: "carol", Identity: "carol", Verdict: login.Failed, Suite: "aes256gcm16-prfsha384-ecp384", Left: true,
		Intended: []string{"log in once as carol by eap-mschapv2"},
		Steps: []login.Step{
			{Step: "negotiate", State: "passed", Text: "IKE_SA_INIT: aes256gcm16-prfsha384-ecp384, over UDP 500", Evidence: []int{1}},
			{Step: "gateway", State: "passed", Text: "the gateway says it is " + evil, Evidence: []int{2}},
			{Step: "authenticate", State: "failed", Text: "the gateway refuses the login of carol by eap-mschapv2", Evidence: []int{2},
				Reason: &login.Reason{Layer: incident.Authentication, Cause: "eap-credentials", Text: "a wrong user name or password (E=691)", Elsewhere: "which one is wrong",
					Notify: "AUTHENTICATION_FAILED", Windows: &login.Windows{Code: "691", Symbol: "ERROR_AUTHENTICATION_FAILURE"},
					Fix: []incident.Fix{{Line: "type the password again"}, {Where: "swanctl.conf", Line: "secrets {\n  eap { }\n}", Paste: true}}}},
		},
		Gateway: &login.Gateway{ID: evil, Proven: true, Trusted: true, Wanted: "192.0.2.1", NameMatches: new(bool), CertificateMatches: new(bool), Chain: []login.Certificate{{Subject: "CN=" + evil, NotAfter: time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)}}},
		EAP:     &login.EAP{Server: evil, Message: "no"}, Session: &login.Session{Assigned: []login.Setting{{Type: "INTERNAL_IP4_ADDRESS", Value: "10.0.0.1"}}},
		ESP: &login.ESP{PFS: login.PFSDemanded, WithPFS: []string{"aes256-sha1-ecp384"}, Asked: 2200, Accepted: 1, Proven: true},
		Clients: []login.Client{{Name: "windows-11", Verdict: login.ClientDrops, Text: "connects with aes256-sha1, and drops at the first rekeying", Doubt: "inferred",
			Fix: []login.ClientFix{{Where: "PowerShell", Line: "Set-VpnConnection", Paste: true}}}},
		Stay: &login.Stay{Seconds: 8, End: "deleted", Requests: []login.OwnRequest{{Kind: "rekey_ike", Times: 1, Offer: []string{"aes256-sha1-prfsha1-modp2048"}, KE: "KE_MODP_2048"}}},
		Exchanges: []login.Exchange{{Number: 1, Type: "IKE_SA_INIT", Transport: "udp500", Tries: 1, Outcome: "accepted", Answer: []string{"SA", "KE"}},
			{Number: 2, Type: "IKE_AUTH", Tries: 1, Sends: []string{"IDi"}, Answer: []string{evil}}, {Number: 3, Type: "INFORMATIONAL", Tries: 1, Sends: []string{"D"}}},
		Exit: report.Exit{Code: 3, Reason: "the login failed"},
	}
}

// exampleUntrusted fails at the gateway, which can be asked for more.
func exampleUntrusted() *login.Document {
	return &login.Document{Target: "vpn.example.com", Address: "192.0.2.1", Verdict: login.Failed, Steps: []login.Step{{Step: "gateway", State: "failed",
		Reason: &login.Reason{Layer: incident.Identity, Cause: "cert-untrusted", Text: "its certificate is not trusted", Elsewhere: "its chain", Ask: "ikescope identity " + evil}}},
		Stay: &login.Stay{Seconds: 4, End: "limit"}}
}

// TestLoginSays: the page says what the document says, in the names that were asked for,
// with lines to paste as they are.
func TestLoginSays(t *testing.T) {
	says(t, loginOf(t, exampleLogin(), ""), "the login fails at the credentials", "691 (ERROR_AUTHENTICATION_FAILURE)", "the gateway answers AUTHENTICATION_FAILED", "only the gateway knows which one is wrong",
		"secrets {\n  eap { }\n}\n</pre>", "INTERNAL_IP4_ADDRESS 10.0.0.1", "PFS is demanded", "aes256-sha1-ecp384", "drops at the first rekeying", "These verdicts cover ESP only", "KE payload of modp2048 (group 14)",
		"may still have the IKE SA", `<a href="#login-x2">2</a>`, `id="login-x2"`, "log in once as carol", "Exit code 3: the login failed.", "; proven, trusted, but not for 192.0.2.1, which was asked for.</p>",
		"<td>answered SA, KE</td>", "<td>sent IDi; answered ", "<td>sent D</td>")
	says(t, loginOf(t, exampleLogin(), "windows"), "IKE_SA_INIT: GCMAES256-SHA384-ECP384", "AES256-SHA1-ECP384", "connects with AES256-SHA1", "Group14")
	says(t, loginOf(t, exampleUntrusted(), ""), "the gateway knows its chain; ikescope can ask for it, where EAP is offered:</p>", "ikescope identity &#34;&#39;&gt;&lt;script&gt;",
		"<li>4s, for as long as --for allows</li><li>the gateway sent no request of its own</li>")
}
