package text

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// TestFailInAuth: of many clients that fail in IKE_AUTH that is said once, and no mark is
// explained that the list has not.
func TestFailInAuth(t *testing.T) {
	target := report.Target{Name: "vpn.example.com", Address: "192.0.2.1", Verdict: report.VerdictIKEv2}
	for i := range 8 {
		c := report.Client{Name: fmt.Sprintf("client-%d", i), Verdict: report.ClientFails, Basis: report.BasisPredicted}
		if i > 0 {
			c.Login = &report.ClientLogin{Verdict: report.CertificateRejected}
			c.Weak = &report.WeakSuite{Severity: report.SeverityHigh, Certain: true}
		}
		target.Clients = append(target.Clients, c)
	}
	got := text(t, &report.Document{Targets: []report.Target{target}}, Options{Width: 200})
	if strings.Count(got, "in IKE_AUTH: client-1, client-2, ") != 1 || strings.Contains(got, "(in IKE_AUTH)") || strings.Contains(got, "!!") {
		t.Error(got)
	}
	target.Clients[7].Verdict = report.ClientConnects
	if got := text(t, &report.Document{Targets: []report.Target{target}}, Options{Width: 200}); !strings.Contains(got, "; !! with a very weak suite") {
		t.Error(got)
	}
}

// TestSeveralAlike: what is said of several clients is said of several.
func TestSeveralAlike(t *testing.T) {
	target := report.Target{Name: "vpn.example.com", Address: "192.0.2.1", Verdict: report.VerdictIKEv2}
	for _, name := range []string{"one", "other"} {
		target.Clients = append(target.Clients, report.Client{Name: name, Verdict: report.ClientConnects, Suite: "3des-sha1-prfsha1-modp1024",
			Weak: &report.WeakSuite{Severity: report.SeverityHigh, Certain: true, Algorithms: []string{"3des"}}})
	}
	for n, want := range []string{"", "It gets a very weak suite, with 3des; it offers nothing", "They get a very weak suite, with 3des; they offer nothing"} {
		if n == 0 {
			continue
		}
		doc := &report.Document{Targets: []report.Target{target}}
		doc.Targets[0].Clients = target.Clients[:n]
		if got := comparisonText(t, doc, Options{Width: 80}); !strings.Contains(strings.Join(strings.Fields(got), " "), want) {
			t.Errorf("%s: %s", english.Counted(int64(n), "client", "clients"), got)
		}
	}
}
