// Package sarif writes reports as SARIF 2.1.0, which code hosts show beside files:
// findings, rules of policies that are violated, and gates that fail.
package sarif

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/findings"
)

// schema is where SARIF's own is published.
const schema = "https://json.schemastore.org/sarif-2.1.0.json"

// pages is where each finding has a page of its own, in the file that is made of package
// findings.
const pages = "https://github.com/ikescope/ikescope/blob/main/docs/findings.md#"

// log is what of SARIF is written before the results.
type log struct {
	Tool        tool         `json:"tool"`
	Invocations []invocation `json:"invocations"`
	ColumnKind  string       `json:"columnKind"`
}

type tool struct {
	Driver driver `json:"driver"`
}

type driver struct {
	Name           string `json:"name"`
	Version        string `json:"version,omitempty"`
	InformationURI string `json:"informationUri"`
	Rules          []rule `json:"rules"`
}

type rule struct {
	ID               string         `json:"id"`
	ShortDescription message        `json:"shortDescription"`
	Help             *page          `json:"help,omitempty"`
	HelpURI          string         `json:"helpUri,omitempty"`
	Default          configuration  `json:"defaultConfiguration"`
	Properties       ruleProperties `json:"properties"`
}

type configuration struct {
	Level string `json:"level"`
}

type ruleProperties struct {
	Tags []string `json:"tags"`
	// SecuritySeverity is what GitHub sorts by, 0 to 10.
	SecuritySeverity string `json:"security-severity"`
}

// page is a text that may be there as Markdown, too.
type page struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type message struct {
	Text string `json:"text"`
}

type invocation struct {
	Successful    bool           `json:"executionSuccessful"`
	ExitCode      int            `json:"exitCode"`
	ExitReason    string         `json:"exitCodeDescription"`
	Notifications []notification `json:"toolExecutionNotifications,omitempty"`
}

type notification struct {
	Level   string  `json:"level"`
	Message message `json:"message"`
}

