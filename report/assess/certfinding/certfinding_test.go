package certfinding

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// connection is one with reasons of Windows and Android.
func connection(windows, android []report.Reason, remarks ...report.Reason) report.Connection {
	c := report.Connection{Remarks: remarks, Judged: []report.JudgedClient{
		{Client: report.FamilyWindows, Verdict: report.CertificateRejected, Shows: []string{"13801"}, Reasons: windows},
		{Client: report.FamilyAndroid, Verdict: report.CertificateRejected, Reasons: android},
	}}
	for _, id := range []string{"issue/openssl", "issue/pki", "dial/windows", "identity/strongswan"} {
		group, where, _ := strings.Cut(id, "/")
		c.Fixes = append(c.Fixes, report.IdentityFix{ID: id, Goal: group + " it", Where: where, Lines: []string{"line of " + id}})
	}
	return c
}

func rejects(rule string, evidence []int, fixes ...string) report.Reason {
	return report.Reason{Rule: rule, Severity: report.SeverityHigh, Effect: report.CertificateRejected, Sentence: "it has " + rule, Evidence: evidence, Fixes: fixes}
}

func findingOf(t *testing.T, all []report.Finding, id string) report.Finding {
	t.Helper()
	i := slices.IndexFunc(all, func(f report.Finding) bool { return f.ID == id })
	if i < 0 {
		t.Fatalf("%s is missing of %+v", id, all)
	}
	return all[i]
}

// TestFindings: a rule is a finding with all clients that it concerns and the exchanges
// that show it, and what mends it is written once, of each product that it is for.
func TestFindings(t *testing.T) {
	issue := []string{"issue/openssl", "issue/pki"}
	first := connection(
		[]report.Reason{rejects("name-missing", []int{9, 8}, append([]string{"dial/windows"}, issue...)...)},
		[]report.Reason{
			rejects("name-missing", []int{4, 8}, append([]string{"dial/windows"}, issue...)...),
			rejects("host-name-refused", []int{6}, "identity/strongswan"),
			rejects("key-ecdsa", []int{5}, issue...),
		},
		report.Reason{Rule: "leaf-is-ca", Severity: report.SeverityMedium, Sentence: "it is a CA", Evidence: []int{2}, Fixes: issue})
	second := connection([]report.Reason{rejects("name-missing", []int{3}, issue...)}, nil)
	all := Findings(&report.Identity{Connections: []report.Connection{first, second}})

	name := findingOf(t, all, "IDENTITY-NAME-MISSING")
	if want := "clients that do not connect: Windows (error 13801) and Android"; name.Detail != want {
		t.Errorf("%q, want %q", name.Detail, want)
	}
	if want := []int{4, 8, 9, 3}; !slices.Equal(name.Evidence, want) {
		t.Errorf("evidence %d, want %d", name.Evidence, want)
	}
	if want := []string{"# windows", "line of dial/windows", "# openssl", "line of issue/openssl", "# pki", "line of issue/pki"}; !slices.Equal(name.Lines, want) {
		t.Errorf("lines %q, want %q", name.Lines, want)
	}
	// Which name is right is decided once.
	refused := findingOf(t, all, "IDENTITY-HOST-NAME-REFUSED")
	if want := []string{"see IDENTITY-NAME-MISSING, which decides the name"}; !slices.Equal(refused.Fix, want) || len(refused.Lines) > 0 || !slices.Equal(refused.Evidence, []int{6}) {
		t.Errorf("%+v, want the fix %q", refused, want)
	}
	// The same lines stand at the first of those that reports show.
	key, ca := findingOf(t, all, "IDENTITY-KEY-ECDSA"), findingOf(t, all, "IDENTITY-LEAF-IS-CA")
	if len(key.Lines) == 0 || len(ca.Lines) > 0 || !slices.Contains(ca.Fix, "the lines to paste are those of IDENTITY-KEY-ECDSA") {
		t.Errorf("%+v\n%+v", key, ca)
	}
	// Without the name, the identity is what is to be changed.
	alone := Findings(&report.Identity{Connections: []report.Connection{connection(nil, []report.Reason{rejects("host-name-refused", nil, "identity/strongswan")})}})
	if f := findingOf(t, alone, "IDENTITY-HOST-NAME-REFUSED"); !slices.Equal(f.Lines, []string{"line of identity/strongswan"}) {
		t.Errorf("%+v", f)
	}
	if got := Findings(nil); got != nil {
		t.Errorf("%+v", got)
	}
}

