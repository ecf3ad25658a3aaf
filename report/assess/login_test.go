package assess_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/gate"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

const (
	modern = "aes256gcm16-prfsha384-ecp384"
	older  = "aes256-sha256-prfsha256-modp2048"
	oldest = "aes128-sha256-prfsha256-modp2048" // of the product of older
)

// shows is a connection with an identity that families judge as verdicts say: "AR" of
// the first two.
func shows(id, verdicts string, suites ...string) report.Connection {
	c := report.Connection{Suites: suites}
	c.State, c.ID, c.Evidence = report.IdentitySeen, id, []int{31, 30}
	for i, family := range report.Families() {
		j := report.JudgedClient{Client: family, Verdict: report.CertificateAccepted}
		if i < len(verdicts) && verdicts[i] == 'R' {
			j.Verdict, j.Shows = report.CertificateRejected, []string{"13801"}
			j.Reasons = []report.Reason{{Rule: "eku-absent", Effect: report.CertificateRejected, Sentence: "it has no usage", Fixes: []string{"issue/openssl"}, Evidence: []int{33}}}
		}
		c.Judged = append(c.Judged, j)
	}
	c.Fixes = []report.IdentityFix{{ID: "issue/openssl", Goal: "issue it again", Where: "openssl", Lines: []string{"openssl req"}}, {ID: "renew/ca", Lines: []string{"x"}}}
	return c
}

func refuses(notify string, suites ...string) report.Connection {
	c := report.Connection{Suites: suites}
	c.State, c.Notify, c.Evidence = report.IdentityRefused, notify, []int{41, 40}
	return c
}

// TestLogin: a client whose suite leads to a connection that is not for it, or whose
// certificate it rejects, fails in IKE_AUTH; where that was not asked, nothing is said
// of it.
func TestLogin(t *testing.T) {
	const failed = "AUTHENTICATION_FAILED"
	windows := client.FamilyWindows
	for _, tt := range []struct {
		name        string
		connections []report.Connection // nil: not asked
		offer       string
		family      client.Family
		words       string // of the verdict
		login       report.Acceptance
		said        string // part of what is said
	}{
		{"not asked", nil, older, windows, "connects", "", ""},
		{"a family that is not known", []report.Connection{shows("a", "RRRR", older)}, older, "", "connects", "", ""},
		{"accepted", []report.Connection{shows("a", "AR", older)}, older, windows, "connects", report.CertificateAccepted, ""},
		{"rejected", []report.Connection{shows("a", "RA", older)}, older, windows, "fails in IKE_AUTH", report.CertificateRejected, "it has no usage; it shows 13801"},
		{"rejected by others", []report.Connection{shows("a", "RAAA", older)}, older, client.FamilyAndroid, "connects", report.CertificateAccepted, ""},
		{"another suite of the product, one connection", []report.Connection{shows("a", "R", older)}, oldest, windows, "fails in IKE_AUTH", report.CertificateRejected, "it has no usage"},
		{"another suite of the product, two connections", []report.Connection{shows("a", "R", older), shows("b", "A", modern)}, oldest, windows,
			"connects", report.CertificateUnknown, "was not asked who it is with this suite, but with " + older},
		{"a product that was not asked with", []report.Connection{shows("a", "R", modern)}, older, windows, "connects", report.CertificateUnknown, "was not asked who it is with such a suite"},
		{"its suite is of the other connection", []report.Connection{shows("a", "AAAA", modern), refuses(failed, older)}, older, windows,
			"fails in IKE_AUTH", report.CertificateRejected, "answers it with " + modern + ": suite and login belong to different connections"},
		{"refused with any suite", []report.Connection{refuses(failed, modern, older)}, older, windows, "connects", report.CertificateUnknown, ""},
		{"refused for another reason", []report.Connection{shows("a", "AAAA", modern), refuses("TEMPORARY_FAILURE", older)}, older, windows,
			"connects", report.CertificateUnknown, "answers IKE_AUTH with TEMPORARY_FAILURE"},
		{"one of two suites", []report.Connection{shows("a", "A", older), shows("b", "R", modern)}, modern + "," + older, windows,
			"connects", report.CertificateUnknown, "depends on which suite the gateway chooses"},
		{"either of two suites", []report.Connection{shows("a", "R", older), shows("b", "R", modern)}, modern + "," + older, windows,
			"fails in IKE_AUTH", report.CertificateRejected, "it has no usage"},
		{"no suite in common", []report.Connection{shows("a", "R", older)}, "3des-sha1-prfsha1-modp1024", windows, "fails", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := reporttest.Base("vpn.example.com", "198.51.100.7")
			r.Matrix = reporttest.Matrix{Asked: matrix.Standard().Products(), Observed: modern + ",aes256-aes128-sha256-prfsha256-modp2048", Evidence: []int{4, 5}}.Of(t)
			target := scan.Document(scan.Run{}, []evidence.Result{r}).Targets[0]
			if tt.connections != nil {
				target.Identity = &report.Identity{State: report.IdentitySeen, Connections: tt.connections}
			}
			p := policy(t, tt.offer)
			p.Family = tt.family
			target.Clients = assess.Clients(&target, []client.Policy{p})
			c := target.Clients[0]
			if c.Words() != tt.words {
				t.Errorf("it %s, want %s", c.Words(), tt.words)
			}
			if got := c.Login; (got == nil) != (tt.login == "") || got != nil && (got.Verdict != tt.login || !slices.IsSorted(got.Evidence)) {
				t.Errorf("%+v, want %q", got, tt.login)
			}
			if words := c.LoginWords(); !strings.Contains(words, tt.said) || tt.said == "" && words != "" {
				t.Errorf("%q, want %q in it", words, tt.said)
			}
			fails := tt.words == "fails in IKE_AUTH"
			gates := gate.Of(&target, gate.Gates{Clients: true}, nil)
			if (gates[0].State == report.GateFailed) != strings.HasPrefix(tt.words, "fails") || fails && !strings.Contains(gates[0].Reason, "fails in IKE_AUTH: ") {
				t.Errorf("gate %s: %s", gates[0].State, gates[0].Reason)
			}
			switch {
			case !fails:
			case c.Fix == nil || c.Fix.Suite != "" || c.Fix.Side != "gateway":
				t.Errorf("of what fits the suite is not to be changed, but %+v", c.Fix)
			case strings.Contains(tt.said, "usage") && (c.Fix.Words() != "issue it again (openssl)" || !slices.Equal(c.Fix.Lines, []string{"openssl req"})),
				strings.Contains(tt.said, "belong to different") && c.Fix.Words() != "let the connection that answers as a accept "+older+", too, or let the client get "+modern:
				t.Errorf("%q, %+v", c.Fix.Words(), c.Fix)
			}
			// Of its own packet it is the same, also where it is judged again.
			live := &target.Clients[0]
			live.Basis, live.Evidence = report.BasisLive, nil
			if fails && len(live.Candidates) > 0 {
				live.Suite = live.Candidates[0] // an answer names one
			}
			if again := assess.Clients(&target, []client.Policy{p})[0]; again.Words() != tt.words {
				t.Errorf("judged again, it %s, want %s", again.Words(), tt.words)
			}
			advice := assess.Advise(&target, p, nil)
			var lines []string
			for _, r := range advice.Remedies {
				lines = append(lines, r.Lines...)
			}
			if fails && strings.Contains(tt.said, "usage") && !slices.Equal(lines, []string{"openssl req"}) {
				t.Errorf("remedies %q", lines)
			}
		})
	}
}

