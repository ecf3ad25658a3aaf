package text

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/layers"
)

// heading writes who was scanned, the verdict and whether anything is wrong,
// clients that fail among it, by name where they were asked for.
func (p *page) heading(t *report.Target, clientsAsked bool) {
	verdict, style := headline(t, clientsAsked)
	for _, line := range p.Sides(wholeName(t), layout.Bold, verdict, style, p.Width) {
		p.Wide(line)
	}
	if !t.Complete && t.Verdict != report.VerdictError {
		p.Title(p.Paint(layout.Yellow, "PARTIAL: the scan ended before everything was asked."))
	}
}

// layers writes how far a client gets, layer by layer; no further than to the first
// where that fails.
func (p *page) layers(t *report.Target) {
	if t.Verdict == report.VerdictError || t.Verdict == report.VerdictNotScanned {
		return
	}
	for _, l := range layers.Of(t) {
		head := l.State.Mark() + " " + layout.Pad(string(l.Name), 16)
		words := l.Words
		if len(l.Problems) > 0 {
			shown := l.Problems
			if more := len(shown) - mostProblems; more > 1 { // "1 more" is as long as a name
				shown = append(slices.Clone(shown[:mostProblems]), fmt.Sprintf("%d more", more))
			}
			words += ": " + english.List(shown, "and")
		}
		for i, line := range layout.Wrap(printable.Text(words), p.Width-layout.Columns(head), 0) {
			if i > 0 {
				head = strings.Repeat(" ", layout.Columns(head))
			}
			p.Wide(p.Paint(layerStyle[l.State], head) + line)
		}
		if l.State == layers.Failed && l.Name == layers.Network {
			return
		}
	}
}

// mostProblems is how many problems a layer names.
const mostProblems = 2

var layerStyle = map[layers.State]string{layers.Passed: layout.Green, layers.Warning: layout.Yellow, layers.Failed: layout.Red}

// wholeName is the name of t, and its address.
func wholeName(t *report.Target) string {
	name := printable.Text(t.Name)
	if address := report.AddressBeside(t.Name, t.Address); address != "" {
		name += "  " + printable.Text(address)
	}
	return name
}

// headline is the verdict on t, what is wrong, and how that is painted.
func headline(t *report.Target, clientsAsked bool) (verdict, style string) {
	verdict = printable.Text(t.Verdict.Words())
	if t.Verdict != report.VerdictIKEv2 {
		return verdict, layout.Red
	}
	wrong := wrongWords(t, clientsAsked)
	switch {
	case len(wrong) > 0:
		return verdict + ", " + printable.Text(strings.Join(wrong, ", ")), layout.Yellow
	case !t.Complete || t.Matrix != nil && t.Matrix.Unknown > 0:
		return verdict + ", no problem seen so far", layout.Yellow
	case t.Matrix != nil && !askedAll(t):
		return verdict + ", no problem among the suites asked about", layout.Yellow
	case t.Matrix == nil: // as of reach
		return verdict + ", no problem found in what was asked", layout.Green
	}
	return verdict + ", no problem found", layout.Green
}

// askedAll reports whether t says of each suite of a full scan whether it is
// accepted: one that was not asked about may be weak, or all that a client has.
func askedAll(t *report.Target) bool {
	open, err := assess.OpenSuites(t)
	return err == nil && len(open) == 0
}

// wrongWords says in few words what is wrong with t, or may be: problems,
// clients and policies.
func wrongWords(t *report.Target, clientsAsked bool) []string {
	var out []string
	if n := len(problemsOf(t)); n > 0 {
		out = append(out, english.Counted(int64(n), "problem", "problems"))
	}
	m := t.Matrix
	takesNone := len(out) == 0 && m != nil && m.Accepted == 0 && m.Refused > 0 && m.Unknown == 0
	if takesNone {
		out = append(out, "accepts none of the suites asked about")
	}
	if words := clientsWrong(t.Clients, clientsAsked); words != "" && (clientsAsked || !takesNone) {
		out = append(out, words)
	}
	for _, verdict := range []report.RuleState{report.RuleViolated, report.RuleUndecided} {
		var names []string
		for _, policy := range t.Policies {
			if policy.Verdict == verdict {
				names = append(names, policy.Name)
			}
		}
		switch {
		case len(names) == 1:
			return append(out, "policy "+names[0]+" "+string(verdict))
		case len(names) > 1:
			return append(out, fewOf(names, len(t.Policies), "policies ", "policies")+" "+string(verdict))
		}
	}
	return out
}

// clientsWrong says which clients fail or, if they were asked for and none fails,
// of which it is not known, by name if they are few and were asked for.
func clientsWrong(clients []report.Client, asked bool) string {
	var fail, unknown []string
	for _, c := range clients {
		switch c.Verdict {
		case report.ClientFails:
			fail = append(fail, shortName(c))
		case report.ClientUnknown:
			unknown = append(unknown, shortName(c))
		}
	}
	switch {
	case len(fail) > 0 && !asked:
		return fmt.Sprintf("%d of %d known clients cannot connect", len(fail), len(clients))
	case len(fail) == 1:
		return fail[0] + " fails"
	case len(fail) > 2:
		return fewOf(fail, len(clients), "", "clients") + " cannot connect"
	case len(fail) > 0:
		return fewOf(fail, len(clients), "", "clients") + " fail"
	case len(unknown) > 0 && asked:
		return fewOf(unknown, len(clients), "", "clients") + " unknown"
	}
	return ""
}

// fewOf names those of all that are meant, behind kind, or counts them as nouns
// where they are more than a heading holds.
func fewOf(names []string, all int, kind, nouns string) string {
	if len(names) <= 2 {
		return kind + english.List(names, "and")
	}
	return fmt.Sprintf("%d of %d %s", len(names), all, nouns)
}

func problemsOf(t *report.Target) []report.Finding {
	var out []report.Finding
	for _, f := range t.Findings {
		if f.IsProblem() {
			out = append(out, f)
		}
	}
	return out
}

// problems names the problems that a heading counts, for texts that do not say
// the findings.
func (p *page) problems(t *report.Target) {
	found := problemsOf(t)
	if len(found) == 0 || t.Verdict != report.VerdictIKEv2 {
		return
	}
	words := []string{"problems:"}
	names := lists.Distinct(lists.Convert(found, func(f report.Finding) string { return printable.Text(string(f.Severity) + " " + f.ID) }))
	for i, name := range names {
		if i < len(names)-1 {
			name += ","
		}
		words = append(words, name)
	}
	for _, line := range layout.WrapWords(words, p.Width, 2) {
		p.Wide(line)
	}
}
