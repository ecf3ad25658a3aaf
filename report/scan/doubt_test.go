package scan

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/report/reporttest"
)

// TestDoubts: each doubt and each habit has a finding with words and with its
// exchanges, and a document with it is valid.
func TestDoubts(t *testing.T) {
	r := reporttest.Base("vpn.example.com", "198.51.100.7")
	for _, k := range evidence.DoubtKinds() {
		r.Doubts = append(r.Doubts, evidence.Doubt{Kind: k, Exchanges: []int{1}})
	}
	for _, k := range evidence.HabitKinds() {
		r.Habits = append(r.Habits, evidence.Habit{Kind: k, Count: 4, Exchanges: []int{1}})
	}
	r.Watched = 29
	target := Document(Run{}, []evidence.Result{r}).Targets[0]
	if share := target.HiddenShare; share < 0.09 || share > 0.11 {
		t.Errorf("a share of %v could hide from 29 answers", share)
	}
	findings := make(map[string]bool)
	for _, f := range target.Findings {
		if f.Title == "" || strings.Contains(f.Title, "_") {
			t.Errorf("%s has the title %q", f.ID, f.Title)
		}
		if len(f.Evidence) == 1 && f.Evidence[0] == 1 {
			findings[f.ID] = true
		}
	}
	if want := len(r.Doubts) + len(r.Habits); len(findings) < want {
		t.Errorf("%d findings rest on exchange 1, want %d: %v", len(findings), want, findings)
	}
	for _, d := range target.Doubts {
		if d.Kind.Words() == string(d.Kind) {
			t.Errorf("%q has no words", d.Kind)
		}
	}
}