// TestFragmentNote: who has no IKE fragmentation is told where IP fragments do not arrive.
func TestFragmentNote(t *testing.T) {
	const lost = "Answers in IP fragments do not arrive here"
	for name, tt := range map[string]struct {
		of             *report.Fragmentation
		identity       *report.Connection
		windows, apple string // how their note begins
	}{
		"not asked":                 {nil, nil, "", ""},
		"fragments arrive":          {&report.Fragmentation{Supported: true, LargeAnswer: report.AnswerYes}, nil, "", ""},
		"they do not":               {&report.Fragmentation{Supported: true, LargeAnswer: report.AnswerNo, Works: report.AnswerYes}, nil, lost + ": Windows before 10 1803", ""},
		"the gateway has none, too": {&report.Fragmentation{LargeAnswer: report.AnswerNo}, nil, lost + ", and the gateway does not split", lost},
		"its answer is small":       {nil, &report.Connection{Introduction: report.Introduction{Octets: 1468}}, "", ""},
		"it is large":               {nil, &report.Connection{Introduction: report.Introduction{Octets: 1469}}, "The gateway's answer with its certificates comes to Windows before 10 1803", ""},
		"it comes in fragments":     {nil, &report.Connection{Introduction: report.Introduction{Octets: 548, Fragments: 2}, NoFragments: &report.Introduction{State: report.IdentityNoAnswer}}, "The gateway's answer", ""},
		"and is lost without":       {nil, &report.Connection{Introduction: report.Introduction{Octets: 548, Fragments: 2}, NoFragments: &report.Introduction{State: report.IdentityNoAnswer, AnswerLost: true}}, lost + ": Windows", ""},
	} {
		r := reporttest.Base("vpn.example.com", "198.51.100.7")
		r.Matrix = reporttest.Matrix{Asked: matrix.Standard().Products(), Observed: modern, Evidence: []int{4}}.Of(t)
		target := scan.Document(scan.Run{}, []evidence.Result{r}).Targets[0]
		target.Fragmentation = tt.of
		if tt.identity != nil {
			tt.identity.State = report.IdentitySeen
			target.Identity = &report.Identity{State: report.IdentitySeen, Connections: []report.Connection{*tt.identity}}
		}
		windows, apple := policy(t, modern), policy(t, modern)
		windows.Family, apple.Family = client.FamilyWindows, client.FamilyApple
		for want, p := range map[*string]client.Policy{&tt.windows: windows, &tt.apple: apple} {
			c := assess.Clients(&target, []client.Policy{p})[0]
			noted := slices.ContainsFunc(c.Notes, func(n string) bool {
				return strings.HasPrefix(n, cmp.Or(*want, lost)) || *want == "" && strings.Contains(n, "IP fragments")
			})
			if noted != (*want != "") || c.Verdict != report.ClientConnects {
				t.Errorf("%s: %s %s, with notes %q", name, p.Family, c.Verdict, c.Notes)
			}
		}
	}
}
