package sarif

import (
	"bytes"
	"encoding/json"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/gate"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// checked is a report of targets in a list, held to gates.
func checked(t *testing.T, results ...evidence.Result) *report.Document {
	t.Helper()
	doc := scan.Document(scan.Run{Tool: report.Tool{Name: "ikescope", Version: "1"}}, results)
	windows, _ := client.Named("windows-11")
	policy, _ := baseline.PolicyNamed("modern")
	policy.File = "policies/our policy.yaml"
	for i := range doc.Targets {
		target := &doc.Targets[i]
		target.ListedIn = &report.FileLine{File: "./lists/gateways.txt", Line: i + 3}
		target.Clients = assess.Clients(target, []client.Policy{windows})
		target.Policies = assess.Policies(target, []baseline.Policy{policy})
	}
	doc.Gates, doc.Exit = gate.Check(doc, gate.Gates{Policies: true, Clients: true, FailOn: report.SeverityHigh})
	return doc
}

// read is what a reader makes of the file.
type read struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID, HelpURI string
					Help        *struct{ Text, Markdown string }
				}
			}
		}
		Invocations []struct {
			ExecutionSuccessful        bool
			ToolExecutionNotifications []struct{ Message struct{ Text string } }
		}
		Results []struct {
			RuleID      string
			RuleIndex   int
			Kind, Level string
			Message     struct{ Text string }
			Locations   []struct {
				PhysicalLocation *struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine int }
				}
			}
			PartialFingerprints map[string]string
		}
	}
}

func written(t *testing.T, doc report.Source) (raw []byte, r read) {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, doc); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.Bytes(), &r); err != nil {
		t.Fatalf("%v in\n%s", err, &b)
	}
	return b.Bytes(), r
}

// TestSchema holds the files to the schema of OASIS.
func TestSchema(t *testing.T) {
	text, err := os.ReadFile("../../testdata/schemas/sarif-2.1.0-rtm.5.json")
	if err != nil {
		t.Fatal(err)
	}
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", root); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]report.Source{"empty": &report.Document{}}
	for name, results := range reporttest.Cases(t) {
		docs[name] = checked(t, results...)
	}
	for name, doc := range docs {
		raw, _ := written(t, doc)
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := compiled.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if bytes.ContainsAny(raw, "\x1b\x07\u009b\u202e") {
			t.Errorf("%s: what does not print is not escaped", name)
		}
	}
	// The schema is read, and would find a fault.
	v, _ := jsonschema.UnmarshalJSON(strings.NewReader(`{"version":"2.1.0","runs":[{"tool":{"driver":{}}}]}`))
	if compiled.Validate(v) == nil {
		t.Error("a driver without a name is valid")
	}
}

// TestHelp: the rule of a finding has the page of its ID, as text and as Markdown, and
// says where that is on the web.
func TestHelp(t *testing.T) {
	found := 0
	for _, results := range reporttest.Cases(t) {
		_, r := written(t, checked(t, results...))
		for _, rule := range r.Runs[0].Tool.Driver.Rules {
			if strings.Contains(rule.ID, "/") {
				continue // of a policy or a gate
			}
			found++
			if rule.Help == nil || rule.Help.Text == "" || !strings.Contains(rule.Help.Markdown, "**Why it matters.**") ||
				!strings.HasSuffix(rule.HelpURI, "docs/findings.md#"+strings.ToLower(rule.ID)) {
				t.Errorf("%s has no help: %+v at %q", rule.ID, rule.Help, rule.HelpURI)
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d rules of findings", found)
	}
}

// TestWrite: each result has its rule and a place, and what is undecided is not a
// failure.
func TestWrite(t *testing.T) {
	cases := reporttest.Cases(t)
	doc := checked(t, cases["weak-behind-nat"][0], cases["undecided"][0], cases["dead"][0])
	_, r := written(t, doc)
	run := r.Runs[0]
	kinds, ids := map[string]int{}, map[string]bool{}
	prints := map[string]bool{}
	for _, x := range run.Results {
		kinds[x.Kind]++
		ids[x.RuleID] = true
		if run.Tool.Driver.Rules[x.RuleIndex].ID != x.RuleID {
			t.Errorf("%s is at the index of %s", x.RuleID, run.Tool.Driver.Rules[x.RuleIndex].ID)
		}
		if (x.Kind == "fail") == (x.Level == "none") {
			t.Errorf("%s: kind %s and level %s", x.RuleID, x.Kind, x.Level)
		}
		prints[x.PartialFingerprints["ikescope/v1"]] = true
	}
	if kinds["fail"] == 0 || kinds["open"] == 0 || len(prints) != len(run.Results) {
		t.Errorf("kinds %v, %d fingerprints of %d", kinds, len(prints), len(run.Results))
	}
	for _, id := range []string{"IKE-ENCR-3DES", "policy/modern/encr", "gate/client/windows-11"} {
		if !ids[id] {
			t.Errorf("no result of %s among %v", id, ids)
		}
	}
	first := run.Results[0]
	if at := first.Locations[0].PhysicalLocation; at == nil || at.ArtifactLocation.URI != "lists/gateways.txt" || at.Region.StartLine != 3 {
		t.Errorf("the first is at %+v", at)
	}
	if !strings.HasPrefix(first.Message.Text, "old-gw.example 203.0.113.80: ") {
		t.Errorf("the first says %q", first.Message.Text)
	}
	if n := run.Invocations[0].ToolExecutionNotifications; run.Invocations[0].ExecutionSuccessful || len(n) != 2 {
		t.Errorf("notifications %v", n)
	}
}

// TestPlaces: without a list a rule is in its policy, and a finding in no file.
func TestPlaces(t *testing.T) {
	doc := checked(t, reporttest.Cases(t)["weak-behind-nat"]...)
	doc.Targets[0].ListedIn = nil
	_, r := written(t, doc)
	for _, x := range r.Runs[0].Results {
		at, isRule := x.Locations[0].PhysicalLocation, strings.HasPrefix(x.RuleID, "policy/")
		if isRule != (at != nil) || isRule && at.ArtifactLocation.URI != "policies/our%20policy.yaml" {
			t.Errorf("%s is at %+v", x.RuleID, at)
		}
	}
	for path, want := range map[string]string{"/srv/a b.txt": "file:///srv/a%20b.txt", "a:b.txt": "./a:b.txt", "x/../y#1": "x/../y%231"} {
		if path == "a:b.txt" && runtime.GOOS == "windows" {
			continue // which is a file of drive a
		}
		if got := uri(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}
