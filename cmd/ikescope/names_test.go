package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/spelling"
	"github.com/ikescope/ikescope/report/spelling/spellingtest"
)

// lineToPaste is one in a sentence, which may go on below.
var lineToPaste = regexp.MustCompile(`esp_proposals\s+=\s+[a-z0-9-]+`)

// TestOneSpelling: whatever --names says, no algorithm has another name anywhere in a text
// report: lines to paste apart, which have those of their product.
func TestOneSpelling(t *testing.T) {
	run := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := runContext(t.Context(), args, strings.NewReader(""), &out, &errs); code == exitUsage || out.Len() == 0 {
			t.Fatalf("%q ends with %d: %s", args, code, &errs)
		}
		return out.String()
	}
	saved := filepath.Join(t.TempDir(), "demo.json")
	run("demo", "-q", "-o", "json="+saved, "-o", "text")
	clients := []string{"explain", saved, "--client", "windows-11", "--client", "android-11", "--client", "cisco-ios", "--client", "juniper-basic"}
	var advice []report.Advice
	if err := json.Unmarshal([]byte(run(append(clients, "-o", "json")...)), &advice); err != nil {
		t.Fatal(err)
	}
	var pasted []string
	for _, a := range advice {
		for _, r := range a.Remedies {
			pasted = append(pasted, r.Lines...)
		}
	}
	rules := strings.NewReplacer(" mlkem1024: ", " ", " mlkem1024 (not verified)", " ") // IDs of cnsa2's
	for _, names := range spelling.All {
		if testing.Short() && names != string(spelling.IANA) && names != string(spelling.Windows) {
			continue
		}
		for _, args := range [][]string{
			{"convert", saved, "-v", "--evidence"}, {"compare", saved, "-v"}, {"check", saved, "--policy", "intermediate", "--policy", "rfc8247", "--policy", "cnsa2"},
			{"check", saved, "--policy", "intermediate", "--fail-on", "high", "-o", "gates"}, clients,
		} {
			var said []string
			for line := range strings.Lines(run(append(args, "--names", names)...)) {
				if !slices.Contains(pasted, strings.TrimRight(line, "\n")) {
					said = append(said, rules.Replace(line))
				}
			}
			whole := lineToPaste.ReplaceAllString(strings.Join(said, ""), "")
			for _, other := range spellingtest.Others(whole, spelling.Names(names)) {
				at := slices.IndexFunc(said, func(line string) bool { return strings.Contains(line, other) })
				t.Errorf("%s with --names %s says %s:\n%s", args[0], names, other, said[max(at, 0)])
			}
		}
	}
}
