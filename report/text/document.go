package text

import (
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/introduction"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/printed"
	"github.com/ikescope/ikescope/report/part"
	"github.com/ikescope/ikescope/report/spelling"
)

// Options says how a text report looks.
type Options = layout.Options

// asked reports whether headings name the clients of t that fail.
func asked(o Options, t *report.Target) bool {
	return o.ClientsAsked || t.ClientsAsked || len(t.Clients) <= fewClients
}

// page is a page of a text report.
type page struct {
	*layout.Page
	names   spelling.Names
	details bool
}

func newPage(o Options) *page {
	return &page{layout.NewPage(o), spelling.Names(o.Names), o.Details}
}

// targetOf reads a target of doc as o says.
func targetOf(doc report.Source, i int, o Options) (*report.Target, error) {
	t, err := doc.At(i)
	if err == nil && o.ASCII {
		t = printed.ASCII(t)
	}
	return t, err
}

// Document writes doc for people, one target after the other. What came from the
// wire is escaped.
func Document(w io.Writer, doc report.Source, o Options) error {
	type line struct{ name, verdict, style string }
	var all []line
	count := map[report.Verdict]int{}
	for i := range doc.Count() {
		t, err := targetOf(doc, i, o)
		if err != nil {
			return err
		}
		p := newPage(o)
		if i > 0 {
			p.Blank()
		}
		p.target(t, o)
		if err := p.Print(w); err != nil {
			return err
		}
		count[t.Verdict]++
		verdict, style := headline(t, asked(o, t))
		all = append(all, line{wholeName(t), verdict, style})
	}
	p := newPage(o)
	if len(all) > 1 {
		p.Section("TARGETS")
		p.Text(0, tally(len(all), count))
		for _, l := range all {
			for _, line := range p.Sides(l.name, "", l.verdict, l.style, p.Width-layout.Margin) {
				p.Raw(line)
			}
		}
	}
	if err := p.gates(doc); err != nil {
		return err
	}
	return p.Print(w)
}

// Identity writes for people who the gateways of doc are, one after the other, and of
// what else the report holds, what bears on that.
func Identity(w io.Writer, doc report.Source, o Options) error {
	doc = part.Identity(doc)
	for i := range doc.Count() {
		t, err := targetOf(doc, i, o)
		if err != nil {
			return err
		}
		p := newPage(o)
		if i > 0 {
			p.Blank()
		}
		p.identityHeading(t)
		p.paths(t) // where they say why nothing is known
		introduction.Write(p.Page, t)
		p.findings(t)
		p.clients(t)
		p.policies(t)
		p.notes(t)
		p.cost(t)
		if o.Evidence {
			p.exchanges(t)
		}
		if err := p.Print(w); err != nil {
			return err
		}
	}
	p := newPage(o)
	if err := p.gates(doc); err != nil {
		return err
	}
	return p.Print(w)
}

// identityHeading is heading for who a gateway is.
func (p *page) identityHeading(t *report.Target) {
	style := layout.Green
	switch {
	case t.Verdict != report.VerdictIKEv2:
		style = layout.Red
	case t.Identity == nil || t.Identity.State != report.IdentitySeen || len(problemsOf(t)) > 0:
		style = layout.Yellow
	}
	for _, line := range p.Sides(wholeName(t), layout.Bold, printable.Text(part.IdentityWords(t)), style, p.Width) {
		p.Wide(line)
	}
}

// notes writes what limits the report.
func (p *page) notes(t *report.Target) {
	if len(t.Notes) == 0 {
		return
	}
	p.Section("NOTES")
	for _, n := range t.Notes {
		p.Text(0, n)
	}
}

func tally(all int, count map[report.Verdict]int) string {
	words := []string{fmt.Sprintf("%d scanned", all-count[report.VerdictNotScanned])}
	for _, verdict := range []report.Verdict{report.VerdictIKEv2, report.VerdictNoAnswer, report.VerdictUnreachable, report.VerdictNotIKE, report.VerdictError,
		report.VerdictNotScanned} {
		if n := count[verdict]; n > 0 {
			word := verdict.Words()
			if verdict == report.VerdictIKEv2 && n > 1 {
				word += "s" // the others are no nouns to count
			}
			words = append(words, fmt.Sprintf("%d %s", n, word))
		}
	}
	return strings.Join(words, ", ")
}

// target writes what is known of t: the verdict, what is wrong and what to do, whom it
// concerns, and then what was seen.
func (p *page) target(t *report.Target, o Options) {
	p.heading(t, asked(o, t))
	p.layers(t)
	p.findings(t)
	p.policies(t)
	p.clients(t)
	p.paths(t)
	p.routes(t)
	introduction.Write(p.Page, t)
	if t.Gateway != nil {
		p.gateway(t)
	}
	if t.Matrix != nil {
		p.matrix(t)
	}
	p.members(t)
	p.notes(t)
	if o.Evidence {
		p.exchanges(t)
	}
	p.cost(t)
	if o.Height > 0 && p.Lines() >= o.Height {
		p.Blank()
		p.heading(t, asked(o, t))
		p.layers(t)
	}
}
