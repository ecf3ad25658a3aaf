package text

import (
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/changed"
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
	p.Wide(changed.Summary(t.Changes))
	for _, g := range changed.Groups(t.Changes, p.names) {
		p.Section(strings.ToUpper(g.Title))
		for _, c := range g.Changes {
			p.Styled(changeStyles[g.Title], 2, c.Text)
			if c.Reason != "" {
				p.Indented(2, 5, "why: "+c.Reason)
			}
			for _, s := range changed.Suites(c) {
				p.Indented(2, 2, s)
			}
		}
	}
}

// changeStyles are those of groups of changes.
var changeStyles = map[string]string{"weaker": layout.Red, "unclear": layout.Yellow, "stronger": layout.Green}
