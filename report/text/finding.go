package text

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// findings writes what is wrong and what to do, worst first.
func (p *page) findings(t *report.Target) {
	if len(t.Findings) == 0 {
		return
	}
	p.Section("FINDINGS")
	for _, f := range t.Findings {
		style := ""
		switch rank := f.Severity.Rank(); {
		case rank <= report.SeverityHigh.Rank():
			style = layout.Red
		case rank <= report.SeverityLow.Rank():
			style = layout.Yellow
		}
		severity := p.Paint(style, layout.Pad(printable.Text(f.Severity), 9))
		for i, line := range layout.Wrap(printable.Text(f.ID+": "+f.Title+shownEvidence(f.Evidence)), p.Width-layout.Margin-9, 0) {
			if i > 0 {
				severity = strings.Repeat(" ", 9)
			}
			p.Raw(severity + p.Paint(layout.Bold, line))
		}
		if f.Detail != "" {
			p.Indented(9, 0, f.Detail)
		}
		for _, fix := range f.Fix {
			p.Indented(9, 5, "fix: "+fix)
		}
		for _, weaker := range f.Weaker {
			for _, line := range layout.Wrap(printable.Text("WEAKER: "+weaker), p.Width-layout.Margin-9, 5) {
				p.Raw(strings.Repeat(" ", 9) + p.Paint(layout.Yellow, line))
			}
		}
		p.cutsOff(f.CutsOff)
		// Lines to paste stand as they are, however long.
		for _, line := range f.Lines {
			p.Wide(p.Paint(layout.Green, printable.Text(line)))
		}
		if len(f.Refs) > 0 {
			p.Indented(9, 5, "see: "+strings.Join(f.Refs, "; "))
		}
	}
}

// cutsOff names the clients that a fix cuts off, as many as fit.
func (p *page) cutsOff(names []string) {
	const most = 8
	if len(names) == 0 {
		return
	}
	words := strings.Join(names, ", ")
	if more := len(names) - most; more > 1 { // "1 more" is as long as a name
		words = fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	p.Indented(9, 5, "would cut off: "+words)
}

// shownEvidence names the first exchanges of evidence.
func shownEvidence(ids []int) string {
	const most = 4
	switch {
	case len(ids) == 0:
		return ""
	case len(ids) == 1:
		return fmt.Sprintf(" (exchange %d)", ids[0])
	case len(ids) > most:
		return fmt.Sprintf(" (exchanges %s and %d more)", list(ids[:most]), len(ids)-most)
	}
	return fmt.Sprintf(" (exchanges %s)", list(ids))
}

func list(ids []int) string {
	return strings.Join(lists.Convert(ids, func(id int) string { return fmt.Sprint(id) }), ", ")
}
