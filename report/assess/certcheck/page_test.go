package certcheck

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/explain"
)

// TestWindowsPage holds docs/windows.md to what explain says of each code, and its
// lines for OpenSSL to those of fixes.csv, which are tried.
func TestWindowsPage(t *testing.T) {
	text, err := os.ReadFile("../../../docs/windows.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	codes := regexp.MustCompile(`(?m)^\| (\d+|0x[0-9A-F]+) \| (\w+) \|`).FindAllStringSubmatch(page, -1)
	if len(codes) < 25 {
		t.Errorf("%d codes", len(codes))
	}
	for _, m := range codes {
		if e, ok := explain.Windows(m[1]); !ok || string(e.Layer) != m[2] {
			t.Errorf("%s is of layer %s there, and for explain of %q", m[1], m[2], e.Layer)
		}
	}
	for _, code := range strings.Fields("809 812 691 718 789 13801 13803 13805 13806 13838 13843 13868 13848") {
		if !slices.ContainsFunc(codes, func(m []string) bool { return m[1] == code }) {
			t.Errorf("%s is missing", code)
		}
	}
	for _, r := range rules() {
		for _, code := range r.shows {
			if slices.Contains(r.clients, report.FamilyWindows) && len(r.clients) == 1 && !slices.ContainsFunc(codes, func(m []string) bool { return m[1] == code }) {
				t.Errorf("%s, of rule %s, is missing", code, r.id)
			}
		}
	}
	i := slices.IndexFunc(fixes(), func(f report.IdentityFix) bool { return f.ID == "issue/openssl" })
	for _, line := range fixes()[i].Lines {
		if line = pasted(host).fill(line); !strings.Contains(page, "\n    "+line+"\n") {
			t.Errorf("there is no line %s", line)
		}
	}
	// Links within the page lead to a heading.
	for _, m := range regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(page, -1) {
		found := false
		for line := range strings.Lines(page) {
			heading, ok := strings.CutPrefix(strings.TrimLeft(strings.TrimSpace(line), "#"), " ")
			if !ok || !strings.HasPrefix(line, "#") {
				continue
			}
			anchor := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(heading), "")
			found = found || strings.ReplaceAll(anchor, " ", "-") == m[1]
		}
		if !found {
			t.Errorf("there is no heading #%s", m[1])
		}
	}
}
