package text

import (
	"io"

	"github.com/ikescope/ikescope/report/incident/how"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// How writes how the log of a product is switched on, collected and switched
// off.
func How(w io.Writer, h *how.Guide, o Options) error {
	p := newPage(o)
	p.Wide(p.Paint(layout.Bold, "the log of "+h.Product))
	for _, part := range []struct {
		label string
		lines []how.Line
	}{{"ON", h.On}, {"COLLECT", h.Collect}, {"OFF", h.Off}} {
		p.Section(part.label)
		for _, l := range part.lines {
			if l.Layer != "" {
				p.Text(0, l.Layer+":")
			}
			if l.Paste {
				p.paste(0, l.Line)
			} else {
				p.Text(2, l.Line)
			}
		}
	}
	p.Section("WHERE")
	p.Text(0, h.Where)
	p.Section("LACKS")
	p.Text(0, h.Lacks)
	return p.Print(w)
}
