package markdown

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/traversal"
)

// TestPath: all that is known of the way to a gateway is there: what each port met, NAT,
// sizes, fragmentation, IKEv1 and routers.
func TestPath(t *testing.T) {
	hops := []report.Hop{{Number: 1, Router: "192.0.2.1", RTTms: 1.5}, {Number: 2, Router: "198.51.100.7", Gateway: true}}
	target := report.Target{Name: "vpn.example.com", Verdict: report.VerdictIKEv2,
		Paths: []report.Path{
			{Transport: report.UDP500, Port: 500, State: report.PathAnswers, RTTms: 9, RTTMedianMs: 9.5, RTTMaxMs: 12, Lost: 1, Sent: 6, Received: 5,
				Sources: []report.PathSource{{Port: 500, Detail: "the port is taken", HeldBy: "charon | @me"}}},
			{Transport: report.UDP4500, Port: 4500, State: report.PathAnswers, Sent: 5, Received: 5},
		},
		NAT:           &report.NAT{Supported: true, LocalBehindNAT: true, Floats: report.AnswerYes, Forced: report.AnswerYes},
		PathSize:      &report.PathSize{MTU: 1400, Discovery: report.DiscoveryBlackHole, Fragments: report.AnswerNo},
		Fragmentation: &report.Fragmentation{Supported: true},
		HopLimits:     []report.HopLimit{{Limit: 50}, {Limit: 55}},
		IKEv1:         &report.IKEv1{MainMode: report.AnswerYes, MainModeDetail: "3des-sha1-modp1024"},
		HigherVersion: report.HigherTaken,
		Routes: []report.Route{{Transport: report.UDP500, Port: 500, Reached: true, QuotesRead: true, Hops: hops},
			{Transport: report.UDP4500, Port: 4500, Reached: true, QuotesRead: true, Hops: hops}},
	}
	got := written(t, &report.Document{Targets: []report.Target{target}})
	facts := traversal.Facts(&target)
	if len(facts) != 9 {
		t.Fatalf("%d facts: %q", len(facts), facts)
	}
	for _, f := range facts {
		if !strings.Contains(got, prose(f.Words)+"\n") {
			t.Errorf("no %q in\n%s", f.Words, got)
		}
	}
	says(t, got, "| UDP 500 | answers | 9.0 ms (median 9.5 ms, at most 12.0 ms; 1 request lost) | 5 of 6 |",
		"| UDP 4500 | answers: NAT traversal works |", `**UDP 500, from port 500:** not tested: the port is taken, held by charon \| @<!-- -->me`,
		"| 1 | 192.0.2.1, 1.5 ms |", "The routers on the way to UDP 4500 are the same as to UDP 500.")
}
