package layers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

func target(t *testing.T, name string) *report.Target {
	t.Helper()
	return &scan.Document(scan.Run{}, reporttest.Cases(t)[name]).Targets[0]
}

// marks are the layers of a target as they look in short.
func marks(t *report.Target) string {
	var b strings.Builder
	for _, l := range Of(t) {
		b.WriteString(l.State.Mark())
	}
	return b.String()
}

func TestOf(t *testing.T) {
	windows, _ := client.Named("windows-11")
	seen := func(verdicts ...report.Acceptance) *report.Target {
		x := target(t, "openiked")
		c := report.Connection{}
		for _, v := range verdicts {
			c.Judged = append(c.Judged, report.JudgedClient{Client: "windows", Verdict: v})
		}
		x.Identity = &report.Identity{State: report.IdentitySeen, Connections: []report.Connection{c}}
		return x
	}
	proof := func(p report.Proof) *report.Target {
		x := seen(report.CertificateAccepted)
		x.Identity.Connections[0].Proof = p
		return x
	}
	clients := func(verdicts ...report.ClientVerdict) *report.Target {
		x := target(t, "openiked")
		for _, v := range verdicts {
			x.Clients = append(x.Clients, report.Client{Name: "c", Verdict: v})
		}
		return x
	}
	compared := target(t, "openiked")
	compared.Clients = assess.Clients(compared, []client.Policy{windows})
	for name, test := range map[string]struct {
		t    *report.Target
		want string
	}{
		"sound":             {target(t, "openiked"), "++???"},
		"weak, one path":    {target(t, "weak-behind-nat"), "!!???"},
		"dead":              {target(t, "dead"), "-????"},
		"unreachable":       {target(t, "icmp"), "-????"},
		"not IKE":           {target(t, "echo"), "-????"},
		"not scanned":       {target(t, "error"), "?????"},
		"accepts nothing":   {target(t, "nothing-accepted"), "!-???"},
		"answers nothing":   {target(t, "nothing-answered"), "+????"},
		"accepted":          {seen(report.CertificateAccepted), "+++??"},
		"rejected by some":  {seen(report.CertificateAccepted, report.CertificateRejected), "++!??"},
		"rejected":          {seen(report.CertificateRejected), "++-??"},
		"undecided":         {seen(report.CertificateAccepted, report.CertificateUnknown), "++???"},
		"forged":            {proof(report.ProofForged), "++-??"},
		"MAC of a PSK":      {proof(report.ProofSharedKeyMAC), "+++!?"},
		"all connect":       {clients(report.ClientConnects), "++??+"},
		"some fail":         {clients(report.ClientConnects, report.ClientFails), "++??!"},
		"none connects":     {clients(report.ClientFails), "++??-"},
		"one is unknown":    {clients(report.ClientConnects, report.ClientUnknown), "++???"},
		"Windows is weaker": {compared, "++??-"},
	} {
		if got := marks(test.t); got != test.want {
			t.Errorf("%s: %s, want %s: %+v", name, got, test.want, Of(test.t))
		}
	}
}

// TestNetwork: IKE in TCP is optional, and a problem that several findings have is named
// once.
func TestNetwork(t *testing.T) {
	path := func(over report.Transport, s report.PathState) report.Path {
		return report.Path{Transport: over, State: s}
	}
	udp, closed := path(report.UDP500, report.PathAnswers), path(report.TCP4500, report.PathPortUnreachable)
	twice := report.Finding{ID: "PATH-SOURCE-PORT", Severity: report.SeverityHigh}
	for name, test := range map[string]struct {
		paths    []report.Path
		findings []report.Finding
		want     string
	}{
		"TCP is closed":      {[]report.Path{udp, closed}, nil, "+ UDP 500 answers, TCP 4500 refused []"},
		"TCP is silent":      {[]report.Path{udp, path(report.TCP4500, report.PathSilent)}, nil, "+ UDP 500 answers, TCP 4500 silent []"},
		"TCP is not IKE":     {[]report.Path{udp, path(report.TCP4500, report.PathNotIKE)}, nil, "! TCP 4500 not ike []"},
		"UDP 4500 is closed": {[]report.Path{udp, path(report.UDP4500, report.PathPortUnreachable), closed}, nil, "! UDP 4500 port unreachable, TCP 4500 refused []"},
		"only TCP answers":   {[]report.Path{path(report.UDP500, report.PathSilent), path(report.TCP4500, report.PathAnswers)}, nil, "! UDP 500 silent []"},
		"one problem twice":  {[]report.Path{udp}, []report.Finding{twice, twice}, "! 2 problems [PATH-SOURCE-PORT]"},
	} {
		l := Of(&report.Target{Verdict: report.VerdictIKEv2, Paths: test.paths, Findings: test.findings})[0]
		if got := fmt.Sprint(l.State.Mark(), " ", l.Words, " ", l.Problems); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestWords: a layer always says something.
func TestWords(t *testing.T) {
	for name, results := range reporttest.Cases(t) {
		doc := scan.Document(scan.Run{}, results)
		for i := range doc.Targets {
			for _, l := range Of(&doc.Targets[i]) {
				if l.Words == "" || strings.Contains(l.Words, "_") {
					t.Errorf("%s: %s says %q", name, l.Name, l.Words)
				}
			}
		}
	}
}
