package html

import (
	"bytes"
	"testing"
	"time"

	"github.com/ikescope/ikescope/report"
)

func diffOf(t testing.TB, d *report.Diff, names string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Diff(&b, d, names); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func exampleDiff() *report.Diff {
	of := report.DiffTarget{Name: "vpn.example.com", Address: "192.0.2.1", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	return &report.Diff{Tool: report.Tool{Name: "ikescope"}, OnlyNew: []report.DiffTarget{{Name: evil}}, Targets: []report.TargetDiff{
		{Old: of, New: of, Changes: []report.Change{
			{Area: report.AreaSuites, Effect: report.EffectWeaker, Text: "3 suites are now accepted", Reason: "KE_MODP_1024 is weak", Suites: []string{"aes256-sha1-prfsha1-modp1024"}},
			{Area: report.AreaGateway, Effect: report.EffectNeither, Text: "the vendor ID is now " + evil},
			{Area: report.AreaClient, Effect: report.EffectStronger, Text: "windows-11 gets aes256-sha256-prfsha256-modp2048"},
		}},
		{Old: of, New: of, Same: true},
	}}
}

// TestDiffSays: the page says what changed, in the names that were asked for.
func TestDiffSays(t *testing.T) {
	says(t, diffOf(t, exampleDiff(), ""), "3 changes: 1 weaker, 1 stronger, 1 other", "modp1024 (group 2) is weak", "aes256-sha1-prfsha1-modp1024", "no difference", "Only in the new report")
	says(t, diffOf(t, exampleDiff(), "ios"), "group 2 is weak", "aes-cbc-256/sha1/group 2", "windows-11 gets aes-cbc-256/sha256/group 14")
}
