package text

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// PolicyList writes a few lines for each policy: what it is called, how many rules
// it has, and whether they are verified.
func PolicyList(w io.Writer, policies []baseline.Policy) error {
	var b bytes.Buffer
	for _, p := range policies {
		observable, unverified := 0, 0
		for _, r := range p.Rules {
			if r.Observable() {
				observable++
			}
			if r.Unverified != "" {
				unverified++
			}
		}
		state := "verified"
		switch {
		case p.Source == "ikescope":
			state = "our own"
		case unverified == len(p.Rules):
			state = "not verified"
		case unverified > 0:
			state = fmt.Sprintf("%d of %d rules not verified", unverified, len(p.Rules))
		}
		name := p.Name
		for _, text := range []string{p.Title, fmt.Sprintf("%s; %d rules, %d of them observable; %s", p.Date, len(p.Rules), observable, state)} {
			for _, line := range layout.Wrap(text, listWidth-17, 0) {
				fmt.Fprintf(&b, "%-16s %s\n", name, line)
				name = ""
			}
		}
	}
	_, err := b.WriteTo(w)
	return err
}

// Policies writes the rules of each policy.
func Policies(w io.Writer, policies []baseline.Policy) error {
	var b bytes.Buffer
	for _, p := range policies {
		fmt.Fprintf(&b, "%s: %s\n", p.Name, p.Title)
		if source := strings.Trim(p.Source+", "+p.Date, ", "); source != "" {
			fmt.Fprintf(&b, "source: %s\n", source)
		}
		if p.About != "" {
			b.WriteByte('\n')
			paragraph(&b, 0, p.About)
		}
		for _, r := range p.Rules {
			severity := string(r.Severity)
			switch {
			case !r.Observable():
				severity = "not observable by a scan"
			case r.Severity == baseline.Info:
				severity = "advice"
			}
			fmt.Fprintf(&b, "\n%s (%s)\n", r.ID, severity)
			paragraph(&b, 4, r.String())
			paragraph(&b, 4, "why: "+r.Why)
			if r.Ref != "" {
				paragraph(&b, 4, "see: "+r.Ref)
			}
			if r.Unverified != "" {
				paragraph(&b, 4, "not verified: "+r.Unverified)
			}
		}
	}
	_, err := b.WriteTo(w)
	return err
}

// paragraph writes text in lines that are indented by n columns.
func paragraph(b *bytes.Buffer, n int, text string) {
	for _, line := range layout.Wrap(text, listWidth-n, 0) {
		fmt.Fprintf(b, "%s%s\n", strings.Repeat(" ", n), line)
	}
}
