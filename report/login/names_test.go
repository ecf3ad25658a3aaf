package login

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/spelling"
	"github.com/ikescope/ikescope/report/spelling/spellingtest"
)

// strongSwanLine is what is to be configured at strongSwan, within a sentence.
var strongSwanLine = regexp.MustCompile(`esp_proposals\s+=\s+[a-z0-9-]+`)

// TestOneSpelling: whatever names are asked for, no algorithm has another anywhere in the
// text of a login; lines to paste have those of their product.
func TestOneSpelling(t *testing.T) {
	for name, d := range documents(t) {
		pasted := map[string]bool{}
		paste := func(all []string) {
			for _, line := range all {
				pasted[strings.TrimSpace(line)] = true
			}
		}
		for _, s := range d.Steps {
			if s.Reason != nil {
				for _, f := range s.Reason.Fix {
					if f.Paste {
						paste(strings.Split(f.Line, "\n"))
					}
				}
			}
		}
		for _, c := range d.Clients {
			for _, f := range c.Fix {
				if f.Paste {
					paste(strings.Split(f.Line, "\n"))
				}
			}
		}
		for _, names := range spelling.All {
			if testing.Short() && names != string(spelling.IANA) && names != string(spelling.Windows) {
				continue
			}
			var out bytes.Buffer
			if err := Text(&out, d, layout.Options{Names: names}); err != nil {
				t.Fatal(err)
			}
			var said strings.Builder
			for line := range strings.Lines(out.String()) {
				if !pasted[strings.TrimSpace(line)] {
					said.WriteString(line)
				}
			}
			if others := spellingtest.Others(strongSwanLine.ReplaceAllString(said.String(), ""), spelling.Names(names)); len(others) > 0 {
				t.Errorf("%s with the names of %s says %q:\n%s", name, names, others, &out)
			}
		}
	}
}
