package capturetext

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/capturewords"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// capturedSA writes one IKE SA.
func (p page) capturedSA(sa *report.CapturedSA) {
	p.capturedHeading(sa)

	p.Section("WHEN")
	for _, line := range capturewords.When(sa) {
		p.Text(0, line)
	}
	p.Section("PATH")
	for _, path := range sa.Paths {
		p.Text(2, capturewords.Path(path))
	}
	for _, line := range capturewords.Between(sa) {
		p.Text(0, line)
	}

	p.Section("EXCHANGES")
	for _, e := range capturewords.Exchanges(sa, p.names) {
		p.entry(e)
	}
	if sa.Omitted > 0 {
		p.Text(0, english.Counted(int64(sa.Omitted), "more message is", "more messages are")+" not shown, from the middle of the IKE SA")
	}

	p.Section("VERDICT")
	p.Styled(resultStyle(sa.Verdict.Result), 2, sa.Verdict.String()+": "+p.said(sa.Verdict.Title))
	if sa.Verdict.Detail != "" {
		p.Text(0, p.said(sa.Verdict.Detail))
	}
	for _, fix := range sa.Verdict.Fix {
		p.Text(5, "fix: "+p.said(fix))
	}
}

// capturedHeading writes who, and the verdict.
func (p page) capturedHeading(sa *report.CapturedSA) {
	name := printable.Text(fmt.Sprintf("IKE SA %d  %s > %s", sa.Number, &sa.Initiator, &sa.Responder))
	verdict := printable.Text(sa.Verdict.String())
	gap := p.Width - layout.Columns(name) - layout.Columns(verdict)
	if gap < 2 {
		p.Wide(p.Paint(layout.Bold, name))
		name, gap = "", max(p.Width-layout.Columns(verdict), 0)
	}
	p.Wide(p.Paint(layout.Bold, name) + strings.Repeat(" ", gap) + p.Paint(resultStyle(sa.Verdict.Result), verdict))
}

// entry writes a message, and what can be read in it below.
func (p page) entry(e capturewords.Entry) {
	style := layout.Bold
	if e.Warning {
		style = layout.Yellow
	}
	p.timed(e.At, style, e.Text)
	const in = 11
	for _, l := range e.Below {
		if !l.Warning {
			p.Indented(in, 2, l.Text)
			continue
		}
		for _, line := range layout.Wrap(printable.Text(l.Text), p.Width-layout.Margin-in, 2) {
			p.Raw(strings.Repeat(" ", in) + p.Paint(layout.Yellow, line))
		}
	}
}

// timed writes a paragraph beside the time of what it describes.
func (p page) timed(at, style, text string) {
	const column = 9
	for _, line := range layout.Wrap(printable.Text(text), p.Width-layout.Margin-column, 2) {
		// Of an IKE SA of hours the time takes more than the column.
		p.Raw(layout.Pad(at, max(column, len(at)+1)) + p.Paint(style, line))
		at = ""
	}
}
