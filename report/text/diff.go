package text

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
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
			p.out.WriteByte('\n')
		}
		p.targetDiff(&t)
		if err := p.writeTo(w); err != nil {
			return err
		}
		count++
	}
	p := newPage(o)
	if head.Same && count == 0 {
		p.text(0, "no difference: neither report contains a target")
	} else if count == 0 {
		p.text(0, "no target is in both reports")
	}
	p.unmatched("ONLY OLD", head.OnlyOld)
	p.unmatched("ONLY NEW", head.OnlyNew)
	return p.writeTo(w)
}

func (p *page) unmatched(label string, targets []report.DiffTarget) {
	if len(targets) == 0 {
		return
	}
	p.section(label)
	for _, t := range targets {
		p.text(2, t.String())
	}
}

func (p *page) targetDiff(t *report.TargetDiff) {
	const layout = "2006-01-02 15:04:05 MST"
	for _, line := range wrap(printable.Text(t.New.String()), p.width, 2) {
		p.out.WriteString(p.paint(bold, line) + "\n")
	}
	p.out.WriteString(t.Old.Started.Format(layout) + " to " + t.New.Started.Format(layout) + "\n")
	if t.Same {
		p.section("SAME")
		p.text(0, "no difference")
		return
	}
	p.wide(summary(t.Changes))
	for _, group := range diffGroups {
		label := group.label
		for _, c := range t.Changes {
			if diffLabel(c) != group.label {
				continue
			}
			if label != "" {
				p.section(label)
				label = ""
			}
			p.styled(group.style, 2, c.Text)
			if c.Reason != "" {
				p.indented(2, 5, "why: "+c.Reason)
			}
			for _, s := range c.Suites[:min(len(c.Suites), mostSuites)] {
				p.indented(2, 2, s)
			}
			if more := len(c.Suites) - mostSuites; more > 0 {
				p.indented(2, 2, fmt.Sprintf("and %s more of suites, in the JSON report", english.Counted(int64(more), "set", "sets")))
			}
		}
	}
}

// diffGroups are the parts of the text, in their order.
var diffGroups = []struct{ label, summary, style string }{
	{"WEAKER", "weaker", red}, {"UNKNOWN", "unknown", yellow}, {"STRONGER", "stronger", green},
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
