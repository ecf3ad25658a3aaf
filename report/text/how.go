package text

import (
	"io"

	"github.com/ikescope/ikescope/report/incident"
)

// How writes how the log of a product is switched on, collected and switched
// off.
func How(w io.Writer, h *incident.How, o Options) error {
	p := newPage(o)
	p.wide(p.paint(bold, "the log of "+h.Product))
	for _, part := range []struct {
		label string
		lines []incident.HowLine
	}{{"ON", h.On}, {"COLLECT", h.Collect}, {"OFF", h.Off}} {
		p.section(part.label)
		for _, l := range part.lines {
			if l.Layer != "" {
				p.text(0, string(l.Layer)+":")
			}
			if l.Paste {
				p.paste(0, l.Line)
			} else {
				p.text(2, l.Line)
			}
		}
	}
	p.section("WHERE")
	p.text(0, h.Where)
	p.section("LACKS")
	p.text(0, h.Lacks)
	return p.writeTo(w)
}
