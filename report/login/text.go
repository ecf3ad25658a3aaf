package login

import (
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/spelling"
)

// marks are those of steps, with their styles.
var marks = map[string]struct{ mark, style string }{
	"passed": {"+", layout.Green}, "failed": {"!", layout.Red}, "warning": {"!", layout.Yellow}, "unknown": {"?", layout.Yellow},
}

// Text writes the document for people.
func Text(w io.Writer, d *Document, o layout.Options) error {
	p := layout.NewPage(o)
	d = d.Named(spelling.Names(o.Names))
	style := layout.Bold
	if d.Verdict != LoggedIn {
		style += ";" + layout.Red
	}
	for _, line := range layout.Wrap(printable.Text(d.Heading()), p.Width, 2) {
		p.Wide(p.Paint(style, line))
	}
	p.Section("STEPS")
	for _, s := range d.Steps {
		mark := marks[s.State]
		for i, line := range layout.Wrap(printable.Text(s.Text), p.Width-layout.Margin-2, 0) {
			if i > 0 {
				mark.mark = " "
			}
			p.Raw(p.Paint(mark.style, mark.mark) + " " + line)
		}
	}
	for _, s := range d.Steps {
		if s.Reason != nil {
			why(p, s)
		}
	}
	d.gave(p)
	d.esp(p)
	d.clients(p)
	d.ike(p)
	d.stay(p)
	return p.Print(w)
}

// why writes why a step did not pass, and what to do.
func why(p *layout.Page, s Step) {
	r := s.Reason
	p.Section("WHY")
	p.Text(2, string(r.Layer)+": "+r.Text)
	if r.Detail != "" {
		p.Text(2, r.Detail)
	}
	also := r.Shown()
	if len(s.Evidence) > 0 {
		also = append(also, numbers(s.Evidence))
	}
	if len(also) > 0 {
		p.Text(2, strings.Join(also, "; "))
	}
	if words := r.GatewayKnows(); words != "" {
		p.Section("GATEWAY")
		p.Text(2, words)
		if r.Ask != "" {
			p.Raw("  " + p.Paint(layout.Green, printable.Text(r.Ask)))
		}
	}
	if len(r.Fix) > 0 {
		p.Section("FIX")
		for _, f := range r.Fix {
			line(p, f)
		}
	}
}

func line(p *layout.Page, f incident.Fix) {
	if f.Where != "" {
		p.Text(2, f.Where+":")
	}
	if !f.Paste && f.Where != "" {
		p.Indented(2, 0, f.Line)
		return
	}
	if !f.Paste {
		p.Text(0, f.Line)
		return
	}
	for l := range strings.SplitSeq(f.Line, "\n") {
		p.Raw("  " + p.Paint(layout.Green, printable.Text(l)))
	}
}

// gave writes what the gateway gave, and what its EAP server said.
func (d *Document) gave(p *layout.Page) {
	for _, part := range []struct {
		title string
		lines []string
	}{{"EAP", d.EAP.Lines()}, {"SESSION", d.Session.Lines()}} {
		if len(part.lines) > 0 {
			p.Section(part.title)
		}
		for _, line := range part.lines {
			p.Text(2, line)
		}
	}
}
