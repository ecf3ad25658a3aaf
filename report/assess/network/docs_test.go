package network

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestDocs: docs/path.md says of each finding on the way what was seen, why, what to do,
// and what clients show, and of no others.
func TestDocs(t *testing.T) {
	docs, err := os.ReadFile(filepath.FromSlash("../../../docs/path.md"))
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for line := range strings.Lines(string(docs)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		id := strings.TrimSpace(cells[0])
		if !regexp.MustCompile(`^[A-Z]+-[A-Z0-9-]+$`).MatchString(id) {
			continue
		}
		if explained[id] {
			t.Errorf("%s is explained twice", id)
		}
		explained[id] = true
		if len(cells) != 5 || slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) == "" }) {
			t.Errorf("%s: %d cells, or empty ones; want what was seen, why, what to do, and what clients show", id, len(cells))
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	// A doubt, which is made of what the whole scan found (report/assess).
	made := map[string]bool{"SCAN-" + strings.ToUpper(string(report.DoubtMalformed)): true}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(`\bID(?:, [a-z.A-Z]+)* = "([A-Z0-9-]+)"|\bID: +"([A-Z0-9-]+)"`).FindAllStringSubmatch(string(source), -1) {
			if id := match[1] + match[2]; !strings.HasPrefix(id, "IKE-AUTH-") { // of the gateway, not of the way
				made[id] = true
			}
		}
	}
	if len(made) < 30 {
		t.Errorf("only %d findings are found in the source", len(made))
	}
	for id := range made {
		if !explained[id] {
			t.Errorf("%s is not explained", id)
		}
	}
	for id := range explained {
		if !made[id] {
			t.Errorf("%s is explained, and never made", id)
		}
	}
}
