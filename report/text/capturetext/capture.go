package capturetext

import (
	"fmt"
	"io"
	"slices"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/capturewords"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/spelling"
)

// page is a page of the text.
type page struct {
	*layout.Page
	names spelling.Names // "" for those of the document
}

// said is a sentence of ours in the names that were asked for.
func (p page) said(sentence string) string {
	if p.names == "" {
		return sentence
	}
	return p.names.Text(sentence)
}

// Write writes c for people. What came from the wire is escaped.
func Write(w io.Writer, c *report.Capture, o layout.Options) error {
	p := page{layout.NewPage(o), spelling.Names(o.Names)}
	p.captureHead(c)
	groups := capturewords.Alike(c.SAs)
	if len(c.SAs) > 1 {
		p.captureSummary(groups, c.Scans)
	}
	told := capturewords.Choose(groups, o.All)
	for i := range c.SAs {
		if told[c.SAs[i].Number] {
			p.Blank()
			p.capturedSA(&c.SAs[i])
		}
	}
	if left := len(c.SAs) - len(told); left > 0 {
		p.Section("")
		p.Text(0, english.Counted(int64(left), "IKE SA is", "IKE SAs are")+" not shown: --sa NUMBER shows one, and --all shows all")
	}
	return p.Print(w)
}

// captureHead writes what is in the files.
func (p page) captureHead(c *report.Capture) {
	for _, line := range layout.Wrap(printable.Text(c.File), p.Width, 2) {
		p.Wide(p.Paint(layout.Bold, line))
	}
	p.Section("FILE")
	p.Text(0, capturewords.Counts(c.Counts))
	for _, f := range c.Files {
		if len(c.Files) > 1 {
			p.Text(2, f.Name+": "+capturewords.Counts(f.Counts))
		}
		if !f.Complete {
			p.Styled(layout.Yellow, 0, "PARTIAL: "+f.Error)
		}
	}
	for _, note := range c.Notes {
		p.Text(0, note)
	}
}

func resultStyle(result report.Result) string {
	switch result {
	case report.ResultFails:
		return layout.Red
	case report.ResultWorks:
		return layout.Green
	}
	return layout.Yellow
}

// captureSummary writes a line for each group, and beyond a number of them, for
// each verdict.
func (p page) captureSummary(groups []*capturewords.Group, scans []report.CapturedScan) {
	p.Section("SUMMARY")
	lines := 0
	var more []*further
	for _, g := range groups {
		// What was tried again counts as what came of it.
		if g.Scan > 0 || g.Verdict.ID == report.CapturedTriedAgain {
			continue
		}
		if lines++; lines > summaryLines {
			more = addFurther(more, g)
			continue
		}
		which := fmt.Sprintf("IKE SA %d", g.Numbers[0])
		if n := len(g.Numbers); n > 1 {
			which = fmt.Sprintf("%s IKE SAs, the first of them %d", english.Grouped(int64(n)), g.Numbers[0])
		}
		if g.File != "" {
			which += ", in " + g.File
		}
		p.Styled(resultStyle(g.Verdict.Result), 2, fmt.Sprintf("%s: %s (%s; %s)", g.Verdict, p.said(g.Verdict.Title), g.Who, which))
	}
	for _, f := range more {
		p.Styled(resultStyle(f.verdict.Result), 2, fmt.Sprintf("%s: %s (%s, between %s)", f.verdict, f.verdict.Title,
			english.Counted(int64(f.sas), "more IKE SA", "more IKE SAs"), english.Counted(int64(f.pairs), "other pair of addresses", "other pairs of addresses")))
	}
	for _, s := range scans {
		p.Text(2, capturewords.Scan(s))
		p.Indented(2, 0, "recognized by its numbers: "+s.Evidence)
	}
}

// summaryLines is how many groups are shown one by one.
const summaryLines = 60

// further is the groups of a verdict that are not shown one by one.
type further struct {
	verdict    report.CapturedVerdict
	sas, pairs int
}

func addFurther(more []*further, g *capturewords.Group) []*further {
	i := slices.IndexFunc(more, func(f *further) bool {
		return f.verdict.ID == g.Verdict.ID && f.verdict.Result == g.Verdict.Result && f.verdict.Layer == g.Verdict.Layer
	})
	if i < 0 {
		i = len(more)
		more = append(more, &further{verdict: g.Verdict})
	}
	more[i].sas += len(g.Numbers)
	more[i].pairs++
	return more
}