type result struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Kind         string            `json:"kind"`
	Level        string            `json:"level"`
	Message      message           `json:"message"`
	Locations    []location        `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   properties        `json:"properties"`
}

type location struct {
	Physical *physical `json:"physicalLocation,omitempty"`
	Logical  []logical `json:"logicalLocations"`
}

type physical struct {
	Artifact artifact `json:"artifactLocation"`
	Region   *region  `json:"region,omitempty"`
}

type artifact struct {
	URI string `json:"uri"`
}

type region struct {
	StartLine int `json:"startLine"`
}

type logical struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

type properties struct {
	Target    string          `json:"target"`
	Address   string          `json:"address"`
	Severity  report.Severity `json:"severity,omitempty"`
	Exchanges []int           `json:"exchanges,omitempty"`
}

// mostNotifications bounds those that a run has.
const mostNotifications = 1000

// Write writes doc, which is read twice: the rules stand before the results. A result
// is at the line of the list that names its target; where no list does, at the policy
// file; and else at no file, which code hosts do not take. What does not print is
// escaped.
func Write(w io.Writer, doc report.Source) error {
	head := doc.Head()
	whole := log{
		Tool: tool{driver{Name: printable.Text(head.Tool.Name), Version: printable.Text(head.Tool.Version),
			InformationURI: "https://github.com/ikescope/ikescope", Rules: []rule{}}},
		Invocations: []invocation{{Successful: head.Complete, ExitCode: head.Exit.Code, ExitReason: printable.Text(head.Exit.Reason)}},
		ColumnKind:  "utf16CodeUnits",
	}
	index := make(map[string]int) // of rules
	notes := &whole.Invocations[0].Notifications
	err := each(doc, func(t *report.Target, found []found) error {
		for _, f := range found {
			if _, ok := index[f.rule.ID]; !ok {
				index[f.rule.ID] = len(whole.Tool.Driver.Rules)
				whole.Tool.Driver.Rules = append(whole.Tool.Driver.Rules, f.rule)
			}
		}
		if text := unfinished(t); text != "" && len(*notes) < mostNotifications {
			*notes = append(*notes, notification{"warning", message{printable.Text(text)}})
		}
		return nil
	})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := report.WriteLine(&b, whole); err != nil {
		return err
	}
	begin := strings.TrimSuffix(b.String(), "}\n")
	if _, err := fmt.Fprintf(w, "{\"$schema\":%q,\"version\":\"2.1.0\",\"runs\":[%s,\"results\":[", schema, begin); err != nil {
		return err
	}
	mark := "\n"
	err = each(doc, func(t *report.Target, found []found) error {
		for _, f := range found {
			f.result.RuleIndex = index[f.rule.ID]
			if _, err := io.WriteString(w, mark); err != nil {
				return err
			}
			b.Reset()
			if err := report.WriteLine(&b, f.result); err != nil {
				return err
			}
			if _, err := w.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n"))); err != nil {
				return err
			}
			mark = ",\n"
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n]}]}\n")
	return err
}

// unfinished says what of t was not asked or judged.
func unfinished(t *report.Target) string {
	name := fullName(t)
	switch {
	case t.Error != "":
		return name + ": " + t.Error
	case t.Verdict != report.VerdictIKEv2:
		return name + ": " + t.Verdict.Words()
	case !t.Complete:
		return name + ": the scan ended before everything was asked"
	}
	return ""
}

func fullName(t *report.Target) string {
	return strings.TrimSpace(t.Name + " " + report.AddressBeside(t.Name, t.Address))
}

// found is a result and its rule.
type found struct {
	rule   rule
	result result
}

// each hands over what is found of each target.
func each(doc report.Source, do func(*report.Target, []found) error) error {
	return report.EachTarget(doc, func(_ int, t *report.Target, gates []report.Gate) error {
		return do(t, foundOf(t, gates))
	})
}

// foundOf returns the results of t: what is wrong with kind "fail", and what is
// undecided with kind "open".
func foundOf(t *report.Target, gates []report.Gate) []found {
	var out []found
	for _, f := range t.Findings {
		text := []string{sentence(f.Title)}
		if f.Detail != "" {
			text = append(text, sentence(f.Detail))
		}
		out = append(out, newFound(t, "", entry{id: f.ID, about: f.Title, severity: f.Severity, kind: "fail",
			text: append(text, help(f.Fix, f.Lines, f.Refs)...), help: help(f.Fix, nil, f.Refs), evidence: f.Evidence}))
	}
	for _, p := range t.Policies {
		for _, r := range p.Rules {
			kind := map[report.RuleState]string{report.RuleViolated: "fail", report.RuleUndecided: "open"}[r.State]
			if kind == "" {
				continue
			}
			text := []string{fmt.Sprintf("Policy %s, rule %s (%s): %s.", p.Name, r.ID, r.Demand, r.State)}
			if r.Found != "" {
				text = append(text, sentence(r.Found))
			}
			out = append(out, newFound(t, p.File, entry{id: "policy/" + p.Name + "/" + r.ID, about: "Policy " + p.Name + ": " + r.Demand,
				severity: r.Severity, kind: kind, text: append(text, help(r.Fix, nil, []string{r.Ref})...),
				help: []string{r.Why}, evidence: r.Evidence}))
		}
	}
	for _, g := range gates {
		kind := map[report.GateState]string{report.GateFailed: "fail", report.GateUndecided: "open"}[g.State]
		if kind == "" || g.Kind == report.PolicyGate || g.Kind == report.FindingGate {
			continue // those say what is above
		}
		id, about := "gate/"+string(g.Kind), "Nothing is weaker than in an earlier report"
		if g.Kind == report.ClientGate {
			id, about = id+"/"+g.Name, "Client "+g.Name+" connects"
		}
		out = append(out, newFound(t, "", entry{id: id, about: about, severity: report.SeverityHigh, kind: kind,
			text: []string{fmt.Sprintf("%s: %s, %s.", about, g.State, g.Reason)}}))
	}
	return out
}

// entry is what a result and its rule are made of.
type entry struct {
	id, about, kind string
	severity        report.Severity
	text, help      []string
	evidence        []int
}

func newFound(t *report.Target, policyFile string, e entry) found {
	r := rule{ID: printable.Text(e.id), ShortDescription: message{printable.Text(e.about)}, Default: configuration{level(e.severity)},
		Properties: ruleProperties{[]string{"security", "ike"}, score(e.severity)}}
	if text := sentences(e.help); text != "" {
		r.Help = &page{Text: text}
	}
	if p, ok := findings.Of(e.id); ok {
		if r.Help == nil {
			r.Help = &page{Text: p.Seen + " " + p.Why}
		}
		r.Help.Markdown, r.HelpURI = p.Markdown(), pages+strings.ToLower(p.IDs[0])
	}
	level := level(e.severity)
	if e.kind != "fail" {
		level = "none" // as SARIF demands
	}
	sum := sha256.Sum256([]byte(e.id + "\x00" + t.Name + "\x00" + t.Address))
	return found{r, result{RuleID: r.ID, Kind: e.kind, Level: level,
		Message:      message{printable.Text(fullName(t)) + ": " + sentences(e.text)},
		Locations:    []location{{placeOf(t, policyFile), []logical{{printable.Text(fullName(t)), "resource"}}}},
		Fingerprints: map[string]string{"ikescope/v1": hex.EncodeToString(sum[:16])},
		Properties:   properties{printable.Text(t.Name), printable.Text(t.Address), e.severity, e.evidence}}}
}

func placeOf(t *report.Target, policyFile string) *physical {
	switch {
	case t.ListedIn != nil:
		p := &physical{Artifact: artifact{uri(t.ListedIn.File)}}
		if t.ListedIn.Line > 0 {
			p.Region = &region{t.ListedIn.Line}
		}
		return p
	case policyFile != "":
		return &physical{Artifact: artifact{uri(policyFile)}}
	}
	return nil
}

// uri returns a path as a URI, relative if the path is.
func uri(path string) string {
	path = filepath.ToSlash(path)
	u := url.URL{Path: strings.TrimPrefix(path, "./")}
	if strings.HasPrefix(path, "/") || filepath.VolumeName(path) != "" {
		u = url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(path, "/")}
	}
	return u.String()
}

// help returns fixes and references as sentences, and lines to paste as lines behind them.
func help(fixes, lines, refs []string) []string {
	var out []string
	for _, fix := range fixes {
		out = append(out, sentence("Fix: "+fix))
	}
	if see := strings.Join(refs, "; "); see != "" {
		out = append(out, sentence("See: "+see))
	}
	if len(lines) > 0 {
		out = append(out, "Lines to paste:\n"+strings.Join(lines, "\n"))
	}
	return out
}

// sentence ends s with a full stop, unless it has an end.
func sentence(s string) string {
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "!") {
		return s
	}
	return s + "."
}

func sentences(list []string) string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, printable.Text(s))
		}
	}
	return strings.Join(out, " ")
}

// level is that of SARIF.
func level(s report.Severity) string {
	switch s {
	case report.SeverityCritical, report.SeverityHigh:
		return "error"
	case report.SeverityMedium:
		return "warning"
	}
	return "note"
}

// score places a severity in the middle of GitHub's.
func score(s report.Severity) string {
	switch s {
	case report.SeverityCritical:
		return "9.5"
	case report.SeverityHigh:
		return "8.0"
	case report.SeverityMedium:
		return "5.5"
	case report.SeverityLow:
		return "2.0"
	}
	return "0.0"
}
