package text

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/traversal"
)

// paths writes each way to the gateway, and the NAT on it.
func (p *page) paths(t *report.Target) {
	if len(t.Paths) == 0 && t.NAT == nil {
		return
	}
	p.Section("PATH")
	for _, path := range t.Paths {
		name := strings.ToLower(strings.Replace(path.Name(), " ", "/", 1))
		works, state, detail := "", path.StateWords(), path.Detail
		if path.Transport == report.TCP4500 && path.State == report.PathPortUnreachable {
			detail = "" // the state says it
		}
		line := layout.Pad(printable.Text(name), 11) + layout.Pad(printable.Text(state), 10)
		if path.RTTms > 0 {
			line += fmt.Sprintf("%9s", layout.Duration(path.RTTms))
		}
		if path.Received > 0 {
			line += fmt.Sprintf("   %d of %d", path.Received, path.Sent)
		} else if path.Sent > 0 {
			line += fmt.Sprintf("  %d sent", path.Sent)
		}
		if path.State == report.PathAnswers && path.Transport == report.UDP4500 && t.NAT != nil && t.NAT.Supported {
			works = "NAT traversal works"
		}
		if works != "" && layout.Columns(line)+3+layout.Columns(works) <= p.Width-layout.Margin {
			line, works = line+"   "+works, ""
		}
		if detail == "" && path.Reporter != "" {
			detail = "reported by " + path.Reporter
		}
		style := layout.Green
		switch {
		case path.State == report.PathAnswers:
		case path.Transport == report.TCP4500 && t.Verdict == report.VerdictIKEv2:
			style = layout.Dim // most gateways have no IKE in TCP
		default:
			style = layout.Red
		}
		p.Raw(p.Paint(style, line))
		if works != "" {
			p.Raw(strings.Repeat(" ", 11) + p.Paint(style, works))
		}
		if more := traversal.Measured(path, layout.Duration); more != "" {
			p.Raw(strings.Repeat(" ", 11) + more)
		}
		if detail != "" {
			p.Text(0, detail)
		}
		for _, s := range path.Sources {
			p.source(s)
		}
	}
	for _, f := range traversal.Facts(t) {
		p.Aligned(f.About, f.Words)
	}
}

// source writes what a port of ours met.
func (p *page) source(s report.PathSource) {
	style := layout.Green
	switch s.State {
	case "":
		style = layout.Dim
	case report.PathAnswers:
	default:
		style = layout.Red
	}
	from := fmt.Sprintf("from %d", s.Port)
	for i, line := range layout.Wrap(printable.Text(traversal.Source(s)), p.Width-layout.Margin-11, 0) {
		if i > 0 {
			from = ""
		}
		p.Raw(p.Paint(style, layout.Pad(from, 11)+line))
	}
}
