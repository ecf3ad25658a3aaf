package spelling

import (
	"reflect"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestTarget: sentences and suites have other names, lines to paste and the matrix have
// not, and the report itself is not changed.
func TestTarget(t *testing.T) {
	made := func() *report.Target {
		return &report.Target{
			Findings: []report.Finding{{Title: "KE_MODP_2048 is accepted", Fix: []string{"remove modp2048"}, Lines: []string{"proposals = aes256-modp2048"}}},
			Clients: []report.Client{{Suite: "aes256-sha256-prfsha256-ecp256", Weak: &report.WeakSuite{Better: "aes256-sha256-prfsha256-ecp384"},
				Fix: &report.ClientFix{Suite: "aes256-sha256-prfsha256-ecp256", Lines: []string{"ecp256"}}}},
			Policies:   []report.Policy{{Reason: "modp2048 is accepted", Rules: []report.Rule{{Found: "KE_MODP_2048"}}}},
			Preference: &report.Preference{Suite: "aes256-sha256-prfsha256-ecp256"},
			Exchanges:  []report.Exchange{{KE: "ecp256"}},
		}
	}
	if was := made(); Names("").Target(was) != was {
		t.Error("without names there is another target")
	}
	was := made()
	got := Libreswan.Target(was)
	if !reflect.DeepEqual(was, made()) {
		t.Error("the target was changed")
	}
	for _, pair := range [][2]string{
		{got.Findings[0].Title, "modp2048 (group 14) is accepted"}, {got.Findings[0].Fix[0], "remove modp2048 (group 14)"}, {got.Findings[0].Lines[0], "proposals = aes256-modp2048"},
		{got.Clients[0].Suite, "aes256-sha2_256-dh19"}, {got.Clients[0].Weak.Better, "aes256-sha2_256-dh20"}, {got.Clients[0].Fix.Suite, "aes256-sha2_256-dh19"},
		{got.Clients[0].Fix.Lines[0], "ecp256"}, {got.Policies[0].Reason, "modp2048 (group 14) is accepted"}, {got.Policies[0].Rules[0].Found, "modp2048 (group 14)"},
		{got.Preference.Suite, "aes256-sha2_256-dh19"}, {got.Exchanges[0].KE, "dh19"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%q, want %q", pair[0], pair[1])
		}
	}
}

// TestFindingOfStrangers: the names of certificates, and what failed, stay as they are.
func TestFindingOfStrangers(t *testing.T) {
	said := report.Finding{ID: "IDENTITY-REVOKED", Title: "CN=modp2048 is revoked", Detail: "aes256gcm16", Fix: []string{"replace CN=modp2048"}}
	for _, id := range []string{"IDENTITY-REVOKED", "SCAN-ERROR"} {
		said.ID = id
		if got := IANA.Finding(said); !reflect.DeepEqual(got, said) {
			t.Errorf("%+v, want %+v", got, said)
		}
	}
	said.ID = "IKE-KE-MODP2048"
	if got := IANA.Finding(said); got.Detail != "ENCR_AES_GCM_16_256" {
		t.Errorf("%+v", got)
	}
}

// TestGateOfRules: a rule keeps its ID, which may be the keyword of an algorithm.
func TestGateOfRules(t *testing.T) {
	g := report.Gate{Kind: report.PolicyGate, Name: "cnsa2", Reason: "violated, 2 of 5 rules: mlkem1024 and ke"}
	if got := IANA.Gate(g); got != g {
		t.Errorf("%+v, want %+v", got, g)
	}
	g = report.Gate{Kind: report.ClientGate, Name: "x", Reason: "connects with aes256gcm16"}
	if got := IANA.Gate(g); got.Reason != "connects with ENCR_AES_GCM_16_256" {
		t.Errorf("%+v", got)
	}
}
