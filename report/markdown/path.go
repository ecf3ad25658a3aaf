package markdown

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/route"
	"github.com/ikescope/ikescope/report/internal/traversal"
)

// path has what the text report says of the way to the gateway.
func (p *page) path(t *report.Target) {
	if len(t.Paths) == 0 && t.NAT == nil {
		return
	}
	p.line("\n### Path")
	if len(t.Paths) > 0 {
		p.table("port", "state", "round trip", "answers")
	}
	var sources []string
	for _, path := range t.Paths {
		trip := ""
		if path.RTTms > 0 {
			trip = layout.Duration(path.RTTms)
		}
		if more := traversal.Measured(path, layout.Duration); more != "" {
			trip += " (" + more + ")"
		}
		state := prose(path.StateWords())
		switch {
		case path.Detail != "":
			state += ": " + prose(path.Detail)
		case path.Reporter != "":
			state += ", reported by " + prose(path.Reporter)
		case path.State == report.PathAnswers && path.Transport == report.UDP4500 && t.NAT != nil && t.NAT.Supported:
			state += ": NAT traversal works"
		}
		p.row(path.Name(), state, trip, fmt.Sprintf("%d of %d", path.Received, path.Sent))
		for _, s := range path.Sources {
			sources = append(sources, fmt.Sprintf("**%s, from port %d:** %s", path.Name(), s.Port, prose(traversal.Source(s))))
		}
	}
	facts := traversal.Facts(t)
	if len(sources)+len(facts) > 0 {
		p.line("")
	}
	for _, s := range sources {
		p.line("- %s", s)
	}
	for _, f := range facts {
		if f.About == "" {
			p.line("  - %s", prose(f.Words))
		} else {
			p.line("- **%s:** %s", prose(f.About), prose(f.Words))
		}
	}
}

// routes lists the routers on the way to each port: once where they are the same.
func (p *page) routes(t *report.Target) {
	name := func(r report.Route) string { return report.Path{Transport: r.Transport, Port: r.Port}.Name() }
	for i, r := range t.Routes {
		if k := slices.IndexFunc(t.Routes[:i], func(o report.Route) bool { return route.Same(o, r) }); k >= 0 {
			p.line("\nThe routers on the way to %s are the same as to %s.", name(r), name(t.Routes[k]))
			continue
		}
		p.table("hop", "router on the way to "+name(r))
		for _, h := range r.Hops {
			p.row(fmt.Sprint(h.Number), prose(route.Hop(h, layout.Duration(h.RTTms))))
		}
		if !r.Reached {
			p.row("", prose(route.End(r)))
		}
		if !r.QuotesRead {
			p.line("\nWhere packets are rewritten is not known: what routers quote takes root or CAP_NET_RAW to read.")
		}
	}
}
