package gate

import (
	"bytes"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

func scannedGateway(t *testing.T, name, address string, c reporttest.Matrix) *report.Document {
	t.Helper()
	doc := scan.Document(scan.Run{}, []evidence.Result{c.Scan(t, name)})
	doc.Targets[0].Address = address
	return doc
}

// demands are gates, with the policies and clients that a document is to be
// judged by first.
type demands struct {
	Policies []baseline.Policy
	Clients  []client.Policy
	Earlier  report.Targets
	FailOn   report.Severity
}

func (d demands) check(doc *report.Document) {
	for i := range doc.Targets {
		t := &doc.Targets[i]
		t.Policies, t.Clients = assess.Policies(t, d.Policies), assess.Clients(t, d.Clients)
	}
	doc.Gates, doc.Exit = Check(doc, Gates{
		Policies: len(d.Policies) > 0, Clients: len(d.Clients) > 0, Earlier: d.Earlier, FailOn: d.FailOn,
	})
}

func gateStates(d *report.Document) string {
	return strings.Join(lists.Convert(d.Gates, func(g report.Gate) string { return string(g.Kind) + " " + string(g.State) }), ", ")
}

func TestCheck(t *testing.T) {
	const good, weak = "aes256gcm16-prfsha384-ecp384", "3des-sha1-prfsha1-modp1024"
	cnsa1, _ := baseline.PolicyNamed("cnsa1")
	legacy, _ := baseline.PolicyNamed("legacy")
	offer := func(s string) client.Policy { return client.Policy{Name: "mine", Offer: reporttest.Products(t, s)} }
	earlier := func(c reporttest.Matrix) *report.Document { return scannedGateway(t, "gw", "192.0.2.1", c) }
	others := scannedGateway(t, "other", "192.0.2.1", reporttest.Matrix{Observed: good})
	others.Targets = append(others.Targets, scannedGateway(t, "another", "192.0.2.2", reporttest.Matrix{Observed: good}).Targets...)
	for _, tt := range []struct {
		name  string
		c     reporttest.Matrix
		gates demands
		want  string
		code  int
	}{
		{"none", reporttest.Matrix{Observed: good}, demands{}, "", report.ExitDone},
		{"met", reporttest.Matrix{Observed: good}, demands{Policies: []baseline.Policy{cnsa1, legacy}}, "policy passed, policy passed", report.ExitDone},
		{"one violated", reporttest.Matrix{Observed: good + "," + weak}, demands{Policies: []baseline.Policy{cnsa1, legacy}}, "policy failed, policy passed", report.ExitFailed},
		{"undecided", reporttest.Matrix{Observed: good, Silent: weak}, demands{Policies: []baseline.Policy{cnsa1}}, "policy undecided", report.ExitUndecided},
		{"one fails, one is undecided", reporttest.Matrix{Observed: "aes256gcm16-prfsha1-ecp384", Silent: weak}, demands{Policies: []baseline.Policy{cnsa1}, FailOn: "critical"},
			"policy failed, fail_on undecided", report.ExitFailed},
		{"client connects", reporttest.Matrix{Observed: good}, demands{Clients: []client.Policy{offer(good)}}, "client passed", report.ExitDone},
		{"client fails", reporttest.Matrix{Observed: good}, demands{Clients: []client.Policy{offer(weak)}}, "client failed", report.ExitFailed},
		{"client unknown", reporttest.Matrix{Observed: good, Silent: weak}, demands{Clients: []client.Policy{offer(weak)}}, "client undecided", report.ExitUndecided},
		{"no worse", reporttest.Matrix{Observed: good}, demands{Earlier: earlier(reporttest.Matrix{Observed: good + "," + weak})}, "baseline passed", report.ExitDone},
		{"weaker", reporttest.Matrix{Observed: good + "," + weak}, demands{Earlier: earlier(reporttest.Matrix{Observed: good})}, "baseline failed", report.ExitFailed},
		{"perhaps weaker", reporttest.Matrix{Observed: good, Silent: weak}, demands{Earlier: earlier(reporttest.Matrix{Observed: good})}, "baseline undecided", report.ExitUndecided},
		{"the only target, under another name", reporttest.Matrix{Observed: good + "," + weak}, demands{Earlier: scannedGateway(t, "other", "192.0.2.1", reporttest.Matrix{Observed: good})}, "baseline failed", report.ExitFailed},
		{"other targets then", reporttest.Matrix{Observed: good}, demands{Earlier: others}, "baseline undecided", report.ExitUndecided},
		{"no finding", reporttest.Matrix{Observed: good}, demands{FailOn: "low"}, "fail_on passed", report.ExitDone},
		{"no finding in what was asked", reporttest.Matrix{Asked: reporttest.Products(t, good), Observed: good}, demands{FailOn: "low"}, "fail_on undecided", report.ExitUndecided},
		{"other suites than before", reporttest.Matrix{Asked: reporttest.Products(t, "aes128-sha256-prfsha256-modp2048"), Observed: "aes128-sha256-prfsha256-modp2048"},
			demands{Earlier: earlier(reporttest.Matrix{Asked: reporttest.Products(t, good), Observed: good})}, "baseline undecided", report.ExitUndecided},
		{"a finding of that severity", reporttest.Matrix{Observed: weak}, demands{FailOn: "high"}, "fail_on failed", report.ExitFailed},
		{"a finding below it", reporttest.Matrix{Observed: weak}, demands{FailOn: "critical"}, "fail_on passed", report.ExitDone},
	} {
		doc := scannedGateway(t, "gw", "192.0.2.1", tt.c)
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
		if err := report.WriteJSON(&b, doc); err != nil {
			t.Fatal(err)
		}
		reporttest.Validate(t, report.Schema(), b.Bytes())
	}
}

// TestCheckMembers: of several gateways at an address the worst is judged, also
// where it is not decided what all of them accept: none passes that one of them does
// not pass, and the reason names it.
func TestCheckMembers(t *testing.T) {
	const good, weak = "aes256gcm16-prfsha384-ecp384", "3des-sha1-prfsha1-modp1024"
	cnsa1, _ := baseline.PolicyNamed("cnsa1")
	clientOf := func(name, offer string) client.Policy {
		return client.Policy{Name: name, Offer: reporttest.Products(t, offer)}
	}
	all := demands{
		Policies: []baseline.Policy{cnsa1},
		Clients:  []client.Policy{clientOf("good", good), clientOf("weak", weak), clientOf("either", good+","+weak)},
		FailOn:   "high",
	}
	namesSecond := regexp.MustCompile(`Of the gateways at the address, it .*\b(at|to) (1 and )?2\b`)
	known := func(accepted string) reporttest.Matrix { return reporttest.Matrix{Observed: accepted} }
	for _, tt := range []struct {
		name          string
		first, second reporttest.Matrix
		want          string
		code          int
	}{
		{"the same", known(good), known(good),
			"policy passed, client passed, client failed, client passed, fail_on passed", report.ExitFailed},
		{"weak", known(good), known(weak),
			"policy failed 2, client undecided 2, client undecided 2, client passed, fail_on failed 2", report.ExitFailed},
		{"weak, too", known(good), known(good + "," + weak),
			"policy failed 2, client passed, client undecided 2, client passed, fail_on failed 2", report.ExitFailed},
		{"of the second little is known", known(good), reporttest.Matrix{Observed: good, NotTested: weak},
			"policy undecided 2, client passed, client undecided 2, client passed, fail_on passed", report.ExitUndecided},
		{"of the second nothing is known", known(good), reporttest.Matrix{NotTested: reporttest.KeywordsOf(matrix.Standard().Products())},
			"policy undecided 2, client undecided 2, client undecided 2, client undecided 2, fail_on passed", report.ExitUndecided},
	} {
		for _, listed := range []bool{true, false} { // whether the members say what is undecided
			doc := scannedGateway(t, "gw", "192.0.2.1", known(good))
			for i, of := range []reporttest.Matrix{tt.first, tt.second} {
				own := scannedGateway(t, "gw", "192.0.2.1", of).Targets[0].Matrix
				m := report.Member{Number: i + 1, Counts: own.Counts, Products: own.Products}
				if listed {
					m.Undecided = own.Undecided
				}
				doc.Targets[0].Members = append(doc.Targets[0].Members, m)
			}
			all.check(doc)
			var got []string
			for _, g := range doc.Gates {
				state := string(g.Kind) + " " + string(g.State)
				if strings.Contains(g.Reason, "gateway 2 at the address") || namesSecond.MatchString(g.Reason) {
					state += " 2"
				}
				got = append(got, state)
			}
			if strings.Join(got, ", ") != tt.want || doc.Exit.Code != tt.code {
				t.Errorf("%s: exit %d, %q, want %d, %s; %+v", tt.name, doc.Exit.Code, got, tt.code, tt.want, doc.Gates)
			}
		}
	}
}

// What a report says in words that are not known is no refusal.
func TestCheckUnreadable(t *testing.T) {
	const good, weak = "aes256gcm16-prfsha384-ecp384", "3des-sha1-prfsha1-modp1024"
	legacy, _ := baseline.PolicyNamed("legacy")
	doc := scannedGateway(t, "gw", "192.0.2.1", reporttest.Matrix{Observed: good, Silent: weak})
	doc.Targets[0].Matrix.Undecided[0].Suites = "newcipher-prfsha256-ecp256"
	demands{Policies: []baseline.Policy{legacy}, Clients: []client.Policy{{Name: "mine", Offer: reporttest.Products(t, weak)}}, FailOn: "critical"}.check(doc)
	if got, want := gateStates(doc), "policy undecided, client undecided, fail_on undecided"; got != want || doc.Exit.Code != report.ExitUndecided {
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
		{[]string{"weak-behind-nat"}, false, report.ExitFailed},
		{[]string{"weak-behind-nat", "dead"}, false, report.ExitFailed},
		{[]string{"dead"}, false, report.ExitNoAnswer}, // its gate is undecided
		{[]string{"weak-behind-nat", "dead", "error"}, false, report.ExitError},
		{[]string{"weak-behind-nat", "dead", "error"}, true, report.ExitInterrupted},
	} {
		results := slices.Clone(all["none"])
		for _, name := range tt.targets {
			results = append(results, all[name]...)
		}
		doc := scan.Document(scan.Run{}, results)
		doc.Interrupted = tt.interrupted
		demands{Policies: []baseline.Policy{cnsa1}}.check(doc)
		if doc.Exit.Code != tt.code {
			t.Errorf("%v: %+v, want %d", tt.targets, doc.Exit, tt.code)
		}
		for i, g := range doc.Gates {
			if dead := doc.Targets[i].Verdict != report.VerdictIKEv2; dead != (g.State == report.GateUndecided) {
				t.Errorf("%s: %+v", tt.targets[i], g)
			}
		}
	}
}

// A policy that is met by rules that are not verified says so.
func TestCheckUnverified(t *testing.T) {
	nist, _ := baseline.PolicyNamed("nist-800-77")
	cnsa1, _ := baseline.PolicyNamed("cnsa1")
	doc := scannedGateway(t, "gw", "192.0.2.1", reporttest.Matrix{Observed: "aes256gcm16-prfsha384-ecp384"})
	demands{Policies: []baseline.Policy{nist, cnsa1}}.check(doc)
	want := []string{"met, as far as a scan can show; not verified against the source: 6 rules", "met, as far as a scan can show"}
	if got := lists.Convert(doc.Gates, func(g report.Gate) string { return g.Reason }); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A scan that ended early is no proof that nothing is weaker, though the earlier
// one told no more.
func TestCheckPartialBaseline(t *testing.T) {
	partial := scannedGateway(t, "gw", "192.0.2.1", reporttest.Matrix{Observed: "aes256gcm16-prfsha384-ecp384", NotTested: "3des-sha1-prfsha1-modp1024"})
	partial.Targets[0].Complete = false
	for _, now := range []*report.Document{partial, scan.Document(scan.Run{}, []evidence.Result{reporttest.Base("gw", "192.0.2.1")})} {
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
		want        report.Exit
	}{
		{nil, false, report.Exit{Code: 0, Reason: "every target answered"}},
		{gather("openiked"), false, report.Exit{Code: 0, Reason: "every target answered"}},
		{gather("weak-behind-nat"), false, report.Exit{Code: 0, Reason: "every target answered"}}, // findings are no gate
		{gather("dead"), false, report.Exit{Code: 4, Reason: "the target did not answer in IKEv2"}},
		{gather("icmp", "openiked", "echo"), false, report.Exit{Code: 4, Reason: "2 of 3 targets did not answer in IKEv2"}},
		{gather("dead", "error"), false, report.Exit{Code: 1, Reason: "1 of 2 targets could not be scanned"}},
		{gather("error", "undecided"), true, report.Exit{Code: 130, Reason: "interrupted: the report is partial"}},
	} {
		var doc *report.Document
		run := scan.Run{Tool: report.Tool{}, Interrupted: tt.interrupted}
		results := all["none"]
		for _, name := range tt.targets {
			results = append(results, all[name]...)
		}
		doc = scan.Document(run, results)
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

// What a stranger saved, in more sets of suites than a scan makes, takes no
// minutes to judge, to compare or to tell apart: work is counted in allocations.
func TestManySets(t *testing.T) {
	sets := 20_000
	if testing.Short() {
		sets = 5_000
	}
	mostWork := uint64(sets) * 5_000
	words := [][]string{{"aes128", "aes192", "aes256", "3des"}, {"sha1", "sha256", "sha384", "sha512"},
		{"prfsha1", "prfsha256", "prfsha384", "prfsha512"}, {"modp1024", "modp2048", "ecp256", "ecp384", "x25519"}}
	some := func(i int) string {
		var picked []string
		for _, list := range words {
			n := 1<<len(list) - 1
			for bit, word := range list {
				if (i%n+1)>>bit&1 == 1 {
					picked = append(picked, word)
				}
			}
			i /= n
		}
		return strings.Join(picked, "-")
	}
	good := reporttest.Matrix{Observed: "aes256gcm16-prfsha384-ecp384"}
	silent, accepting := scannedGateway(t, "gw", "192.0.2.1", good), scannedGateway(t, "gw", "192.0.2.1", good)
	for i := range sets {
		m := silent.Targets[0].Matrix
		m.Undecided = append(m.Undecided, report.UndecidedSuites{State: "no_answer", Suites: some(i)})
		m = accepting.Targets[0].Matrix
		m.Products = append(m.Products, report.AcceptedSuites{Suites: report.SuitesOf(reporttest.Products(t, some(i))[0])})
	}
	var gates demands
	for _, name := range []string{"rfc8247", "cnsa2", "modern"} {
		p, _ := baseline.PolicyNamed(name)
		gates.Policies = append(gates.Policies, p)
	}
	p, _ := client.Named("juniper-basic")
	gates.Clients = []client.Policy{p}
	for _, doc := range []*report.Document{silent, accepting} {
		gates.Earlier = scannedGateway(t, "gw", "192.0.2.1", good)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		gates.check(doc)
		runtime.ReadMemStats(&after)
		if n := after.Mallocs - before.Mallocs; n > mostWork {
			t.Errorf("it took %d allocations", n)
		}
		for _, g := range doc.Gates {
			if g.Kind == "policy" && g.State != report.GateUndecided {
				t.Errorf("%+v, want undecided", g)
			}
		}
	}
}