// TestServerFindings: a fault of the certificate of an EAP server is a finding of its own,
// once, beside those of the gateway's.
func TestServerFindings(t *testing.T) {
	own := rejects("expired", []int{4}, "issue/openssl")
	c := connection([]report.Reason{own, rejects("eap-expired", []int{7})}, nil)
	c.Fixes = append(c.Fixes, report.IdentityFix{ID: "eapcert/freeradius", Goal: "another one", Where: "FreeRADIUS", Lines: []string{"certificate_file"}})
	c.EAPTLS = []report.EAPTLS{{Method: "eap-peap", Judged: []report.JudgedClient{
		{Client: report.FamilyWindows, Verdict: report.CertificateRejected, Reasons: []report.Reason{rejects("expired", []int{7}, "eapcert/freeradius")}},
		{Client: report.FamilyApple, Verdict: report.CertificateRejected, Reasons: []report.Reason{rejects("expired", []int{7}, "eapcert/freeradius")}},
	}, Remarks: []report.Reason{{Rule: "self-signed-leaf", Severity: report.SeverityMedium, Sentence: "it is self-signed"}}}, {Method: "eap-ttls"}}
	all := Findings(&report.Identity{Connections: []report.Connection{c}})
	if len(all) != 3 {
		t.Errorf("%d findings: %+v", len(all), all)
	}
	f := findingOf(t, all, "IDENTITY-EAP-EXPIRED")
	if f.Title != "the certificate of the server of eap-peap: it has expired" || f.Severity != report.SeverityHigh || !slices.Equal(f.Evidence, []int{7}) ||
		!slices.Equal(f.Lines, []string{"certificate_file"}) || f.Detail != "clients that reject it: Windows and macOS and iOS" {
		t.Errorf("%+v", f)
	}
	findingOf(t, all, "IDENTITY-EXPIRED")
	findingOf(t, all, "IDENTITY-EAP-SELF-SIGNED-LEAF")
}

// TestOtherFindings: what a gateway keeps half-open, and what authorities say, are findings
// of their own; a state that is not known is none.
func TestOtherFindings(t *testing.T) {
	var c report.Connection
	c.Evidence = []int{6, 5}
	c.Revocation = []report.Revocation{
		{Subject: "CN=a", By: "ocsp", URL: "http://a", State: report.RevocationGood},
		{Subject: "CN=a", By: "crl", URL: "http://b", State: report.RevocationUnknown, Why: "it is out of date"},
		{Subject: "CN=a", By: "crl", URL: "http://c", State: report.RevocationUnreachable, Why: "no route"},
		{Subject: "CN=b", By: "ocsp", URL: "http://d", State: report.RevocationRevoked, Why: "revoked on 2026-01-01"},
	}
	c.Judged = []report.JudgedClient{
		{Client: report.FamilyWindows, Reasons: []report.Reason{{Rule: report.RuleRevoked, Effect: report.CertificateUnknown, Severity: report.SeverityHigh, Sentence: "CN=b is revoked, and so on"}}},
		{Client: report.FamilyAndroid, Reasons: []report.Reason{{Rule: report.RuleRevoked, Severity: report.SeverityLow}}},
	}
	all := Findings(&report.Identity{KeptHalfOpen: true, Connections: []report.Connection{c}})
	if len(all) != 3 {
		t.Errorf("%+v", all)
	}
	if f := findingOf(t, all, "IDENTITY-REVOKED"); f.Severity != report.SeverityHigh || f.Title != "CN=b is revoked" || f.Detail != "revoked on 2026-01-01, says http://d; clients that may not connect: Windows; clients that do not ask: Android" {
		t.Errorf("%+v", f)
	}
	if f := findingOf(t, all, "IDENTITY-REVOCATION-UNREACHABLE"); f.Severity != report.SeverityLow || !strings.Contains(f.Title, "http://c") {
		t.Errorf("%+v", f)
	}
	if f := findingOf(t, all, "IDENTITY-KEPT-HALF-OPEN"); f.Severity != report.SeverityLow || !slices.Equal(f.Evidence, []int{5, 6}) {
		t.Errorf("%+v", f)
	}
	if got := Findings(&report.Identity{}); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}
