package text

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// paths writes each way to the gateway, and the NAT on it.
func (p *page) paths(t *report.Target) {
	if len(t.Paths) == 0 && t.NAT == nil {
		return
	}
	p.section("PATH")
	for _, path := range t.Paths {
		name := strings.Replace(path.Name(), "UDP ", "udp/", 1)
		works := ""
		line := pad(printable.Text(name), 11) + pad(printable.Text(english.Plain(string(path.State))), 10)
		if path.RTTms > 0 {
			line += fmt.Sprintf("%9s", duration(path.RTTms))
		}
		if path.Received > 0 {
			line += fmt.Sprintf("   %d of %d", path.Received, path.Sent)
		} else if path.Sent > 0 {
			line += fmt.Sprintf("  %d sent", path.Sent)
		}
		if path.State == report.PathAnswers && path.Transport == report.UDP4500 && t.NAT != nil && t.NAT.Supported {
			works = "NAT traversal works"
		}
		if works != "" && columns(line)+3+columns(works) <= p.width-margin {
			line, works = line+"   "+works, ""
		}
		detail := path.Detail
		if detail == "" && path.Reporter != "" {
			detail = "reported by " + path.Reporter
		}
		style := green
		if path.State != report.PathAnswers {
			style = red
		}
		p.raw(p.paint(style, line))
		if works != "" {
			p.raw(strings.Repeat(" ", 11) + p.paint(style, works))
		}
		if detail != "" {
			p.text(0, detail)
		}
	}
	n := t.NAT
	if n == nil {
		return
	}
	if !n.Supported {
		p.aligned("gateway    sent no NAT detection: a NAT on the way cannot be detected")
		return
	}
	you := "you        not behind NAT"
	if n.LocalBehindNAT {
		you = "you        behind NAT"
		switch {
		case n.Local != nil && n.Observed != nil:
			you += fmt.Sprintf(": %s is seen as %s", n.Local, n.Observed)
		case n.Local != nil:
			you += fmt.Sprintf(": not seen as %s", n.Local)
		}
	}
	p.aligned(you)
	gateway := "gateway    not behind NAT"
	if n.GatewayBehindNAT {
		gateway = "gateway    behind NAT, or pretends to be"
	}
	p.aligned(gateway)
}

// aligned writes a paragraph whose first 11 columns are a label of their own.
func (p *page) aligned(text string) {
	label, rest := text[:11], text[11:]
	for i, line := range wrap(printable.Text(rest), p.width-margin-11, 0) {
		if i > 0 {
			label = ""
		}
		p.raw(pad(label, 11) + line)
	}
}
