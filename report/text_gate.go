package report

import (
	"fmt"
	"io"
	"strings"
)

// WriteGates writes the gates of doc and what they decide, and nothing else: a
// line for each, however long, to be searched in the log of a pipeline.
func WriteGates(w io.Writer, doc *Document, o TextOptions) error {
	p := newPage(o)
	for _, g := range doc.Gates {
		p.wide(p.paint(gateStyle(g), pad(Printable(g.State), 11)) + Printable(g.where()+": "+g.words()))
	}
	p.wide(Printable(exitWords(doc)))
	return p.writeTo(w)
}

// gates writes the gates, and what they decide, as a part of a report.
func (p *page) gates(d *Document) {
	if len(d.Gates) == 0 {
		return
	}
	p.section("GATES")
	for _, g := range d.Gates {
		words := g.words()
		if len(d.Targets) > 1 {
			words = g.where() + ": " + words
		}
		state := p.paint(gateStyle(g), pad(Printable(g.State), 11))
		for i, line := range wrap(Printable(words), p.width-margin-11, 2) {
			if i > 0 {
				state = strings.Repeat(" ", 11)
			}
			p.raw(state + line)
		}
	}
	p.text(0, exitWords(d))
}

func gateStyle(g Gate) string {
	return map[GateState]string{GatePassed: green, GateFailed: red, GateUndecided: yellow}[g.State]
}

// where names the target of g.
func (g Gate) where() string {
	return strings.TrimSpace(g.Target + " " + AddressBeside(g.Target, g.Address))
}

// words say which gate g is, and why it is in its state.
func (g Gate) words() string {
	what := strings.ReplaceAll(string(g.Kind), "_", "-") + " " + g.Name
	if g.Kind == BaselineGate {
		what = string(g.Kind) // whose name is the target's
	}
	return what + ": " + g.Reason
}

func exitWords(d *Document) string { return fmt.Sprintf("exit %d: %s", d.Exit.Code, d.Exit.Reason) }
