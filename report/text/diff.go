package text

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// Diff writes d for people, one target after the other.
func Diff(w io.Writer, d report.Differences, o Options) error {
	head, count := d.Head(), 0
	for t, err := range d.EachTarget() {
		if err != nil {
			return err
		}
		p := newPage(o)
		if count > 0 {
			p.Blank()
		}
		p.targetDiff(&t)
		if err := p.Print(w); err != nil {
			return err
		}
		count++
	}
	p := newPage(o)
	if head.Same && count == 0 {
		p.Text(0, "no difference: neither report contains a target")
	} else if count == 0 {
		p.Text(0, "no target is in both reports")
	}
	p.unmatched("ONLY OLD", head.OnlyOld)
	p.unmatched("ONLY NEW", head.OnlyNew)
	return p.Print(w)
}

func (p *page) unmatched(label string, targets []report.DiffTarget) {
	if len(targets) == 0 {
		return
	}
	p.Section(label)
	for _, t := range targets {
		p.Text(2, t.String())
	}
}

func (p *page) targetDiff(t *report.TargetDiff) {
	const stamp = "2006-01-02 15:04:05 MST"
	for _, line := range layout.Wrap(printable.Text(t.New.String()), p.Width, 2) {
		p.Title(p.Paint(layout.Bold, line))
	}
	p.Title(t.Old.Started.Format(stamp) + " to " + t.New.Started.Format(stamp))
	if t.Same {
		p.Section("SAME")
		p.Text(0, "no difference")
		return
	}
	p.Wide(summary(t.Changes))
	for _, group := range diffGroups {
		label := group.label
		for _, c := range t.Changes {
			if diffLabel(c) != group.label {
				continue
			}
			if label != "" {
				p.Section(label)
				label = ""
			}
			said := p.saidOf(c)
			p.Styled(group.style, 2, said(c.Text))
			if c.Reason != "" {
				p.Indented(2, 5, "why: "+said(c.Reason))
			}
			for _, s := range c.Suites[:min(len(c.Suites), mostSuites)] {
				p.Indented(2, 2, said(s))
			}
			if more := len(c.Suites) - mostSuites; more > 0 {
				p.Indented(2, 2, fmt.Sprintf("and %s more of suites, in the JSON report", english.Counted(int64(more), "set", "sets")))
			}
		}
	}
}

// saidOf returns what says sentences of c: in the names that were asked for, unless words of
// the gateway are among them.
func (p *page) saidOf(c report.Change) func(string) string {
	switch c.Area {
	case "suites", "algorithm", "preference", "post_quantum", "finding", "client", "policy":
		if p.names != "" {
			return p.names.Text
		}
	}
	return func(s string) string { return s }
}

// diffGroups are the parts of the text, in their order.
var diffGroups = []struct{ label, summary, style string }{
	{"WEAKER", "weaker", layout.Red}, {"UNKNOWN", "unknown", layout.Yellow}, {"STRONGER", "stronger", layout.Green},
	{"CLIENTS", "of clients", ""}, {"OTHER", "other", ""},
}

// diffLabel returns the label of the group that c belongs to.
func diffLabel(c report.Change) string {
	switch {
	case c.Effect == report.EffectNeither && c.Area == "client":
		return "CLIENTS"
	case c.Effect == report.EffectNeither:
		return "OTHER"
	}
	return strings.ToUpper(string(c.Effect))
}

// summary counts changes: "2 weaker, 1 stronger, 3 of clients, 4 other".
func summary(changes []report.Change) string {
	var words []string
	for _, group := range diffGroups {
		n := 0
		for _, c := range changes {
			if diffLabel(c) == group.label {
				n++
			}
		}
		if n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, group.summary))
		}
	}
	return strings.Join(words, ", ")
}

// mostSuites bounds the sets of suites that the text lists of each change.
const mostSuites = 6
