package markdown

import (
	"bytes"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestDiff: a difference says what changed, and what came from the wire is not markup.
func TestDiff(t *testing.T) {
	c := &report.Diff{OnlyOld: []report.DiffTarget{{Name: hostile}}, Targets: []report.TargetDiff{{Changes: []report.Change{
		{Area: report.AreaSuites, Effect: report.EffectWeaker, Text: "a suite is now accepted", Reason: "modp1024 is weak", Suites: []string{"aes256-sha1-prfsha1-modp1024"}},
		{Area: report.AreaGateway, Effect: report.EffectNeither, Text: hostile}}}}}
	var b bytes.Buffer
	if err := Diff(&b, c, "windows"); err != nil {
		t.Fatal(err)
	}
	says(t, b.String(), "2 changes: 1 weaker, 1 other", "- a suite is now accepted: Group2 is weak", "  - `AES256-SHA1-Group2`", "Only in the old report")
	harmless(t, b.String())
}
