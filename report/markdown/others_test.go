package markdown

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/login"
)

// hostile is what a gateway might send to a ticket.
const hostile = "<script>alert(1)</script> @everyone #1 [a](http://x) | `` \n# heading"

// TestOthers: a login and a difference say what they are to say, and what came from the
// wire is not markup.
func TestOthers(t *testing.T) {
	var said, difference bytes.Buffer
	d := &login.Document{Target: "vpn.example.com", Address: "192.0.2.1", Method: "psk", Identity: "carol", Verdict: login.Failed, Left: true,
		Steps: []login.Step{{Step: "negotiate", State: "passed", Text: "IKE_SA_INIT: aes256gcm16-prfsha384-ecp384"}, {Step: "gateway", State: "failed", Text: "it says it is " + hostile,
			Reason: &login.Reason{Layer: incident.Identity, Text: "this client does not trust " + hostile, Notify: "AUTHENTICATION_FAILED", Elsewhere: "why",
				Fix: []incident.Fix{{Line: "name its root"}, {Where: "swanctl.conf", Line: "secrets {\n}", Paste: true}}}}},
		EAP: &login.EAP{Message: hostile}, ESP: &login.ESP{PFS: login.PFSDemanded, WithPFS: []string{"aes256-sha1-ecp384"}},
		Clients: []login.Client{{Name: hostile, Verdict: login.ClientDrops, Text: "connects with aes256-sha1"}}, Stay: &login.Stay{End: "deleted", Requests: []login.OwnRequest{{Kind: "other"}}},
	}
	if err := Login(&said, d, "windows"); err != nil {
		t.Fatal(err)
	}
	c := &report.Diff{OnlyOld: []report.DiffTarget{{Name: hostile}}, Targets: []report.TargetDiff{{Changes: []report.Change{
		{Area: report.AreaSuites, Effect: report.EffectWeaker, Text: "a suite is now accepted", Reason: "modp1024 is weak", Suites: []string{"aes256-sha1-prfsha1-modp1024"}},
		{Area: report.AreaGateway, Effect: report.EffectNeither, Text: hostile}}}}}
	if err := Diff(&difference, c, "windows"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		text string
		want []string
	}{
		{said.String(), []string{"IKE_SA_INIT: GCMAES256-SHA384-ECP384", "may still have", "| gateway | failed |", "the gateway answers AUTHENTICATION_FAILED", "- name its root", "  ```\n  secrets {\n  }\n  ```",
			"- `AES256-SHA1-ECP384`", "| drops | connects with AES256-SHA1 |", "- PFS is demanded"}},
		{difference.String(), []string{"1 weaker, 1 other", "- a suite is now accepted: Group2 is weak", "  - `AES256-SHA1-Group2`", "Only in the old report"}},
	} {
		for _, want := range test.want {
			if !strings.Contains(test.text, want) {
				t.Errorf("no %q in\n%s", want, test.text)
			}
		}
		page := rendered(t, test.text)
		for _, markup := range []string{"<script", "<h1>heading", `href="http`} {
			if strings.Contains(page, markup) {
				t.Errorf("%s is markup in\n%s", markup, page)
			}
		}
		if !strings.Contains(test.text, "@<!-- -->everyone") {
			t.Errorf("a person is mentioned in\n%s", test.text)
		}
	}
}
