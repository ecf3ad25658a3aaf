package text

import (
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// Explanations writes explanations as a text to read.
func Explanations(w io.Writer, all []explain.Explanation, o Options) error {
	p := newPage(o)
	for i, e := range all {
		if i > 0 {
			p.Wide("")
		}
		for _, line := range layout.Wrap(printable.Text(e.Title), p.Width, 2) {
			p.Wide(p.Paint(layout.Bold, line))
		}
		if e.ID != "" {
			p.explained(e)
			continue
		}
		p.Section("LAYER")
		p.Text(0, layerText(e.Layer))
		p.Section("MEANING")
		for _, sentence := range e.Meaning {
			p.Text(2, sentence)
		}
		p.Section("CAUSES")
		for _, cause := range e.Causes {
			p.Text(2, "- "+cause)
		}
		p.Section("CHECK")
		for _, c := range e.Checks {
			p.Text(2, "- "+c.What)
			if c.Command == "" {
				continue
			}
			// Broken only where the shell takes it, to be pasted.
			for command := range strings.SplitAfterSeq(c.Command, "&& ") {
				p.Raw("    " + p.Paint(layout.Green, printable.Text(command)))
			}
		}
		p.Section("ONLY LOGS")
		for _, s := range e.Server {
			p.Text(2, "- "+s)
		}
		if len(e.Refs) > 0 {
			p.Section("SOURCE")
			text := strings.Join(e.Refs, "; ")
			if e.Verification != "" {
				text += "; " + e.Verification
			}
			p.Text(2, text)
		}
	}
	return p.Print(w)
}

// explained writes the page of a finding, note or verdict.
func (p *page) explained(e explain.Explanation) {
	p.Section("SEEN")
	for _, sentence := range e.Meaning {
		p.Text(2, sentence)
	}
	p.Section("WHY")
	p.Text(2, e.Why)
	if len(e.Change) > 0 {
		p.Section("CHANGE")
	}
	for _, c := range e.Change {
		p.Text(2, c.Product+": "+c.What)
		for _, line := range c.Lines {
			p.Wide("    " + p.Paint(layout.Green, printable.Text(line)))
		}
	}
	if e.Wrong != "" {
		p.Section("DOUBTS")
		p.Text(2, e.Wrong)
	}
	if len(e.Refs) > 0 {
		p.Section("SOURCE")
		p.Text(2, strings.Join(e.Refs, "; "))
	}
}

func layerText(l explain.Layer) string {
	if l == explain.NoFailure {
		return "none: this is not an IKEv2 failure"
	}
	return string(l)
}
