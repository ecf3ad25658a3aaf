package markdown

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/login"
)

func loginOf(t *testing.T, d *login.Document, names string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Login(&b, d, names); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestLogin: a login says what it is to say, and what came from the wire is not markup.
func TestLogin(t *testing.T) {
	d := &login.Document{Target: "vpn.example.com", Address: "192.0.2.1", Method: "psk", Identity: "carol", Verdict: login.Failed, Left: true,
		Steps: []login.Step{{Step: "negotiate", State: "passed", Text: "IKE_SA_INIT: aes256gcm16-prfsha384-ecp384"}, {Step: "gateway", State: "failed", Text: "it says it is " + hostile,
			Reason: &login.Reason{Layer: incident.Identity, Text: "this client does not trust " + hostile, Notify: "AUTHENTICATION_FAILED", Elsewhere: "why",
				Fix: []incident.Fix{{Line: "name its root"}, {Where: "swanctl.conf", Line: "secrets {\n}", Paste: true}}}}},
		EAP: &login.EAP{Message: hostile}, ESP: &login.ESP{PFS: login.PFSDemanded, WithPFS: []string{"aes256-sha1-ecp384"}},
		Clients: []login.Client{{Name: hostile, Verdict: login.ClientDrops, Text: "connects with aes256-sha1", Doubt: "it may offer modp1024, too",
			Fix: []login.ClientFix{{Side: "gateway", Line: "accept aes256-sha1-modp2048, too"}, {Where: "PowerShell", Line: "Set-VpnConnection\n-PassThru", Paste: true}}},
			{Name: "ios", Verdict: login.ClientConnects, Text: "connects"}},
		Stay: &login.Stay{End: "deleted", Requests: []login.OwnRequest{{Kind: "other", Offer: []string{"aes256-sha1"}}}},
	}
	text := loginOf(t, d, "windows")
	says(t, text, "IKE_SA_INIT: GCMAES256-SHA384-ECP384", "may still have", "| gateway | failed |", "the gateway answers AUTHENTICATION_FAILED", "- only the gateway knows why\n", "- name its root", "  ```\n  secrets {\n  }\n  ```",
		"- `AES256-SHA1-ECP384`", "| drops | connects with AES256-SHA1 | it may offer Group2, too |", "| connects | connects |  |", "- PFS is demanded",
		"These verdicts cover ESP only", "### Fix for clients\n\n- the gateway, for ", ": accept AES256-SHA1-Group14, too\n- PowerShell: paste\n\n  ```\n  Set-VpnConnection\n  -PassThru\n  ```",
		"- after 0s: it sends an INFORMATIONAL request; + AES256-SHA1\n")
	harmless(t, text)
}

// TestLoginAsks: what ikescope can ask the gateway for comes with the command, and nothing
// is said where there is nothing to say.
func TestLoginAsks(t *testing.T) {
	r := &login.Reason{Layer: incident.Identity, Cause: "cert-untrusted", Text: "its certificate is not trusted", Elsewhere: "its chain", Ask: "ikescope identity " + hostile}
	d := &login.Document{Target: "vpn.example.com", Verdict: login.Failed, Steps: []login.Step{{Step: "gateway", State: "failed", Reason: r}}, Stay: &login.Stay{Seconds: 4, End: "limit"}}
	text := loginOf(t, d, "")
	says(t, text, "- the gateway knows its chain; ikescope can ask for it, where EAP is offered:\n\n  ```\n  ikescope identity <script>",
		"### Stayed\n\n- 4s, for as long as --for allows\n- the gateway sent no request of its own\n")
	if strings.Contains(text, "\n- \n") || strings.Contains(text, "### Fix") {
		t.Errorf("something is empty in\n%s", text)
	}
	r.Detail = "x509: unknown authority"
	says(t, loginOf(t, d, ""), "\n- x509: unknown authority\n")
}
