package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/reporttest"
)

// demands are gates, with the policies and clients that a document is to be
// judged by first.
type demands struct {
	Policies []baseline.Policy
	Clients  []client.Policy
	Earlier  *Document
	FailOn   Severity
}

func (d demands) check(doc *Document) {
	for i := range doc.Targets {
		t := &doc.Targets[i]
		t.Policies, t.Clients = Policies(t, d.Policies), Clients(t, d.Clients)
	}
	doc.Gates, doc.Exit = Check(doc, Gates{
		Policies: len(d.Policies) > 0, Clients: len(d.Clients) > 0, Earlier: d.Earlier, FailOn: d.FailOn,
	})
}

func gateStates(d *Document) string {
	return strings.Join(lists.Convert(d.Gates, func(g Gate) string { return string(g.Kind) + " " + string(g.State) }), ", ")
}

func TestCheck(t *testing.T) {
	const good, weak = "aes256gcm16-prfsha384-ecp384", "3des-sha1-prfsha1-modp1024"
	cnsa1, _ := baseline.PolicyNamed("cnsa1")
	legacy, _ := baseline.PolicyNamed("legacy")
	offer := func(s string) client.Policy { return client.Policy{Name: "mine", Offer: ParseKeywords(s)} }
	earlier := func(c reporttest.Matrix) *Document { return scanned(t, "gw", "192.0.2.1", c) }
	others := scanned(t, "other", "192.0.2.1", reporttest.Matrix{Observed: good})
	others.Targets = append(others.Targets, scanned(t, "another", "192.0.2.2", reporttest.Matrix{Observed: good}).Targets...)
	for _, tt := range []struct {
		name  string
		c     reporttest.Matrix
		gates demands
		want  string
		code  int
	}{
		{"none", reporttest.Matrix{Observed: good}, demands{}, "", ExitDone},
		{"met", reporttest.Matrix{Observed: good}, demands{Policies: []baseline.Policy{cnsa1, legacy}}, "policy passed, policy passed", ExitDone},
		{"one violated", reporttest.Matrix{Observed: good + "," + weak}, demands{Policies: []baseline.Policy{cnsa1, legacy}}, "policy failed, policy passed", ExitFailed},
		{"undecided", reporttest.Matrix{Observed: good, Silent: weak}, demands{Policies: []baseline.Policy{cnsa1}}, "policy undecided", ExitUndecided},
		{"one fails, one is undecided", reporttest.Matrix{Observed: "aes256gcm16-prfsha1-ecp384", Silent: weak}, demands{Policies: []baseline.Policy{cnsa1}, FailOn: "critical"},
			"policy failed, fail_on undecided", ExitFailed},
		{"client connects", reporttest.Matrix{Observed: good}, demands{Clients: []client.Policy{offer(good)}}, "client passed", ExitDone},
		{"client fails", reporttest.Matrix{Observed: good}, demands{Clients: []client.Policy{offer(weak)}}, "client failed", ExitFailed},
		{"client unknown", reporttest.Matrix{Observed: good, Silent: weak}, demands{Clients: []client.Policy{offer(weak)}}, "client undecided", ExitUndecided},
		{"no worse", reporttest.Matrix{Observed: good}, demands{Earlier: earlier(reporttest.Matrix{Observed: good + "," + weak})}, "baseline passed", ExitDone},
		{"weaker", reporttest.Matrix{Observed: good + "," + weak}, demands{Earlier: earlier(reporttest.Matrix{Observed: good})}, "baseline failed", ExitFailed},
		{"perhaps weaker", reporttest.Matrix{Observed: good, Silent: weak}, demands{Earlier: earlier(reporttest.Matrix{Observed: good})}, "baseline undecided", ExitUndecided},
		{"the only target, under another name", reporttest.Matrix{Observed: good + "," + weak}, demands{Earlier: scanned(t, "other", "192.0.2.1", reporttest.Matrix{Observed: good})}, "baseline failed", ExitFailed},
		{"other targets then", reporttest.Matrix{Observed: good}, demands{Earlier: others}, "baseline undecided", ExitUndecided},
		{"no finding", reporttest.Matrix{Observed: good}, demands{FailOn: "low"}, "fail_on passed", ExitDone},
		{"no finding in what was asked", reporttest.Matrix{Asked: ParseKeywords(good), Observed: good}, demands{FailOn: "low"}, "fail_on undecided", ExitUndecided},
		{"other suites than before", reporttest.Matrix{Asked: ParseKeywords("aes128-sha256-prfsha256-modp2048"), Observed: "aes128-sha256-prfsha256-modp2048"},
			demands{Earlier: earlier(reporttest.Matrix{Asked: ParseKeywords(good), Observed: good})}, "baseline undecided", ExitUndecided},
		{"a finding of that severity", reporttest.Matrix{Observed: weak}, demands{FailOn: "high"}, "fail_on failed", ExitFailed},
		{"a finding below it", reporttest.Matrix{Observed: weak}, demands{FailOn: "critical"}, "fail_on passed", ExitDone},
	} {
		doc := scanned(t, "gw", "192.0.2.1", tt.c)
		tt.gates.check(doc)
		if got := gateStates(doc); got != tt.want || doc.Exit.Code != tt.code {
			t.Errorf("%s: %s and %+v, want %s and %d: %+v", tt.name, got, doc.Exit, tt.want, tt.code, doc.Gates)
		}
		for _, g := range doc.Gates {
			if g.Reason == "" {
				t.Errorf("%s: no reason: %+v", tt.name, g)
			}
		}
		var b bytes.Buffer
		if err := WriteJSON(&b, doc); err != nil {
			t.Fatal(err)
		}
		reporttest.Validate(t, Schema(), b.Bytes())
	}
}

