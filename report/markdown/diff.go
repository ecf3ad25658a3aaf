package markdown

import (
	"io"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/changed"
	"github.com/ikescope/ikescope/report/spelling"
)

// Diff writes what changed between two reports, one target after the other, the weaker
// first. Names is whose names algorithms have, one of [spelling.All]; "" for those of
// strongSwan.
func Diff(w io.Writer, d report.Differences, names string) error {
	p, head := &page{}, d.Head()
	p.line("# What changed between two reports")
	if head.Same {
		p.line("\nNo difference.")
	}
	p.targets("Only in the old report", head.OnlyOld)
	p.targets("Only in the new report", head.OnlyNew)
	for t, err := range d.EachTarget() {
		if err != nil {
			return err
		}
		p.line("\n## %s", code(t.New.String()))
		if t.Same {
			p.line("\nNo difference.")
		} else {
			p.line("\n%s", prose(changed.Summary(t.Changes)))
		}
		for _, g := range changed.Groups(t.Changes, spelling.Names(names)) {
			p.line("\n### %s\n", prose(g.Title))
			for _, c := range g.Changes {
				p.change(c)
			}
		}
		if err := p.flush(w); err != nil {
			return err
		}
	}
	p.line("\nWritten by %s %s.", prose(head.Tool.Name), prose(head.Tool.Version))
	return p.flush(w)
}

func (p *page) targets(title string, all []report.DiffTarget) {
	if len(all) == 0 {
		return
	}
	p.line("\n%s:\n", title)
	for _, t := range all {
		p.line("- %s", code(t.String()))
	}
}

func (p *page) change(c report.Change) {
	why := ""
	if c.Reason != "" {
		why = ": " + prose(c.Reason)
	}
	p.line("- %s%s", prose(c.Text), why)
	for _, s := range changed.Suites(c) {
		p.line("  - %s", code(s))
	}
}
