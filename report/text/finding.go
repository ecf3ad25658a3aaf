package text

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// findings writes what is wrong and what to do, worst first. What matters little has one
// line, and why it matters, with the sources, is a detail. Clients that fail matter.
func (p *page) findings(t *report.Target) {
	if len(t.Findings) == 0 {
		return
	}
	p.Section("FINDINGS")
	p.Text(0, countedSeverities(t.Findings)+"; ikescope explain ID says why")
	var last report.Finding // of those above, with a fix
	for _, f := range t.Findings {
		style := ""
		switch rank := f.Severity.Rank(); {
		case rank <= report.SeverityHigh.Rank():
			style = layout.Red
		case rank <= report.SeverityLow.Rank():
			style = layout.Yellow
		}
		most := 2
		if p.details {
			most = 4
		}
		said := p.names.Finding(f)
		label := p.Paint(style, layout.Pad("  "+printable.Text(f.Severity), layout.Margin))
		for _, line := range layout.Wrap(printable.Text(f.ID+": "+said.Title+firstExchanges(f.Evidence, most)), p.Width-layout.Margin, 0) {
			p.Wide(label + p.Paint(layout.Bold, line))
			label = layout.Pad("", layout.Margin)
		}
		if f.Detail != "" && (p.details || f.IsProblem() && !aboutAlgorithm(f)) {
			p.Text(0, said.Detail)
		}
		if f.Severity == report.SeverityInfo && f.About() != report.AboutClient && !p.details {
			continue
		}
		p.fixesOf(f, last)
		if len(f.Fix) > 0 {
			last = f
		}
		if p.details && len(f.Refs) > 0 {
			p.Text(5, "see: "+strings.Join(f.Refs, "; "))
		}
	}
}

// countedSeverities counts findings by how bad they are.
func countedSeverities(all []report.Finding) string {
	var words []string
	for _, s := range []report.Severity{report.SeverityCritical, report.SeverityHigh, report.SeverityMedium, report.SeverityLow, report.SeverityInfo} {
		n := 0
		for _, f := range all {
			if f.Severity == s {
				n++
			}
		}
		if n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(words, ", ")
}

// aboutAlgorithm reports whether f is that a weak algorithm is accepted, as its title says.
func aboutAlgorithm(f report.Finding) bool {
	for _, axis := range []string{"ENCR", "PRF", "INTEG", "KE"} {
		if strings.HasPrefix(f.ID, string(report.AboutIKE)+"-"+axis+"-") {
			return true
		}
	}
	return false
}

// fixesOf writes what to do about f, and what that does: in short what is the same for the
// last finding above it.
func (p *page) fixesOf(f, last report.Finding) {
	if p.details {
		last = report.Finding{}
	}
	above := ""
	for _, fix := range f.Fix {
		if slices.Contains(last.Fix, fix) {
			above = "as above; "
			continue
		}
		p.Text(5, "fix: "+above+p.names.Text(fix))
		above = ""
	}
	if above != "" {
		p.Text(5, "fix: as above")
	}
	for _, weaker := range f.Weaker {
		p.Styled(layout.Yellow, 5, "WEAKER: "+p.names.Text(weaker))
	}
	if len(f.CutsOff) > 1 && slices.Equal(f.CutsOff, last.CutsOff) {
		p.Text(5, "would cut off: the same")
	} else {
		p.cutsOff(0, f.CutsOff)
	}
	// Lines to paste stand as they are, however long.
	for _, line := range f.Lines {
		p.Wide(p.Paint(layout.Green, printable.Text(line)))
	}
}

// cutsOff names the clients that a fix cuts off, as many as fit.
func (p *page) cutsOff(indent int, names []string) {
	const most = 8
	if len(names) == 0 {
		return
	}
	words := strings.Join(names, ", ")
	if more := len(names) - most; more > 1 { // "1 more" is as long as a name
		words = fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	p.Indented(indent, 5, "would cut off: "+words)
}

// shownEvidence names the first exchanges of evidence.
func shownEvidence(ids []int) string { return firstExchanges(ids, 4) }

// firstExchanges names as many as most.
func firstExchanges(ids []int, most int) string {
	if len(ids) == most+1 {
		most++ // "1 more" is as long as a number
	}
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
