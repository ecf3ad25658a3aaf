package text

import (
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/report"
)

// Options says how a text report looks.
type Options struct {
	// Color uses the terminal's colours; no meaning rests on them alone.
	Color bool
	// Width is the number of columns; 0 means 80, and less than 60 is 60.
	Width int
	// Evidence lists the exchanges at the end of each target.
	Evidence bool
	// ClientsAsked: the clients were asked for, and are not those that every
	// report tells of. Headings then name the ones that fail, as they do where
	// the clients are few, rather than count them.
	ClientsAsked bool
	// All tells each IKE SA of a capture, those of scans and those alike too.
	All bool
	// Attempt is the number of the story of logs to show alone, 0 for all.
	Attempt int
}

// asked reports whether headings name the clients of t that fail.
func (o Options) asked(t *report.Target) bool { return o.ClientsAsked || len(t.Clients) <= fewClients }

// Document writes doc for people. What came from the wire is escaped.
func Document(w io.Writer, doc *report.Document, o Options) error {
	p := newPage(o)
	for i := range doc.Targets {
		if i > 0 {
			p.out.WriteByte('\n')
		}
		p.target(&doc.Targets[i], o)
	}
	if len(doc.Targets) > 1 {
		p.section("TARGETS")
		p.text(0, tally(doc.Targets))
		for i := range doc.Targets {
			t := &doc.Targets[i]
			verdict, style := headline(t, o.asked(t))
			for _, line := range p.sides(wholeName(t), "", verdict, style, p.width-margin) {
				p.raw(line)
			}
		}
	}
	p.gates(doc)
	return p.writeTo(w)
}

func tally(targets []report.Target) string {
	count := map[report.Verdict]int{}
	for _, t := range targets {
		count[t.Verdict]++
	}
	words := []string{fmt.Sprintf("%d scanned", len(targets))}
	for _, verdict := range []report.Verdict{report.VerdictIKEv2, report.VerdictNoAnswer, report.VerdictUnreachable, report.VerdictNotIKE, report.VerdictError} {
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

func (p *page) target(t *report.Target, o Options) {
	p.heading(t, o.asked(t))
	p.paths(t)
	if t.Matrix != nil {
		p.matrix(t)
	}
	p.clients(t)
	if t.Gateway != nil {
		p.gateway(t)
	}
	p.findings(t)
	p.policies(t)
	p.cost(t)
	if len(t.Notes) > 0 {
		p.section("NOTES")
		for _, n := range t.Notes {
			p.text(0, n)
		}
	}
	if o.Evidence {
		p.exchanges(t)
	}
}
