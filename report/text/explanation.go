package text

import (
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report/explain"
)

// Explanations writes explanations as a text to read.
func Explanations(w io.Writer, all []explain.Explanation, o Options) error {
	p := newPage(o)
	for i, e := range all {
		if i > 0 {
			p.wide("")
		}
		for _, line := range wrap(printable.Text(e.Title), p.width, 2) {
			p.wide(p.paint(bold, line))
		}
		p.section("LAYER")
		p.text(0, layerText(e.Layer))
		p.section("MEANING")
		for _, sentence := range e.Meaning {
			p.text(2, sentence)
		}
		p.section("CAUSES")
		for _, cause := range e.Causes {
			p.text(2, "- "+cause)
		}
		p.section("CHECK")
		for _, c := range e.Checks {
			p.text(2, "- "+c.What)
			if c.Command == "" {
				continue
			}
			// Broken only where the shell takes it, to be pasted.
			for command := range strings.SplitAfterSeq(c.Command, "&& ") {
				p.raw("    " + p.paint(green, printable.Text(command)))
			}
		}
		p.section("ONLY LOGS")
		for _, s := range e.Server {
			p.text(2, "- "+s)
		}
		if len(e.Refs) > 0 {
			p.section("SOURCE")
			text := strings.Join(e.Refs, "; ")
			if e.Verification != "" {
				text += "; " + e.Verification
			}
			p.text(2, text)
		}
	}
	return p.writeTo(w)
}

func layerText(l explain.Layer) string {
	if l == explain.NoFailure {
		return "none: this is not an IKEv2 failure"
	}
	return string(l)
}
