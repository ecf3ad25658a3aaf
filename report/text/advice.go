package text

import (
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// Advice writes advice as a text to read, with lines to paste.
func Advice(w io.Writer, all []report.Advice, o Options) error {
	p := newPage(o)
	for i, a := range all {
		if i > 0 {
			p.Wide("")
		}
		p.advice(a)
	}
	return p.Print(w)
}

// say writes a sentence of ours, with the report's names of algorithms.
func (p *page) say(hang int, text string) { p.Text(hang, p.names.Text(text)) }

func (p *page) advice(a report.Advice) {
	name := a.Target
	if address := report.AddressBeside(name, a.Address); address != "" {
		name += " (" + address + ")"
	}
	style := map[report.ClientVerdict]string{report.ClientConnects: layout.Green, report.ClientFails: layout.Red, report.ClientUnknown: layout.Yellow}[a.Client.Verdict]
	where := "at " + printable.Text(name) + ", " + printable.Text(a.Client.Basis)
	if a.Client.Weak != nil && a.Client.Verdict == report.ClientConnects {
		p.Wide(p.Paint(layout.Bold, printable.Text(a.Client.Name)) + " " + p.Paint(layout.Yellow, assess.ConnectsWords(a.Client)))
		p.Wide(where)
	} else {
		p.Wide(p.Paint(layout.Bold, printable.Text(a.Client.Name)) + " " + p.Paint(style, printable.Text(a.Client.Words())) + " " + where)
	}
	if a.Client.Suite != "" {
		p.Section("SUITE")
		p.say(2, strings.TrimSpace(a.Client.Suite+" "+suiteMark(a.Client)))
	}
	if said := assess.WeakWords(a.Client); len(said) > 0 {
		p.Section("WEAK")
		for _, s := range said {
			p.say(2, s)
		}
	}
	if len(a.Client.Missing) > 0 {
		p.Section("WHY")
		for _, m := range a.Client.Missing {
			p.say(2, m.Text)
		}
	}
	if words := a.Client.LoginWords(); words != "" {
		p.Section("IKE_AUTH")
		p.say(2, words)
	}
	if a.Client.Doubt != "" {
		p.Section("DOUBT")
		p.say(2, a.Client.Doubt)
	}
	if len(a.Client.Notes) > 0 {
		p.Section("NOTES")
		for _, n := range a.Client.Notes {
			p.say(2, n)
		}
	}
	told := make(map[string]bool)
	for _, r := range a.Remedies {
		p.remedy(r, told)
	}
	switch a.Client.Verdict {
	case report.ClientConnects:
		p.Section("NEXT")
		p.say(2, "the IKE algorithms match"+loginNext(a.Client)+"; if the client still fails, the cause is ESP, a certificate or the login: use ikescope explain with the error that it shows")
	case report.ClientUnknown:
		p.Section("NEXT")
		p.say(2, "scan until it is known: undecided suites may be accepted; for a silent gateway, see ikescope explain no_answer")
	}
}

// loginNext says how far the login of a client that connects is known.
func loginNext(c report.Client) string {
	switch {
	case c.Login == nil:
		return ", and IKE_AUTH was not asked about"
	case c.Login.Verdict == report.CertificateAccepted:
		return ", and the client accepts the gateway's certificate"
	}
	return ""
}

// remedy writes r. What weakens is written in full once, told being the sentences
// on it so far.
func (p *page) remedy(r report.Remedy, told map[string]bool) {
	p.Section(strings.ToUpper(r.Side))
	if r.Where != "" {
		p.say(2, r.Where)
	}
	if len(r.Lines) == 0 && r.Why != "" {
		p.say(2, "no remedy: "+r.Why)
		return
	}
	if r.Together {
		p.say(2, "together with a change on the other side to the same suite")
	}
	if r.Suite == "" {
		for _, n := range r.Notes {
			p.say(2, n)
		}
		if len(r.Lines) > 0 {
			p.Wide("")
		}
		for _, line := range r.Lines {
			p.Wide(p.Paint(layout.Green, printable.Text(line)))
		}
		return
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
	p.say(2, "both then have "+suite+what)
	for _, s := range r.Weaker {
		if short, _, ok := strings.Cut(s, ":"); ok && told[s] {
			p.Styled(layout.Yellow, 2, "WEAKER, as above: "+p.names.Text(short))
			continue
		}
		told[s] = true
		p.Styled(layout.Yellow, 2, "WEAKER: "+p.names.Text(s))
	}
	p.Wide("")
	// Lines to paste stand as they are, however long.
	for _, line := range r.Lines {
		p.Wide(p.Paint(layout.Green, printable.Text(line)))
	}
	if len(r.Notes) > 0 {
		p.Wide("")
	}
	for _, n := range r.Notes {
		p.say(2, "- "+n)
	}
}
