package text

import (
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// Gates writes the gates of doc and what they decide, and nothing else: a
// line for each, however long, to be searched in the log of a pipeline.
func Gates(w io.Writer, doc report.Source, o Options) error {
	for g, err := range doc.EachGate() {
		if err != nil {
			return err
		}
		p := newPage(o)
		p.Wide(p.Paint(gateStyle(g), layout.Pad(printable.Text(g.State), 11)) + printable.Text(gateTarget(g)+": "+p.gateWords(g)))
		if err := p.Print(w); err != nil {
			return err
		}
	}
	p := newPage(o)
	p.Wide(printable.Text(exitWords(doc)))
	return p.Print(w)
}

// gates writes the gates, and what they decide, as a part of a report.
func (p *page) gates(d report.Source) error {
	n := 0
	for g, err := range d.EachGate() {
		if err != nil {
			return err
		}
		if n++; n == 1 {
			p.Section("GATES")
		}
		words := p.gateWords(g)
		if d.Count() > 1 {
			words = gateTarget(g) + ": " + words
		}
		state := p.Paint(gateStyle(g), layout.Pad(printable.Text(g.State), 11))
		for i, line := range layout.Wrap(printable.Text(words), p.Width-layout.Margin-11, 2) {
			if i > 0 {
				state = strings.Repeat(" ", 11)
			}
			p.Raw(state + line)
		}
	}
	if n > 0 {
		p.Text(0, exitWords(d))
	}
	return nil
}

func gateStyle(g report.Gate) string {
	return map[report.GateState]string{report.GatePassed: layout.Green, report.GateFailed: layout.Red, report.GateUndecided: layout.Yellow}[g.State]
}

// gateTarget names the target of g.
func gateTarget(g report.Gate) string {
	return strings.TrimSpace(g.Target + " " + report.AddressBeside(g.Target, g.Address))
}

// gateWords says which gate g is, and why it is in its state.
func (p *page) gateWords(g report.Gate) string {
	what := strings.ReplaceAll(string(g.Kind), "_", "-") + " " + g.Name
	if g.Kind == report.BaselineGate {
		what = string(g.Kind) // whose name is the target's
	}
	return what + ": " + p.names.Gate(g).Reason
}

func exitWords(d report.Source) string {
	exit := d.Head().Exit
	return fmt.Sprintf("exit %d: %s", exit.Code, exit.Reason)
}
