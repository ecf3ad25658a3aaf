package assess_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// judged returns the target of a scan that accepts observed and inferred, held
// to policies; asked is everything if it is empty.
func judged(t *testing.T, c reporttest.Matrix, policies ...baseline.Policy) *report.Target {
	t.Helper()
	doc := scan.Document(scan.Run{}, []evidence.Result{c.Scan(t, "gw.example")})
	doc.Targets[0].Policies = assess.Policies(&doc.Targets[0], policies)
	return &doc.Targets[0]
}

func ruleStates(p report.Policy) string {
	var words []string
	for _, r := range p.Rules {
		words = append(words, r.ID+" "+string(r.State))
	}
	return strings.Join(words, ", ")
}

// A whole scan leaves no rule of an embedded policy undecided.
func TestPoliciesAreDecided(t *testing.T) {
	target := judged(t, reporttest.Matrix{Observed: "aes256gcm16-prfsha384-ecp384"}, baseline.Policies()...)
	for _, p := range target.Policies {
		for _, r := range p.Rules {
			if r.State == report.RuleUndecided {
				t.Errorf("%s %s: undecided: %s", p.Name, r.ID, r.Found)
			}
		}
	}
}

func TestJudge(t *testing.T) {
	const good = "aes256gcm16-prfsha384-ecp384"
	for _, tt := range []struct {
		name    string
		c       reporttest.Matrix
		verdict map[string]report.RuleState // of policies
	}{
		{"cnsa1", reporttest.Matrix{Observed: good}, map[string]report.RuleState{
			"rfc8247": "met", "cnsa1": "met", "cnsa2": "violated", "bsi-tr-02102-3": "met", "nist-800-77": "met",
			"ncsc": "violated", "anssi-dr": "violated", "modern": "met", "intermediate": "met", "legacy": "met"}},
		{"cnsa2", reporttest.Matrix{Observed: good + "-ke1_mlkem1024"}, map[string]report.RuleState{"cnsa1": "met", "cnsa2": "met", "modern": "met"}},
		{"mlkem beside none", reporttest.Matrix{Observed: good + "-ke1_none-ke1_mlkem1024"}, map[string]report.RuleState{"cnsa2": "violated"}},
		{"mlkem768", reporttest.Matrix{Observed: good + "-ke1_mlkem768"}, map[string]report.RuleState{"cnsa2": "violated", "modern": "met"}},
		{"ncsc", reporttest.Matrix{Observed: "aes128gcm16-prfsha256-ecp256"}, map[string]report.RuleState{"ncsc": "met", "cnsa1": "violated"}},
		{"windows", reporttest.Matrix{Observed: good + ",3des-aes256-sha1-prfsha1-modp1024"}, map[string]report.RuleState{
			"rfc8247": "violated", "legacy": "met", "intermediate": "violated", "modern": "violated"}},
		{"des", reporttest.Matrix{Observed: good + ",des-sha1-prfsha1-modp2048"}, map[string]report.RuleState{"legacy": "violated"}},
		// What got no answer may break a rule, or not.
		{"silent", reporttest.Matrix{Observed: good, Silent: "aes256-sha1-prfsha1-modp2048"}, map[string]report.RuleState{
			"cnsa1": "undecided", "intermediate": "undecided", "legacy": "met"}},
		{"silent and sound", reporttest.Matrix{Observed: good, Silent: "aes256gcm16-prfsha512-ecp384"}, map[string]report.RuleState{"cnsa1": "met"}},
		{"violated and silent", reporttest.Matrix{Observed: "aes256gcm16-prfsha1-ecp384", Silent: good}, map[string]report.RuleState{"cnsa1": "violated"}},
		// What was not asked about as well.
		{"one suite", reporttest.Matrix{Asked: reporttest.Products(t, good), Observed: good}, map[string]report.RuleState{"cnsa1": "undecided", "legacy": "undecided", "cnsa2": "violated"}},
		{"nothing", reporttest.Matrix{}, map[string]report.RuleState{"cnsa1": "undecided", "legacy": "undecided"}},
	} {
		target := judged(t, tt.c, baseline.Policies()...)
		for _, p := range target.Policies {
			if want, ok := tt.verdict[p.Name]; ok && p.Verdict != want {
				t.Errorf("%s: %s is %s (%s), want %s: %s", tt.name, p.Name, p.Verdict, p.Reason, want, ruleStates(p))
			}
		}
	}
}

