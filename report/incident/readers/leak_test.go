package readers

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/text"
)

// TestNoSecretOfALineIsShown: wherever in a line of whichever product a secret stands
// behind a word for it, no name, proposal or line of a story shows it.
func TestNoSecretOfALineIsShown(t *testing.T) {
	const secret = "Zq7xWv9kLm"
	logs, err := filepath.Glob(filepath.Join("testdata", "*", "*"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("%d logs, %v", len(logs), err)
	}
	stories := 0
	for _, name := range logs {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for how, change := range map[string]func(line string) string{
			"behind":         func(line string) string { return line + " password=" + secret },
			"behind, quoted": func(line string) string { return line + ` User-Password = "` + secret + `"` },
			"behind, a list": func(line string) string { return line + " psk: " + secret + ", secret " + secret },
			"before":         func(line string) string { return `PSK="` + secret + `" ` + line },
			"in the last word": func(line string) string {
				i := strings.LastIndexByte(line, ' ') + 1
				return line[:i] + "secret=" + secret + line[i:]
			},
			"at each colon": func(line string) string { return strings.ReplaceAll(line, ": ", ": psk="+secret+" ") },
		} {
			var changed strings.Builder
			for line := range strings.Lines(string(data)) {
				fmt.Fprintln(&changed, change(strings.TrimRight(line, "\r\n")))
			}
			var g incident.Groups
			file, err := incident.Scan("log", strings.NewReader(changed.String()), All(), func(a *incident.Attempt) { g.Add(a) })
			if err != nil {
				continue
			}
			d := incident.NewDocument([]incident.File{file}, &g)
			stories += len(d.Stories)
			var out bytes.Buffer
			if err := report.WriteJSON(&out, d); err != nil {
				t.Fatal(err)
			}
			for i := range d.Stories {
				if err := text.Incident(&out, d, text.Options{Attempt: i + 1}); err != nil {
					t.Fatal(err)
				}
			}
			for line := range strings.Lines(out.String()) {
				if strings.Contains(line, secret) {
					t.Errorf("%s, %s: %s", name, how, line)
					break
				}
			}
		}
	}
	if stories < 100 {
		t.Errorf("%d stories", stories)
	}
}
