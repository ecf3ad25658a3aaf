package text

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
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
		if more := measuredWords(path); more != "" {
			p.Raw(strings.Repeat(" ", 11) + more)
		}
		if detail != "" {
			p.Text(0, detail)
		}
		for _, s := range path.Sources {
			p.source(path, s)
		}
	}
	p.size(t.PathSize)
	if f := t.Fragmentation; f != nil {
		p.Aligned("", traversal.Fragmentation(f))
	}
	if words := traversal.HopLimits(t.HopLimits); words != "" {
		p.Aligned("", words)
	}
	p.versions(t)
	if t.HigherVersion == report.HigherTaken {
		p.Aligned("IKE 3", "is accepted as IKEv2, although RFC 7296 requires a refusal")
	}
	p.nat(t)
}

// measuredWords says how round trips vary, and what was lost; "" where neither is
// known.
func measuredWords(path report.Path) string {
	var words []string
	if path.RTTMaxMs > 0 {
		words = append(words, fmt.Sprintf("median %s, at most %s", layout.Duration(path.RTTMedianMs), layout.Duration(path.RTTMaxMs)))
	}
	if path.Lost > 0 {
		words = append(words, english.Counted(int64(path.Lost), "request", "requests")+" lost")
	}
	return strings.Join(words, "; ")
}

// source writes what a port of ours met.
func (p *page) source(path report.Path, s report.PathSource) {
	words, style := english.Plain(string(s.State)), layout.Green
	switch {
	case s.State == "":
		words, style = "not tested: "+s.Detail, layout.Dim
		if s.HeldBy != "" {
			words += ", held by " + s.HeldBy
		}
		if strings.Contains(s.Detail, "permission") {
			words += "; ports below 1024 need root or CAP_NET_BIND_SERVICE"
		}
	case s.State != report.PathAnswers:
		style = layout.Red
		if s.Reporter != "" {
			words += ", by " + s.Reporter
		}
	}
	from := fmt.Sprintf("from %d", s.Port)
	for i, line := range layout.Wrap(printable.Text(words), p.Width-layout.Margin-11, 0) {
		if i > 0 {
			from = ""
		}
		p.Raw(p.Paint(style, layout.Pad(from, 11)+line))
	}
}

// size writes how large packets may be.
func (p *page) size(s *report.PathSize) {
	if s == nil {
		return
	}
	words := "packets of " + english.Grouped(int64(s.MTU)) + " octets pass unfragmented"
	var unknown []string
	switch {
	case s.MTU == 0 && s.Discovery == report.DiscoveryUnknown:
		words = "not known, as smaller requests get lost as well; to find out, test again at a quieter time, or with --rate 2"
	case s.MTU == 0:
		words = "no large packet passes unfragmented"
	case s.Discovery == report.DiscoveryUnknown:
		unknown = append(unknown, "larger ones do")
	case s.Discovery == report.DiscoveryWorks:
		words += ", and " + cmp.Or(s.Reporter, "a router") + " reports larger ones"
	case s.Discovery == report.DiscoveryBlackHole:
		words += ", and larger ones vanish"
	}
	switch s.Fragments {
	case report.AnswerYes:
		words += "; IP fragments pass"
	case report.AnswerNo:
		words += "; IP fragments do not pass"
	case report.AnswerUnknown:
		if s.MTU > 0 && s.Discovery != report.DiscoveryBlackHole {
			unknown = append(unknown, "IP fragments do")
		}
	}
	if len(unknown) > 0 {
		words += "; whether " + english.List(unknown, "and") + " is not known, as smaller requests get lost as well: to find out, test again at a quieter time, or with --rate 2"
	}
	p.Aligned("size", words)
}

// versions writes which versions of IKE are spoken beside IKEv2.
func (p *page) versions(t *report.Target) {
	v := t.IKEv1
	if v == nil {
		return
	}
	mode := func(name string, a report.Answer, detail string) string {
		switch a {
		case report.AnswerYes:
			return name + " accepts " + detail
		case report.AnswerNo:
			return name + " is off (" + detail + ")"
		}
		if detail == "" {
			detail = "not asked"
		}
		return name + " unknown (" + detail + ")"
	}
	if v.MainMode != report.AnswerYes && v.AggressiveMode != report.AnswerYes && v.MainModeDetail == v.AggressiveModeDetail {
		word := "not seen"
		if v.MainMode == report.AnswerNo {
			word = "off"
		}
		p.Aligned("IKEv1", word+": "+v.MainModeDetail)
		return
	}
	p.Aligned("IKEv1", mode("Main Mode", v.MainMode, v.MainModeDetail)+"; "+mode("Aggressive Mode", v.AggressiveMode, v.AggressiveModeDetail))
}

// nat writes what NAT is on the way.
func (p *page) nat(t *report.Target) {
	n := t.NAT
	if n == nil {
		return
	}
	if !n.Supported {
		p.Aligned("gateway", "sent no NAT detection, so NAT cannot be detected")
		return
	}
	ike, natt := t.PortName(report.UDP500), t.PortName(report.UDP4500)
	you := "not behind NAT"
	if n.LocalBehindNAT {
		you = "behind NAT"
		switch {
		case n.Local != nil && n.Observed != nil:
			you += fmt.Sprintf(": %s is seen as %s", n.Local, n.Observed)
		case n.Local != nil:
			you += fmt.Sprintf(": not seen as %s", n.Local)
		}
		switch n.Mapping {
		case report.MappingSame:
			you += ", on " + natt + " too"
		case report.MappingPerDestination:
			you += fmt.Sprintf(", and on %s as %s: a mapping for each destination", natt, n.ObservedNATT)
		}
	}
	p.Aligned("you", you)
	if n.MappingBehavior != nil {
		p.Aligned("", traversal.Mapping(n))
	} else if wrong := traversal.NotSeen(n); wrong != "" {
		p.Aligned("", wrong)
	}
	if n.Lifetime != nil {
		p.Aligned("", traversal.Lifetime(n))
	}
	gateway := "not behind NAT"
	if n.GatewayBehindNAT {
		gateway = "behind NAT, or pretends to be"
		if n.GatewayInside != nil {
			gateway = fmt.Sprintf("behind NAT: its own address is %s", n.GatewayInside.Address)
		}
	}
	p.Aligned("gateway", gateway)
	switch n.Floats {
	case report.AnswerYes:
		p.Aligned("", "continues on "+natt+" what began on "+ike)
	case report.AnswerNo:
		p.Aligned("", "does NOT continue on "+natt+" what began on "+ike)
	}
	if words := traversal.Habits(n); words != "" {
		p.Aligned("", words)
	}
}
