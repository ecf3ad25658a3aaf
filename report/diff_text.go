package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
)

//go:embed diff-schema.json
var diffSchema []byte

// DiffSchema returns the JSON Schema (draft 2020-12) of version 1 of a Diff.
func DiffSchema() []byte { return bytes.Clone(diffSchema) }

// WriteDiffText writes d for people.
func WriteDiffText(w io.Writer, d *Diff, o TextOptions) error {
	p := newPage(o)
	for i := range d.Targets {
		if i > 0 {
			p.out.WriteByte('\n')
		}
		p.targetDiff(&d.Targets[i])
	}
	if d.Same && len(d.Targets) == 0 {
		p.text(0, "no difference: neither report holds a target")
	}
	p.unmatched("ONLY OLD", d.OnlyOld)
	p.unmatched("ONLY NEW", d.OnlyNew)
	return p.writeTo(w)
}

func (p *page) unmatched(label string, targets []DiffTarget) {
	if len(targets) == 0 {
		return
	}
	p.section(label)
	for _, t := range targets {
		p.text(2, t.name())
	}
}

func (t DiffTarget) name() string {
	if t.Address != "" && t.Address != t.Target {
		return t.Target + "  " + t.Address
	}
	return t.Target
}

func (p *page) targetDiff(t *TargetDiff) {
	const layout = "2006-01-02 15:04:05 MST"
	for _, line := range wrap(printable(t.New.name()), p.width, 2) {
		p.out.WriteString(p.paint(bold, line) + "\n")
	}
	p.out.WriteString(t.Old.Started.Format(layout) + " to " + t.New.Started.Format(layout) + "\n")
	if t.Same {
		p.section("SAME")
		p.text(0, "no difference")
		return
	}
	for _, group := range []struct{ effect, label, style string }{
		{effectWeaker, "WEAKER", red}, {effectUnknown, "UNKNOWN", yellow}, {effectStronger, "STRONGER", green}, {effectNeither, "OTHER", ""},
	} {
		label := group.label
		for _, c := range t.Changes {
			if c.Effect != group.effect {
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
				p.indented(2, 2, fmt.Sprintf("and %s more of suites, in the JSON", counted(int64(more), "set", "sets")))
			}
		}
	}
}

// mostSuites bounds the sets of suites that the text lists of each change.
const mostSuites = 6
