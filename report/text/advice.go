package text

import (
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

// Advice writes advice as a text to read, with lines to paste.
func Advice(w io.Writer, all []report.Advice, o Options) error {
	p := newPage(o)
	for i, a := range all {
		if i > 0 {
			p.wide("")
		}
		p.advice(a)
	}
	return p.writeTo(w)
}

func (p *page) advice(a report.Advice) {
	name := a.Target
	if address := report.AddressBeside(name, a.Address); address != "" {
		name += " (" + address + ")"
	}
	style := map[report.ClientVerdict]string{report.ClientConnects: green, report.ClientFails: red, report.ClientUnknown: yellow}[a.Client.Verdict]
	where := "at " + printable.Text(name) + ", " + printable.Text(a.Client.Basis)
	if a.Client.Weak != nil {
		p.wide(p.paint(bold, printable.Text(a.Client.Name)) + " " + p.paint(yellow, assess.ConnectsWords(a.Client)))
		p.wide(where)
	} else {
		p.wide(p.paint(bold, printable.Text(a.Client.Name)) + " " + p.paint(style, printable.Text(a.Client.Verdict)) + " " + where)
	}
	if a.Client.Suite != "" {
		p.section("SUITE")
		p.text(2, strings.TrimSpace(a.Client.Suite+" "+suiteMark(a.Client)))
	}
	if said := assess.WeakWords(a.Client); len(said) > 0 {
		p.section("WEAK")
		for _, s := range said {
			p.text(2, s)
		}
	}
	if len(a.Client.Missing) > 0 {
		p.section("WHY")
		for _, m := range a.Client.Missing {
			p.text(2, m.Text)
		}
	}
	if a.Client.Doubt != "" {
		p.section("DOUBT")
		p.text(2, a.Client.Doubt)
	}
	if len(a.Client.Notes) > 0 {
		p.section("NOTES")
		for _, n := range a.Client.Notes {
			p.text(2, n)
		}
	}
	told := make(map[string]bool)
	for _, r := range a.Remedies {
		p.remedy(r, told)
	}
	switch a.Client.Verdict {
	case report.ClientConnects:
		p.section("NEXT")
		p.text(2, "the IKE algorithms match; if the client still fails, the cause is ESP, a certificate or the login: use ikescope explain with the error that it shows")
	case report.ClientUnknown:
		p.section("NEXT")
		p.text(2, "scan until it is known: undecided suites may be accepted; for a silent gateway, see ikescope explain no_answer")
	}
}

// remedy writes r. What weakens is written in full once, told being the sentences
// on it so far.
func (p *page) remedy(r report.Remedy, told map[string]bool) {
	p.section(strings.ToUpper(r.Side))
	p.text(2, r.Where)
	if len(r.Lines) == 0 {
		p.text(2, "no remedy: "+r.Why)
		return
	}
	if r.Together {
		p.text(2, "together with a change on the other side to the same suite")
	}
	what := "; new to the " + r.Side + ": " + english.List(r.Changes, "and")
	switch {
	case len(r.Changes) > 0:
	case r.Side == "client":
		what = ", the only suite that the client then offers"
	default:
		what = ", which the gateway then prefers"
	}
	suite := r.Suite
	if len(r.Weaker) == 0 {
		suite += assess.StillWeak(suite)
	}
	p.text(2, "both then have "+suite+what)
	for _, s := range r.Weaker {
		if short, _, ok := strings.Cut(s, ":"); ok && told[s] {
			p.styled(yellow, 2, "WEAKER, as above: "+short)
			continue
		}
		told[s] = true
		p.styled(yellow, 2, "WEAKER: "+s)
	}
	p.wide("")
	// Lines to paste stand as they are, however long.
	for _, line := range r.Lines {
		p.wide(p.paint(green, printable.Text(line)))
	}
	if len(r.Notes) > 0 {
		p.wide("")
	}
	for _, n := range r.Notes {
		p.text(2, "- "+n)
	}
}
