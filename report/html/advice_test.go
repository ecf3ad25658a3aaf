package html

import (
	"bytes"
	"testing"

	"github.com/ikescope/ikescope/report"
)

func adviceOf(t testing.TB, all []report.Advice, names string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Advice(&b, all, names); err != nil {
		t.Fatal(err)
	}
	return b.String()
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

// TestAdviceSays: the page says what to do, in the names that were asked for, with lines
// to paste as they are.
func TestAdviceSays(t *testing.T) {
	says(t, adviceOf(t, exampleAdvice(), ""), "at vpn.example.com (192.0.2.1), predicted", "It offers only modp1024 (group 2)", "Set-VpnConnectionIPsecConfiguration -DHGroup ECP384\n</pre>", "no remedy: none is known",
		"WEAKER: this lets in modp1024 (group 2)", "both then have aes256-sha256-prfsha256-ecp384", "3des-sha1-prfsha1-modp1024 !!", "restart")
	says(t, adviceOf(t, exampleAdvice(), "windows"), "both then have AES256-SHA256-ECP384", "DES3-SHA1-Group2 !!", "It offers only Group2")
}
