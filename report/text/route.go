package text

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/route"
)

// routes writes the routers on the way to each port: once where they are the same.
func (p *page) routes(t *report.Target) {
	if len(t.Routes) == 0 {
		return
	}
	p.Section("HOPS")
	var told []report.Route
	for _, r := range t.Routes {
		name := func(r report.Route) string { return report.Path{Transport: r.Transport, Port: r.Port}.Name() }
		label := printable.Text(strings.ToLower(strings.Replace(name(r), " ", "/", 1)))
		if i := slices.IndexFunc(told, func(o report.Route) bool { return route.Same(o, r) }); i >= 0 {
			p.Aligned(label, "the same as "+name(told[i]))
			continue
		}
		told = append(told, r)
		for _, h := range r.Hops {
			p.hop(layout.Pad(label, 11), h)
			label = ""
		}
		if !r.Reached {
			p.Aligned(label, route.End(r))
		}
		if !r.QuotesRead {
			p.Aligned("", "where packets are rewritten is not known: what routers quote takes root or CAP_NET_RAW to read")
		}
	}
}

// hop writes one after a label.
func (p *page) hop(label string, h report.Hop) {
	style := ""
	switch {
	case h.Gateway:
		style = layout.Green
	case h.Rejects != "":
		style = layout.Red
	}
	label += fmt.Sprintf("%2d  ", h.Number)
	for _, line := range layout.Wrap(printable.Text(route.Hop(h, layout.Duration(h.RTTms))), p.Width-layout.Margin-layout.Columns(label), 0) {
		if line = label + line; style != "" {
			line = p.Paint(style, line)
		}
		p.Raw(line)
		label = layout.Pad("", layout.Columns(label))
	}
}
