package capturetext

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
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
	if err := Write(&b, c, layout.Options{Width: 200}); err != nil {
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

// Of many pairs of addresses the first are told, and what was tried again counts
// once.
func TestCaptureSummaryIsBounded(t *testing.T) {
	c := &report.Capture{File: "FILE", Complete: true}
	for i := range 3 * summaryLines {
		c.SAs = append(c.SAs, report.CapturedSA{Number: i + 1, Version: 2,
			Initiator: report.Endpoint{Address: "192.0.2.1", Port: 500}, Responder: report.Endpoint{Address: fmt.Sprintf("203.0.113.%d", i), Port: 500},
			Verdict: report.CapturedVerdict{Result: report.ResultFails, Layer: report.LayerNetwork, ID: "NO-ANSWER", Title: "no answer"}})
	}
	c.SAs = append(c.SAs, report.CapturedSA{Number: 999, Version: 2, Verdict: report.CapturedVerdict{Result: report.ResultWorks, ID: report.CapturedTriedAgain, Title: "tried again"}})
	var b bytes.Buffer
	if err := Write(&b, c, layout.Options{Width: 200}); err != nil {
		t.Fatal(err)
	}
	summary, _, _ := strings.Cut(b.String(), "IKE SA 1  ")
	if n := strings.Count(summary, "no answer (192.0.2.1"); n != summaryLines || strings.Contains(summary, "tried again") ||
		!strings.Contains(summary, "fails: network: no answer (120 more IKE SAs, between 120 other pairs of addresses)") {
		t.Errorf("%d lines of %s", n, summary)
	}
}

// What is odd about an IKE SA is shown: paths of TCP, errors about ESP, hours.
func TestCaptureOddities(t *testing.T) {
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a, b := report.Endpoint{Address: "192.0.2.1", Port: 40000}, report.Endpoint{Address: "192.0.2.2", Port: 4500}
	sa := report.CapturedSA{Number: 1, Version: 2, First: began, Last: began.Add(6 * time.Hour), Initiator: a, Responder: b, AHSent: 3, Next: 2,
		Paths: []report.CapturedPath{{Initiator: a, Responder: b, TCP: true, Sent: 2}}, Notes: []string{"odd"},
		Errors:    []report.CapturedError{{Packet: 9, Reporter: "192.0.2.9", Text: "protocol unreachable", From: report.Endpoint{Address: "192.0.2.1"}, To: report.Endpoint{Address: "192.0.2.2"}, Child: true, Times: 4}},
		Exchanges: []report.CapturedExchange{{Type: "INFORMATIONAL", MessageID: 2, By: report.SideInitiator, Request: &report.CapturedMessage{Packet: 7, Time: began.Add(20000 * time.Second), Sent: 3, SentAfterAnswer: 2}}},
		Verdict:   report.CapturedVerdict{Result: report.ResultUnknown, ID: "X", Title: "x"}}
	var out bytes.Buffer
	if err := Write(&out, &report.Capture{File: "FILE", Complete: true, SAs: []report.CapturedSA{sa}}, layout.Options{Width: 200}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"TCP 192.0.2.1:40000 > 192.0.2.2:4500: 2 sent", "AH: 3 packets from the initiator, 0 to it", "the initiator starts over as IKE SA 2",
		"ICMP: 192.0.2.9 reports for ESP of 192.0.2.1 > 192.0.2.2: protocol unreachable, packet 9, 4 times", "+20000.000 INFORMATIONAL 2 request", "sent 3 times, 2 of them after the answer"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s\nlacks %s", out.String(), want)
		}
	}
}
