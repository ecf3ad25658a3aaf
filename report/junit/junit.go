// Package junit writes what decides the exit code of a report as JUnit XML, for
// pipelines: a suite for each target, with a test for whether it answers and one for
// each gate.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
)

// suite and the types below are those of Jenkins' schema.
type suite struct {
	XMLName   xml.Name `xml:"testsuite"`
	Name      string   `xml:"name,attr"`
	Tests     int      `xml:"tests,attr"`
	Failures  int      `xml:"failures,attr"`
	Errors    int      `xml:"errors,attr"`
	Time      string   `xml:"time,attr"`                // seconds
	Timestamp string   `xml:"timestamp,attr,omitempty"` // of the start, UTC
	Hostname  string   `xml:"hostname,attr,omitempty"`
	Cases     []test   `xml:"testcase"`
	Out       *output  `xml:"system-out"`
}

type test struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	Time    string   `xml:"time,attr"`
	Error   *problem `xml:"error"`
	Failure *problem `xml:"failure"`
}

type output struct {
	Text string `xml:",chardata"`
}

type problem struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Write writes doc. A gate that failed is a failure. One that is undecided is an
// error, as is a target without an IKEv2 answer, or one that could not be scanned: so
// there are failures or errors where the exit code is 3, 4, 5 or 1, and none where it
// is 0. Findings that no gate judges are text beside the tests. What does not print is
// escaped.
func Write(w io.Writer, doc report.Source) error {
	total := suite{}
	elapsed := 0.0
	if err := each(doc, func(s suite, t *report.Target) error {
		total.Tests += s.Tests
		total.Failures += s.Failures
		total.Errors += s.Errors
		elapsed += t.Cost.ElapsedMs
		return nil
	}); err != nil {
		return err
	}
	head := doc.Head()
	_, err := fmt.Fprintf(w, "%s<testsuites name=%q tests=\"%d\" failures=\"%d\" errors=\"%d\" time=%q>\n", xml.Header,
		"ikescope", total.Tests, total.Failures, total.Errors, seconds(elapsed))
	if err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("  ", "  ")
	if err := each(doc, func(s suite, _ *report.Target) error { return out.Encode(s) }); err != nil {
		return err
	}
	end := "\n</testsuites>\n"
	if doc.Count() == 0 {
		end = "</testsuites>\n"
	}
	if !head.Complete {
		end = "\n  <!-- partial: not everything was asked -->" + end
	}
	_, err = io.WriteString(w, end)
	return err
}

// each hands over the suite of each target.
func each(doc report.Source, do func(suite, *report.Target) error) error {
	return report.EachTarget(doc, func(_ int, t *report.Target, gates []report.Gate) error {
		return do(suiteOf(t, gates), t)
	})
}

func suiteOf(t *report.Target, gates []report.Gate) suite {
	s := suite{Name: name(t), Time: seconds(t.Cost.ElapsedMs), Hostname: printable.Text(t.Address)}
	if !t.Started.IsZero() {
		s.Timestamp = t.Started.UTC().Format("2006-01-02T15:04:05")
	}
	answers := test{Name: "answers in IKEv2", Class: s.Name, Time: s.Time}
	if t.Verdict != report.VerdictIKEv2 {
		text := t.Error
		for _, p := range t.Paths {
			text += "\n" + p.Name() + ": " + strings.ReplaceAll(string(p.State), "_", " ")
		}
		answers.Error = newProblem(string(t.Verdict), t.Verdict.Words(), text)
	}
	s.Cases = append(s.Cases, answers)
	for _, g := range gates {
		one := test{Name: gateName(g), Class: s.Name, Time: "0"}
		switch g.State {
		case report.GateFailed:
			one.Failure = newProblem(string(g.Kind), g.Reason, because(t, g))
		case report.GateUndecided:
			one.Error = newProblem("undecided", g.Reason, because(t, g))
		}
		s.Cases = append(s.Cases, one)
	}
	for _, c := range s.Cases {
		s.Tests++
		if c.Failure != nil {
			s.Failures++
		}
		if c.Error != nil {
			s.Errors++
		}
	}
	var out strings.Builder
	for _, f := range t.Findings {
		fmt.Fprintf(&out, "%s\n", printable.Text(fmt.Sprintf("%s %s: %s", f.Severity, f.ID, f.Title)))
	}
	if out.Len() > 0 {
		s.Out = &output{out.String()}
	}
	return s
}

func name(t *report.Target) string {
	return printable.Text(strings.TrimSpace(t.Name + " " + report.AddressBeside(t.Name, t.Address)))
}

func gateName(g report.Gate) string {
	kind := strings.ReplaceAll(string(g.Kind), "_", "-")
	if g.Kind == report.BaselineGate {
		return printable.Text(kind) // whose name is the target's
	}
	return printable.Text(kind + " " + g.Name)
}

// newProblem escapes the lines of a text.
func newProblem(kind, message, text string) *problem {
	var lines []string
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		lines = append(lines, printable.Text(line))
	}
	return &problem{Type: printable.Text(kind), Message: printable.Text(message), Text: strings.Join(lines, "\n")}
}

// because says of what a gate is not passed, a line for each thing.
func because(t *report.Target, g report.Gate) string {
	var out []string
	add := func(format string, a ...any) { out = append(out, fmt.Sprintf(format, a...)) }
	switch g.Kind {
	case report.PolicyGate:
		for _, p := range t.Policies {
			if p.Name != g.Name {
				continue
			}
			for _, r := range p.Rules {
				if r.State != report.RuleViolated && r.State != report.RuleUndecided {
					continue
				}
				add("%s: rule %s, %s (%s): %s", r.State, r.ID, r.Demand, r.Severity, r.Found)
				for _, fix := range r.Fix {
					add("  fix: %s", fix)
				}
			}
		}
	case report.ClientGate:
		for _, c := range t.Clients {
			if c.Name != g.Name {
				continue
			}
			for _, m := range c.Missing {
				add("%s", m.Text)
			}
			if c.FailsInAuth() {
				add("in IKE_AUTH: %s", c.LoginWords())
			}
			if c.Fix != nil {
				fix := c.Fix.Suite
				if c.Fix.What != "" {
					fix = c.Fix.Words()
				}
				add("fix: %s: %s", c.Fix.Side, fix)
				for _, line := range c.Fix.Lines {
					add("  %s", line)
				}
			}
		}
	case report.FindingGate:
		for _, f := range t.Findings {
			if f.Severity.Rank() > report.Severity(g.Name).Rank() {
				continue
			}
			add("%s %s: %s", f.Severity, f.ID, f.Title)
			for _, fix := range f.Fix {
				add("  fix: %s", fix)
			}
		}
	}
	return strings.Join(out, "\n")
}

func seconds(ms float64) string {
	return strconv.FormatFloat((time.Duration(ms*1000) * time.Microsecond).Seconds(), 'f', 3, 64)
}
