package report

import (
	"fmt"
	"io"
	"strings"
)

// TextOptions says how a text report looks.
type TextOptions struct {
	// Color uses the terminal's colours; no meaning rests on them alone.
	Color bool
	// Width is the number of columns; 0 means 80, and less than 60 is 60.
	Width int
	// Evidence lists the exchanges at the end of each target.
	Evidence bool
}

// WriteText writes doc for people. What came from the wire is escaped.
func WriteText(w io.Writer, doc *Document, o TextOptions) error {
	p := newPage(o)
	for i := range doc.Targets {
		if i > 0 {
			p.out.WriteByte('\n')
		}
		p.target(&doc.Targets[i], o.Evidence)
	}
	if len(doc.Targets) > 1 {
		p.section("TARGETS")
		p.text(0, tally(doc.Targets))
	}
	p.gates(doc)
	return p.writeTo(w)
}

func tally(targets []Target) string {
	count := map[string]int{}
	for _, t := range targets {
		count[t.Verdict]++
	}
	words := []string{fmt.Sprintf("%d scanned", len(targets))}
	for _, verdict := range []string{"ikev2", "no_answer", "unreachable", "not_ike", "error"} {
		if n := count[verdict]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, verdictWords(verdict)))
		}
	}
	return strings.Join(words, ", ")
}

func (p *page) target(t *Target, evidence bool) {
	p.heading(t)
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
	if evidence {
		p.exchanges(t)
	}
}

func verdictWords(verdict string) string {
	switch verdict {
	case "ikev2":
		return "IKEv2 gateway"
	case "no_answer":
		return "no answer"
	case "not_ike":
		return "no IKEv2 responder"
	case "error":
		return "scan failed"
	}
	return stateWords(verdict)
}

// heading writes who was scanned, the verdict and whether anything is wrong.
func (p *page) heading(t *Target) {
	name := printable(t.Target)
	if address := addressBeside(t.Target, t.Address); address != "" {
		name += "  " + printable(address)
	}
	problems := int64(0)
	for _, f := range t.Findings {
		if isProblem(f) {
			problems++
		}
	}
	verdict, style := printable(verdictWords(t.Verdict)), red
	if t.Verdict == "ikev2" {
		style = yellow
		switch {
		case problems > 0:
			verdict += ", " + counted(problems, "problem", "problems")
		case !t.Complete || t.Matrix != nil && t.Matrix.Unknown > 0:
			verdict += ", no problem seen so far"
		default:
			verdict += ", no problem found"
			style = green
		}
	}
	verdict = "  " + verdict
	if columns(name)+columns(verdict) > p.width {
		for _, line := range wrap(name, p.width, 2) {
			p.out.WriteString(p.paint(bold, line) + "\n")
		}
		name = ""
	}
	fill := strings.Repeat(" ", max(0, p.width-columns(name)-columns(verdict)))
	p.out.WriteString(p.paint(bold, name) + fill + p.paint(style, verdict) + "\n")
	if !t.Complete && t.Verdict != "error" {
		p.out.WriteString(p.paint(yellow, "PARTIAL: the scan ended before everything was asked.") + "\n")
	}
}
