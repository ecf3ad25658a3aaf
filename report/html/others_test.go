package html

import (
	"bytes"
	"strings"
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

func diffOf(t testing.TB, d *report.Diff, names string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Diff(&b, d, names); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func adviceOf(t testing.TB, all []report.Advice, names string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Advice(&b, all, names); err != nil {
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
		Gateway: &login.Gateway{ID: evil, Chain: []login.Certificate{{Subject: "CN=" + evil, NotAfter: time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)}}},
		EAP:     &login.EAP{Server: evil, Message: "no"}, Session: &login.Session{Assigned: []login.Setting{{Type: "INTERNAL_IP4_ADDRESS", Value: "10.0.0.1"}}},
		ESP: &login.ESP{PFS: login.PFSDemanded, WithPFS: []string{"aes256-sha1-ecp384"}, Asked: 2200, Accepted: 1, Proven: true},
		Clients: []login.Client{{Name: "windows-11", Verdict: login.ClientDrops, Text: "connects with aes256-sha1, and drops at the first rekeying", Doubt: "inferred",
			Fix: []incident.Fix{{Where: "PowerShell", Line: "Set-VpnConnection", Paste: true}}}},
		Stay:      &login.Stay{Seconds: 8, End: "deleted", Requests: []login.OwnRequest{{Kind: "rekey_ike", Times: 1, Offer: []string{"aes256-sha1-prfsha1-modp2048"}, KE: "KE_MODP_2048"}}},
		Exchanges: []login.Exchange{{Number: 1, Type: "IKE_SA_INIT", Transport: "udp500", Tries: 1, Outcome: "accepted", Sends: []string{"SA"}, Answer: []string{evil}}, {Number: 2, Type: "IKE_AUTH", Tries: 1}},
		Exit:      report.Exit{Code: 3, Reason: "the login failed"},
	}
}

func exampleDiff() *report.Diff {
	of := report.DiffTarget{Name: "vpn.example.com", Address: "192.0.2.1", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	return &report.Diff{Tool: report.Tool{Name: "ikescope"}, OnlyNew: []report.DiffTarget{{Name: evil}}, Targets: []report.TargetDiff{
		{Old: of, New: of, Changes: []report.Change{
			{Area: report.AreaSuites, Effect: report.EffectWeaker, Text: "3 suites are now accepted", Reason: "KE_MODP_1024 is weak", Suites: []string{"aes256-sha1-prfsha1-modp1024"}},
			{Area: report.AreaGateway, Effect: report.EffectNeither, Text: "the vendor ID is now " + evil},
			{Area: report.AreaClient, Effect: report.EffectStronger, Text: "windows-11 gets aes256-sha256-prfsha256-modp2048"},
		}},
		{Old: of, New: of, Same: true},
	}}
}

func exampleAdvice() []report.Advice {
	return []report.Advice{
		{Target: "vpn.example.com", Address: "192.0.2.1", Client: report.Client{Name: "windows-11", Verdict: report.ClientFails, Basis: "predicted",
			Missing: []report.Missing{{Axis: "KE", Text: "It offers only MODP_1024; the gateway accepts ECP_384."}}},
			Remedies: []report.Remedy{{Side: "client", Where: "PowerShell", Suite: "aes256-sha256-prfsha256-ecp384", Changes: []string{"KE"}, Weaker: []string{"this lets in KE_MODP_1024: it is weak"},
				Lines: []string{"Set-VpnConnectionIPsecConfiguration -DHGroup ECP384"}, Notes: []string{"restart"}}, {Side: "gateway", Why: "none is known"}}},
		{Target: evil, Client: report.Client{Name: evil, Verdict: report.ClientConnects, Suite: "3des-sha1-prfsha1-modp1024", Weak: &report.WeakSuite{Severity: report.SeverityHigh, Algorithms: []string{"modp1024"}, Certain: true}}},
	}
}

// TestOthersSay: each page says what its document says, in the names that were asked for,
// with lines to paste as they are.
func TestOthersSay(t *testing.T) {
	for page, want := range map[string][]string{
		loginOf(t, exampleLogin(), ""): {"the login fails at the credentials", "691 (ERROR_AUTHENTICATION_FAILURE)", "the gateway answers AUTHENTICATION_FAILED", "only the gateway knows which one is wrong",
			"secrets {\n  eap { }\n}\n</pre>", "INTERNAL_IP4_ADDRESS 10.0.0.1", "PFS is demanded", "aes256-sha1-ecp384", "drops at the first rekeying", "KE payload of modp2048 (group 14)",
			"may still have the IKE SA", `<a href="#login-x2">2</a>`, `id="login-x2"`, "log in once as carol", "Exit code 3: the login failed."},
		loginOf(t, exampleLogin(), "windows"): {"IKE_SA_INIT: GCMAES256-SHA384-ECP384", "AES256-SHA1-ECP384", "connects with AES256-SHA1", "Group14"},
		diffOf(t, exampleDiff(), ""):          {"1 weaker, 1 stronger, 1 other", "modp1024 (group 2) is weak", "aes256-sha1-prfsha1-modp1024", "no difference", "Only in the new report"},
		diffOf(t, exampleDiff(), "ios"):       {"group 2 is weak", "aes-cbc-256/sha1/group 2", "windows-11 gets aes-cbc-256/sha256/group 14"},
		adviceOf(t, exampleAdvice(), ""): {"at vpn.example.com (192.0.2.1), predicted", "It offers only modp1024 (group 2)", "Set-VpnConnectionIPsecConfiguration -DHGroup ECP384\n</pre>", "no remedy: none is known",
			"WEAKER: this lets in modp1024 (group 2)", "both then have aes256-sha256-prfsha256-ecp384", "3des-sha1-prfsha1-modp1024 !!", "restart"},
		adviceOf(t, exampleAdvice(), "windows"): {"both then have AES256-SHA256-ECP384", "DES3-SHA1-Group2 !!", "It offers only Group2"},
	} {
		for _, words := range want {
			if !strings.Contains(page, words) {
				t.Errorf("a page lacks %q:\n%s", words, page[strings.Index(page, "<main"):])
			}
		}
	}
}