// What a report says in words that are not known is no refusal.
func TestCheckUnreadable(t *testing.T) {
	const good, weak = "aes256gcm16-prfsha384-ecp384", "3des-sha1-prfsha1-modp1024"
	legacy, _ := baseline.PolicyNamed("legacy")
	doc := scanned(t, "gw", "192.0.2.1", reporttest.Matrix{Observed: good, Silent: weak})
	doc.Targets[0].Matrix.Undecided[0].Suites = "newcipher-prfsha256-ecp256"
	demands{Policies: []baseline.Policy{legacy}, Clients: []client.Policy{{Name: "mine", Offer: ParseKeywords(weak)}}, FailOn: "critical"}.check(doc)
	if got, want := gateStates(doc), "policy undecided, client undecided, fail_on undecided"; got != want || doc.Exit.Code != ExitUndecided {
		t.Errorf("%s and %+v, want %s: %+v", got, doc.Exit, want, doc.Gates)
	}
}

// What comes before gates, and that a dead target passes none.
func TestCheckPrecedence(t *testing.T) {
	all := reporttest.Cases(t)
	cnsa1, _ := baseline.PolicyNamed("cnsa1")
	for _, tt := range []struct {
		targets     []string
		interrupted bool
		code        int
	}{
		{[]string{"weak-behind-nat"}, false, ExitFailed},
		{[]string{"weak-behind-nat", "dead"}, false, ExitNoAnswer},
		{[]string{"weak-behind-nat", "dead", "error"}, false, ExitError},
		{[]string{"weak-behind-nat", "dead", "error"}, true, ExitInterrupted},
	} {
		results := slices.Clone(all["none"])
		for _, name := range tt.targets {
			results = append(results, all[name]...)
		}
		doc := New(Run{}, results)
		doc.Interrupted = tt.interrupted
		demands{Policies: []baseline.Policy{cnsa1}}.check(doc)
		if doc.Exit.Code != tt.code {
			t.Errorf("%v: %+v, want %d", tt.targets, doc.Exit, tt.code)
		}
		for i, g := range doc.Gates {
			if dead := doc.Targets[i].Verdict != VerdictIKEv2; dead != (g.State == GateUndecided) {
				t.Errorf("%s: %+v", tt.targets[i], g)
			}
		}
	}
}

// A policy that is met by rules that are not verified says so.
func TestCheckUnverified(t *testing.T) {
	nist, _ := baseline.PolicyNamed("nist-800-77")
	cnsa1, _ := baseline.PolicyNamed("cnsa1")
	doc := scanned(t, "gw", "192.0.2.1", reporttest.Matrix{Observed: "aes256gcm16-prfsha384-ecp384"})
	demands{Policies: []baseline.Policy{nist, cnsa1}}.check(doc)
	want := []string{"met, as far as a scan can tell; not verified against the source: 6 rules", "met, as far as a scan can tell"}
	if got := lists.Convert(doc.Gates, func(g Gate) string { return g.Reason }); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A scan that ended early is no proof that nothing is weaker, though the earlier
// one told no more.
func TestCheckPartialBaseline(t *testing.T) {
	partial := scanned(t, "gw", "192.0.2.1", reporttest.Matrix{Observed: "aes256gcm16-prfsha384-ecp384", NotTested: "3des-sha1-prfsha1-modp1024"})
	partial.Targets[0].Complete = false
	for _, now := range []*Document{partial, New(Run{}, []probe.Result{reporttest.Base("gw", "192.0.2.1")})} {
		demands{Earlier: now}.check(now)
		if got := gateStates(now); got != "baseline undecided" {
			t.Errorf("%s: %+v", got, now.Gates)
		}
	}
}

func TestExit(t *testing.T) {
	all := reporttest.Cases(t)
	gather := func(names ...string) []string { return names }
	for _, tt := range []struct {
		targets     []string
		interrupted bool
		want        Exit
	}{
		{nil, false, Exit{0, "every target answered"}},
		{gather("openiked"), false, Exit{0, "every target answered"}},
		{gather("weak-behind-nat"), false, Exit{0, "every target answered"}}, // findings are no gate
		{gather("dead"), false, Exit{4, "the target gave no IKEv2 answer"}},
		{gather("icmp", "openiked", "echo"), false, Exit{4, "2 of 3 targets gave no IKEv2 answer"}},
		{gather("dead", "error"), false, Exit{1, "1 of 2 targets could not be scanned"}},
		{gather("error", "undecided"), true, Exit{130, "interrupted: the report is partial"}},
	} {
		var doc *Document
		run := Run{Tool: Tool{}, Interrupted: tt.interrupted}
		results := all["none"]
		for _, name := range tt.targets {
			results = append(results, all[name]...)
		}
		doc = New(run, results)
		_, exit := Check(doc, Gates{})
		if exit != tt.want {
			t.Errorf("exit of %v, interrupted %t = %+v, want %+v", tt.targets, tt.interrupted, exit, tt.want)
		}
		wantComplete := !tt.interrupted && !slices.Contains(tt.targets, "undecided") && !slices.Contains(tt.targets, "error")
		if doc.Complete != wantComplete {
			t.Errorf("complete of %v, interrupted %t = %t", tt.targets, tt.interrupted, doc.Complete)
		}
	}
}
