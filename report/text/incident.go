package text

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/stories"
)

// Incident writes what logs say: one story, or a table of many.
func Incident(w io.Writer, d *incident.Document, o Options) error {
	p := newPage(o)
	several := len(d.Files) > 1
	switch {
	case o.Attempt > 0 && o.Attempt <= len(d.Stories):
		p.story(&d.Stories[o.Attempt-1], several)
	case len(d.Stories) == 1:
		p.story(&d.Stories[0], several)
	case len(d.Stories) > 1:
		p.stories(d)
	case len(d.Files) > 0:
		p.Wide(p.Paint(layout.Bold, printable.Text("no line of "+stories.Files(d)+" shows that a connection failed")))
	}
	if len(d.Notes) > 0 {
		p.Section("NOTES")
		for _, note := range d.Notes {
			p.Text(2, "- "+note)
		}
	}
	return p.Print(w)
}

// story writes one story: heading, timeline, what to do, and what only the
// other side can show. The timeline names its log where there are several.
func (p *page) story(s *incident.Story, several bool) {
	style := layout.Bold
	if s.Cause != "" && s.Layer != incident.NoFailure {
		style = layout.Bold + ";" + layout.Red
	}
	for _, line := range layout.Wrap(printable.Text(stories.Heading(s)), p.Width, 2) {
		p.Wide(p.Paint(style, line))
	}
	for _, line := range layout.Wrap(printable.Text(stories.Whose(s)), p.Width, 0) {
		p.Wide(p.Paint(layout.Dim, line))
	}
	if len(s.Details) > 0 {
		p.Section("APART")
		for _, detail := range s.Details {
			p.Text(2, detail)
		}
	}
	if len(s.Likely) > 0 {
		p.Section("LIKELY")
		for _, reason := range s.Likely {
			p.Text(2, "- "+reason)
		}
	}
	if len(s.Timeline) > 0 {
		p.Section("LINES")
		if several {
			p.Text(0, s.Timeline[0].File)
		}
		p.moments(s.Timeline)
	}
	if s.Other != nil {
		p.Section("OTHER LOG")
		p.Text(0, stories.OtherLog(s.Other))
		p.moments(s.Other.Timeline)
	}
	if len(s.Fix) > 0 {
		p.Section(label(s))
		p.fixes(s.Fix)
	}
	if s.Elsewhere != "" && s.Other == nil {
		p.Section("OTHER SIDE")
		p.Text(0, stories.Elsewhere(s))
	}
}

// label is what fixes are: where the log does not say the reason, they are things to
// check.
func label(s *incident.Story) string {
	if len(s.Likely) > 0 && !s.Firm {
		return "CHECK"
	}
	return "FIX"
}

// fixes writes what to do, below the places where it is to be done.
func (p *page) fixes(all []incident.Fix) {
	indent := 0
	for _, f := range all {
		if f.Where != "" {
			p.Text(2, f.Where+":")
			indent = 2
		} else if !f.Paste {
			indent = 0
		}
		if !f.Paste {
			p.Indented(indent, 0, f.Line)
			continue
		}
		for line := range strings.SplitSeq(f.Line, "\n") {
			p.paste(indent, line)
		}
	}
}

// paste writes a line to paste, which is not broken.
func (p *page) paste(indent int, line string) {
	p.Raw(strings.Repeat(" ", indent) + p.Paint(layout.Green, printable.Text(line)))
}

// moments writes lines of one log. Those that are not the cause are cut to two
// lines.
func (p *page) moments(all []incident.Moment) {
	width := 0
	for _, m := range all {
		width = max(width, len(strconv.Itoa(m.Line)))
	}
	for _, m := range all {
		mark, style := " ", ""
		if m.Cause {
			mark, style = ">", layout.Bold
		}
		text := strings.ReplaceAll(m.Text, "\t", " ")
		if stamp := stories.Clock(m.Stamp); stamp != "" {
			text = stamp + " " + text
		}
		text += stories.Times(m)
		head := fmt.Sprintf("%s%*d  ", mark, width, m.Line)
		words := strings.Split(printable.Text(text), " ") // spaces stay as they are
		lines := layout.WrapWords(words, p.Width-layout.Margin-len(head), 2)
		if !m.Cause && len(lines) > 2 {
			lines = append(lines[:1], lines[1]+" ...")
		}
		for _, line := range lines {
			p.Raw(head + p.Paint(style, line))
			head = strings.Repeat(" ", len(head))
		}
	}
}

// maxRows bounds the table of stories.
const maxRows = 20

// stories writes a line for each story, the most frequent cause first.
func (p *page) stories(d *incident.Document) {
	counted := english.Counted(int64(d.Attempts), "attempt", "attempts") + " in " + english.Counted(int64(d.Kinds), "kind", "kinds")
	p.Wide(p.Paint(layout.Bold, printable.Text(stories.Files(d)+": "+counted)))
	p.Wide("")
	for i := range d.Stories[:min(len(d.Stories), maxRows)] {
		s := &d.Stories[i]
		head := p.Paint(layout.Bold, fmt.Sprintf("%3d", i+1)) + fmt.Sprintf(" %5dx  ", s.Count)
		text := fmt.Sprintf("%s (%s, line %d)", stories.Heading(s), stories.Attempted(s), s.LinesFirst)
		for _, line := range layout.Wrap(printable.Text(text), p.Width-12, 3) {
			p.Wide(head + line)
			head = strings.Repeat(" ", 12)
		}
		p.briefly(i+1, s)
	}
	if len(d.Stories) > maxRows {
		p.Wide(fmt.Sprintf("     %d more; -o json has up to %d", d.Kinds-maxRows, incident.MaxStories))
	}
	p.Wide("")
	p.Wide("ikescope explain FILE --attempt N shows one of them.")
}

// maxBrief bounds the details and the fixes of a story in the table.
const maxBrief = 2

// briefly writes how far the two sides of a story of the table are apart, and what to do
// about it: the first things, each in a line. n is its number in the table.
func (p *page) briefly(n int, s *incident.Story) {
	for _, detail := range s.Details[:min(len(s.Details), maxBrief)] {
		p.brief("APART", detail, "")
	}
	head, told, within := label(s), 0, false // a block that is not shown
	for _, f := range s.Fix {
		within = within && f.Paste && f.Where == ""
		if within || told == maxBrief {
			continue
		}
		told++
		text, paste := f.Line, ""
		switch {
		case f.Paste && isBlock(f.Line):
			text, within = fmt.Sprintf("%s (--attempt %d shows the lines to paste)", cmp.Or(f.Where, "the configuration"), n), true
		case f.Paste && f.Where != "":
			text, paste = f.Where+":", f.Line
		case f.Paste:
			text, paste = "", f.Line
		case f.Where != "":
			text = f.Where + ": " + f.Line
		}
		p.brief(head, text, paste)
		head = ""
	}
}

// isBlock reports whether a line to paste begins a block, or has several lines.
func isBlock(line string) bool { return strings.Contains(line, "\n") || strings.HasSuffix(line, "{") }

// brief writes a text of a story of the table, and a line to paste below it.
func (p *page) brief(head, text, paste string) {
	const width = len("APART ")
	indent := strings.Repeat(" ", 15)
	head = fmt.Sprintf("%-*s", width, head)
	if text != "" {
		for _, line := range layout.Wrap(printable.Text(text), p.Width-len(indent)-width, 0) {
			p.Wide(indent + head + line)
			head = strings.Repeat(" ", width)
		}
	}
	if paste != "" {
		p.Wide(indent + head + p.Paint(layout.Green, printable.Text(paste)))
	}
}
