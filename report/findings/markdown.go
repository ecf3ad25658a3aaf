package findings

import (
	"fmt"
	"io"
	"strings"
)

// Markdown returns what the page says, without its IDs and title.
func (p Page) Markdown() string { return p.markdown(nil) }

// markdown is Markdown with lines to paste that an ID of shown has already left out, if
// that is not nil.
func (p Page) markdown(shown map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n**Why it matters.** %s\n", p.Seen, p.Why)
	if len(p.Change) > 0 {
		b.WriteString("\n**How to change it.**\n\n")
	}
	for _, c := range p.Change {
		fmt.Fprintf(&b, "- %s: %s", c.Product, c.What)
		key := c.Product + c.What + strings.Join(c.Lines, "\n")
		switch first := shown[key]; {
		case len(c.Lines) == 0:
			b.WriteString("\n")
		case first != "":
			b.WriteString(" (as for " + first + ")\n")
		default:
			b.WriteString("\n\n      " + strings.Join(c.Lines, "\n      ") + "\n\n")
			if shown != nil {
				shown[key] = p.IDs[0]
			}
		}
	}
	if p.Wrong != "" {
		fmt.Fprintf(&b, "\n**How it can be wrong.** %s\n", p.Wrong)
	}
	if len(p.Refs) > 0 {
		fmt.Fprintf(&b, "\nSources: %s\n", strings.Join(p.Refs, "; "))
	}
	return strings.ReplaceAll(b.String(), "\n\n\n", "\n\n")
}

// WriteMarkdown writes all pages as one document.
func WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Findings, notes and verdicts\n\n<!-- Made by go test ./report/findings -update -->\n\n" +
		"What each ID in a report means: what was seen, why it matters, how each product is changed, and how it can be wrong. `ikescope explain ID` prints one of these pages.\n")
	shown := make(map[string]string)
	for _, g := range Groups() {
		fmt.Fprintf(&b, "\n## %s\n", g.Title)
		if g.Intro != "" {
			fmt.Fprintf(&b, "\n%s\n", g.Intro)
		}
		for _, p := range g.Pages {
			fmt.Fprintf(&b, "\n### %s\n\n", strings.Join(p.IDs, ", "))
			if p.Title != "" {
				fmt.Fprintf(&b, "*%s*\n\n", p.Title)
			}
			b.WriteString(p.markdown(shown))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