func TestJudgeRule(t *testing.T) {
	c := reporttest.Matrix{
		Observed: "aes256gcm16-prfsha384-ecp384,aes256-3des-sha1-prfsha1-modp1024",
		Silent:   "aes128-sha256-prfsha256-modp2048", Evidence: []int{7},
	}
	for _, tt := range []struct {
		rule  string
		state report.RuleState
		found string
	}{
		{"demand: allowed, aspect: encr, algorithms: [aes256gcm16, aes128]", "violated", "3des and aes256 are accepted, for example in 3des-sha1-prfsha1-modp1024"},
		{"demand: forbidden, aspect: encr, algorithms: [aes128]", "undecided", "no clear answer for suites that could decide it, for example aes128-sha256-prfsha256-modp2048"},
		{"demand: forbidden, aspect: encr, algorithms: [encr_65001]", "undecided", "encr_65001 was not asked about"},
		{"demand: forbidden, aspect: addke, algorithms: [x25519]", "undecided", "x25519 was not asked about"},
		{"demand: allowed, aspect: integ, algorithms: [sha1, sha256]", "met", ""},
		{"demand: required_any, aspect: ke, algorithms: [ecp256, ecp384]", "met", ""},
		{"demand: required_any, aspect: ke, algorithms: [ecp256, x25519]", "violated", "not accepted: ecp256 and x25519"},
		{"demand: required_any, aspect: ke, algorithms: [modp2048]", "undecided", "no clear answer"},
		{"demand: required_all, aspect: ke, algorithms: [ecp384, modp1024]", "met", ""},
		{"demand: required_all, aspect: ke, algorithms: [ecp384, ecp256, modp2048]", "violated", "not accepted: ecp256"},
		{"demand: required_all, aspect: ke, algorithms: [ecp384, modp2048]", "undecided", "no clear answer"},
		{"demand: in_every_suite, aspect: ke, algorithms: [ecp384]", "violated", "2 suites without it accepted, for example 3des-sha1-prfsha1-modp1024"},
		{"demand: allowed, suites: [aes256gcm16-prfsha384-ecp384, aes256-sha1-prfsha1-modp1024, aes128-sha256-prfsha256-modp2048]", "violated", "1 suite accepted, for example 3des-sha1-prfsha1-modp1024"},
		{"demand: allowed, suites: [aes256gcm16-prfsha384-ecp384, aes256-3des-sha1-prfsha1-modp1024]", "undecided", "no clear answer"},
		{"demand: allowed, suites: [aes256gcm16-prfsha384-ecp384, aes256-3des-sha1-prfsha1-modp1024, aes128-sha256-prfsha256-modp2048]", "met", ""},
		{"demand: required_all, suites: [aes256gcm16-prfsha384-ecp384, aes256-3des-sha1-prfsha1-modp1024]", "met", ""},
		{"demand: required_all, suites: [aes256gcm16-prfsha384-ecp384-ecp256]", "violated", "not all of it: aes256gcm16-prfsha384-ecp384-ecp256"},
		{"demand: required_all, suites: [aes256gcm16-prfsha384-ecp384, aes128-sha256-prfsha256-modp2048]", "undecided", "no clear answer"},
		{"not_observable: ESP with GCM", "not_observable", ""},
	} {
		p, err := baseline.ParsePolicy([]byte("name: x\ntitle: x\nrules: [{id: x, severity: low, why: x, " + tt.rule + "}]"))
		if err != nil {
			t.Fatal(err)
		}
		got := judged(t, c, p).Policies[0].Rules[0]
		if got.State != tt.state || !strings.Contains(got.Found, tt.found) || tt.found == "" && got.Found != "" {
			t.Errorf("%s: %s, %q; want %s, %q", tt.rule, got.State, got.Found, tt.state, tt.found)
		}
		if got.State == report.RuleViolated && len(got.Fix) == 0 {
			t.Errorf("%s: no fix", tt.rule)
		}
		if strings.Contains(tt.rule, "allowed, aspect: encr") && !slices.Equal(got.Evidence, []int{7}) {
			t.Errorf("%s: evidence %v", tt.rule, got.Evidence)
		}
	}
}
