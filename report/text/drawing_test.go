package text

import (
	"regexp"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// TestHeadsByNumber: where groups have numbers alone as names, each column has it once,
// behind the word for what it is the number of.
func TestHeadsByNumber(t *testing.T) {
	doc := scan.Document(scan.Run{}, reporttest.Cases(t)["weak-behind-nat"])
	for names, word := range map[string]string{"ios": "group", "fortios": "dhgrp"} {
		got := text(t, doc, Options{Names: names, Width: 100})
		_, suites, _ := strings.Cut(got, "\nSUITES")
		heads := regexp.MustCompile(`(?m)^    `+word+` .* 14 .*$`).FindAllString(suites, -1)
		if len(heads) != 1 || strings.Count(heads[0], " 14 ") != 1 || regexp.MustCompile(`(?m)^ +14 `).MatchString(suites) {
			t.Errorf("--names %s: heads %q in\n%s", names, heads, suites)
		}
	}
}
