package junit

import (
	"bytes"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/gate"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// checked is a report that was held to gates.
func checked(t *testing.T, results ...evidence.Result) *report.Document {
	t.Helper()
	doc := scan.Document(scan.Run{Tool: report.Tool{Name: "ikescope", Version: "1"}}, results)
	windows, _ := client.Named("windows-11")
	policy, _ := baseline.PolicyNamed("modern")
	for i := range doc.Targets {
		target := &doc.Targets[i]
		target.Clients = assess.Clients(target, []client.Policy{windows})
		target.Policies = assess.Policies(target, []baseline.Policy{policy})
	}
	doc.Gates, doc.Exit = gate.Check(doc, gate.Gates{Policies: true, Clients: true, FailOn: report.SeverityHigh})
	return doc
}

// read is what a reader makes of the file.
type read struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Suites   []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Failure *struct {
				Message string `xml:"message,attr"`
				Text    string `xml:",chardata"`
			} `xml:"failure"`
			Error *struct {
				Message string `xml:"message,attr"`
			} `xml:"error"`
		} `xml:"testcase"`
		Out string `xml:"system-out"`
	} `xml:"testsuite"`
}

func written(t *testing.T, doc report.Source) (raw []byte, r read) {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, doc); err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(b.Bytes(), &r); err != nil {
		t.Fatalf("%v in\n%s", err, &b)
	}
	return b.Bytes(), r
}

// TestWrite: failures are the gates that failed, and errors what is not decided.
func TestWrite(t *testing.T) {
	cases := reporttest.Cases(t)
	_, r := written(t, checked(t, cases["weak-behind-nat"][0], cases["dead"][0], cases["mlkem"][0]))
	if r.Tests != 12 || len(r.Suites) != 3 {
		t.Fatalf("%d tests in %d suites, want 12 in 3", r.Tests, len(r.Suites))
	}
	weak, dead, good := r.Suites[0], r.Suites[1], r.Suites[2]
	if weak.Name != "old-gw.example 203.0.113.80" || weak.Failures == 0 || weak.Errors != 0 {
		t.Errorf("the weak gateway: %+v", weak)
	}
	if f := weak.Cases[3].Failure; weak.Cases[3].Name != "fail-on high" || f == nil || !strings.Contains(f.Text, "IKE-ENCR-3DES: ENCR_3DES is accepted\n") {
		t.Errorf("the gate on findings: %+v", weak.Cases[3])
	}
	if f := weak.Cases[1].Failure; f == nil || !strings.Contains(f.Text, "violated: rule ") {
		t.Errorf("the gate of a policy: %+v", weak.Cases[1])
	}
	if dead.Failures != 0 || dead.Errors != 4 || dead.Cases[0].Error.Message != "no answer" {
		t.Errorf("the dead gateway: %+v", dead)
	}
	if good.Cases[0].Error != nil || good.Cases[3].Failure != nil {
		t.Errorf("the good gateway: %+v", good)
	}
	if r.Failures != weak.Failures+good.Failures || r.Errors != 4 {
		t.Errorf("%d failures and %d errors in all", r.Failures, r.Errors)
	}
	if !strings.Contains(weak.Out, "high IKE-ENCR-3DES") {
		t.Errorf("the findings: %q", weak.Out)
	}
}

// TestAgreesWithExit: without a failure or an error the exit code is 0, and the other
// way round.
func TestAgreesWithExit(t *testing.T) {
	for name, results := range reporttest.Cases(t) {
		doc := checked(t, results...)
		_, r := written(t, doc)
		if bad := r.Failures+r.Errors > 0; bad != (doc.Exit.Code != report.ExitDone) {
			t.Errorf("%s: %d failures, %d errors, exit %d", name, r.Failures, r.Errors, doc.Exit.Code)
		}
		doc.Gates = nil
		for i := range doc.Targets {
			doc.Targets[i].Findings = nil // none that no gate judges is a failure
		}
		if _, r := written(t, doc); r.Failures > 0 {
			t.Errorf("%s: %d failures without a gate", name, r.Failures)
		}
	}
}

// TestEscaped: nothing in the file is for a terminal to obey, wherever it stands in a
// saved report.
func TestEscaped(t *testing.T) {
	const evil = "\u009b31m\x7f\ufeff\u202e"
	doc := checked(t, reporttest.Cases(t)["weak-behind-nat"]...)
	target := &doc.Targets[0]
	target.Findings = append(target.Findings, report.Finding{ID: "A" + evil, Severity: "B" + evil, Title: "C" + evil})
	for i := range doc.Gates {
		doc.Gates[i].Reason += evil
	}
	doc.Gates = append(doc.Gates, report.Gate{Name: evil, Target: target.Name, Address: target.Address, Kind: "E" + evil, State: report.GateFailed})
	raw, _ := written(t, doc)
	if i := bytes.IndexFunc(raw, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("%q", raw[i:min(i+60, len(raw))])
	}
}

// TestSchema holds the files to the schema of Jenkins, by xmllint.
func TestSchema(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not installed (package libxml2-utils)")
	}
	for name, results := range reporttest.Cases(t) {
		raw, _ := written(t, checked(t, results...))
		path := filepath.Join(t.TempDir(), "r.xml")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(xmllint, "--noout", "--nonet", "--schema", "../../testdata/schemas/jenkins-junit.xsd", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", name, err, out, raw)
		}
	}
	raw, _ := written(t, &report.Document{})
	if !bytes.HasSuffix(raw, []byte("></testsuites>\n")) && !bytes.Contains(raw, []byte("partial")) {
		t.Errorf("of no target: %s", raw)
	}
}
