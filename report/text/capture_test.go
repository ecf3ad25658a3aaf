package text

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// The summary has the failures first, and one line for what is alike.
func TestCaptureSummary(t *testing.T) {
	c := &report.Capture{File: "FILE", Complete: true}
	verdicts := []report.CapturedVerdict{
		{Result: "works", ID: "A", Title: "fine"},
		{Result: "fails", Layer: "network", ID: "B", Title: "gone"},
		{Result: "unknown", ID: "C", Title: "who knows"},
		{Result: "fails", Layer: "network", ID: "B", Title: "gone"},
	}
	for i, v := range verdicts {
		c.SAs = append(c.SAs, report.CapturedSA{Number: i + 1, Version: 2, Initiator: report.Endpoint{Address: "192.0.2.1", Port: 500}, Responder: report.Endpoint{Address: "192.0.2.2", Port: 500}, Verdict: v})
	}
	var b bytes.Buffer
	if err := Capture(&b, c, Options{Width: 200}); err != nil {
		t.Fatal(err)
	}
	summary, _, _ := strings.Cut(b.String(), "IKE SA 1  ")
	want := `SUMMARY    fails: network: gone (192.0.2.1 > 192.0.2.2; 2 IKE SAs, the first of them 2)
           unknown: who knows (192.0.2.1 > 192.0.2.2; IKE SA 3)
           works: fine (192.0.2.1 > 192.0.2.2; IKE SA 1)
`
	if !strings.Contains(summary, want) {
		t.Errorf("got %s, want %s", summary, want)
	}
}
