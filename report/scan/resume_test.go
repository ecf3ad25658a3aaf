package scan

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
)

func TestAsked(t *testing.T) {
	const gcm, cbc = "aes256gcm16-prfsha384-ecp384-x25519", "aes256-sha256-prfsha256-modp2048-ke1_none-ke1_mlkem768"
	exchange := func(id int, decides report.State, offer, group, suite string) report.Exchange {
		return report.Exchange{ID: id, Type: "IKE_SA_INIT", Decides: decides, Offer: offer, Group: group, Suite: suite}
	}
	products := func(s string) matrix.Offer {
		p, err := proposals.ParseProducts(s)
		if err != nil {
			t.Fatal(err)
		}
		return matrix.Offer{Products: p}
	}
	suite, err := proposals.ParseSuite("aes256gcm16-prfsha384-x25519")
	if err != nil {
		t.Fatal(err)
	}
	target := report.Target{Exchanges: []report.Exchange{
		exchange(1, "refused", cbc, "", ""),
		exchange(2, "", gcm, "", ""),
		exchange(3, "accepted", gcm+","+cbc, "ecp384", ""),
		exchange(4, "accepted", gcm, "", suite.String()),
		{ID: 5, Type: "IKE_AUTH", Outcome: "other_error"},
		{ID: 7, Type: "IKE_SA_INIT", Decides: "accepted", Offer: gcm, Group: "x25519", KE: "ecp384"},
		// Refused on the way to know how to ask, or as a client, whose packet
		// may hold what is no algorithm.
		{ID: 6, Type: "IKE_SA_INIT", Purpose: "client", Offer: gcm, Outcome: "no_proposal_chosen"},
	}}
	got, err := Asked(&target)
	want := []matrix.Asked{
		{Offer: products(cbc), Answer: matrix.Answer{State: matrix.Refused, Exchange: 1}},
		{Offer: products(gcm + "," + cbc), Answer: matrix.Answer{
			State: matrix.Accepted, KE: proposals.Algorithm{Axis: proposals.KE, ID: 20}, Exchange: 3}},
		{Offer: products(gcm), Answer: matrix.Answer{State: matrix.Accepted, Suite: &suite, Exchange: 4}},
		{Offer: products(gcm), Payload: proposals.Algorithm{Axis: proposals.KE, ID: 20}, Answer: matrix.Answer{
			State: matrix.Accepted, KE: proposals.Algorithm{Axis: proposals.KE, ID: 31}, Exchange: 7}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if n := target.LastExchange(); n != 7 {
		t.Errorf("the last exchange is %d, want 7", n)
	}

	for _, tt := range []struct {
		exchange report.Exchange
		want     string
	}{
		{exchange(7, "accepted", gcm, "ecp1", ""), `exchange 7: group "ecp1"`},
		{exchange(7, "accepted", gcm, "sha256", ""), `exchange 7: group "sha256"`},
		{exchange(7, "refused", "aes256-nonsense", "", ""), "exchange 7: offer: "},
		{exchange(7, "perhaps", gcm, "", ""), `exchange 7: decides "perhaps"`},
		{exchange(7, "accepted", gcm, "", gcm), "exchange 7: suite: "},
		{report.Exchange{ID: 7, Decides: "accepted", Offer: gcm, KE: "sha256"}, `exchange 7: ke "sha256"`},
	} {
		bad := report.Target{Exchanges: []report.Exchange{tt.exchange}}
		if _, err := Asked(&bad); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want %q", err, tt.want)
		}
	}
}

func TestGoOn(t *testing.T) {
	first := &report.Target{
		Started:   time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Exchanges: []report.Exchange{{ID: 1, Decides: "refused"}, {ID: 2, Cookie: true}},
		Cost:      report.Cost{Exchanges: 2, DatagramsSent: 3, BytesSent: 100, HalfOpenPeak: 2, ElapsedMs: 1000, Cookies: 1},
	}
	second := report.Target{
		Verdict:   "ikev2",
		Exchanges: []report.Exchange{{ID: 3}},
		Cost:      report.Cost{Exchanges: 1, DatagramsSent: 1, BytesSent: 50, HalfOpenPeak: 1, ElapsedMs: 500},
	}
	resumed := Resumed(second, first, false)
	if len(resumed.Findings) != 1 || resumed.Findings[0].ID != "GATEWAY-COOKIES" || !slices.Equal(resumed.Findings[0].Evidence, []int{2}) {
		t.Errorf("findings %+v, want the cookie of exchange 2", resumed.Findings)
	}
	resumed.Findings = nil
	want := report.Target{
		Verdict:   "ikev2",
		Exchanges: []report.Exchange{{ID: 1, Decides: "refused"}, {ID: 2, Cookie: true}, {ID: 3}},
		Cost:      report.Cost{Exchanges: 3, DatagramsSent: 4, BytesSent: 150, HalfOpenPeak: 2, ElapsedMs: 1500, Cookies: 1},
		Notes:     []string{"The scan went on from an earlier one of 2026-01-02 03:04:05 UTC; exchanges to 2 are from then."},
	}
	if diff := cmp.Diff(want, resumed); diff != "" {
		t.Error(diff)
	}

	third := Resumed(report.Target{}, first, true)
	if third.Exchanges[0].Decides != "" || first.Exchanges[0].Decides != "refused" {
		t.Errorf("doubted, it decides %q; at first %q", third.Exchanges[0].Decides, first.Exchanges[0].Decides)
	}
}

// TestGoOnFromDoubts: that several gateways answer stays true in a scan that goes on and
// does not meet them, and the matrix is not proven; what only the earlier scan left open
// does not.
func TestGoOnFromDoubts(t *testing.T) {
	several := report.Doubt{Kind: report.DoubtSeveral, Suite: "3des-sha1-prfsha1-modp1024", Evidence: []int{2}}
	contradiction := report.Doubt{Kind: report.DoubtContradiction, Evidence: []int{1, 2}}
	first := &report.Target{Doubts: []report.Doubt{contradiction, {Kind: report.DoubtUnexamined, Evidence: []int{1}}, several},
		Exchanges: []report.Exchange{{ID: 1}, {ID: 2}}}
	for _, tc := range []struct {
		doubted bool
		own     []report.Doubt
		want    []report.Doubt
	}{
		{false, nil, []report.Doubt{contradiction, several}},
		{true, nil, []report.Doubt{several}}, // the policy may have changed since
		{true, []report.Doubt{{Kind: report.DoubtSeveral, Suite: several.Suite, Evidence: []int{3}}},
			[]report.Doubt{{Kind: report.DoubtSeveral, Suite: several.Suite, Evidence: []int{3}}}},
	} {
		m := &report.Matrix{Proven: true}
		got := Resumed(report.Target{Complete: len(tc.own) == 0, Matrix: m, Doubts: tc.own}, first, tc.doubted)
		if diff := cmp.Diff(tc.want, got.Doubts); diff != "" || got.Complete || got.Matrix.Proven || !m.Proven {
			t.Errorf("complete %v, proven %v; %s", got.Complete, got.Matrix.Proven, diff)
		}
		if !slices.ContainsFunc(got.Findings, func(f report.Finding) bool { return f.ID == "SCAN-SEVERAL-GATEWAYS" }) {
			t.Errorf("findings %v", got.Findings)
		}
	}
	if got := Resumed(report.Target{Complete: true, Matrix: &report.Matrix{Proven: true}}, &report.Target{}, false); !got.Complete || !got.Matrix.Proven {
		t.Errorf("without doubts: complete %v, proven %v", got.Complete, got.Matrix.Proven)
	}
}

// TestOddNumbers: what no scan counts is refused, before it is counted further.
func TestOddNumbers(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`{"cost": {"exchanges": -1}}`, "cost: exchanges is not"},
		{`{"cost": {"datagrams_sent": 9223372036854775807}}`, "cost: datagrams_sent is not"},
		{`{"cost": {"bytes_sent": 9223372036854775807}}`, "cost: bytes_sent is not"},
		{`{"cost": {"bytes_received": -1}}`, "cost: bytes_received is not"},
		{`{"cost": {"cookies": -1}}`, "cost: cookies is not"},
		{`{"cost": {"half_open_left": -1}}`, "cost: half_open_left is not"},
		{`{"cost": {"elapsed_ms": -0.5}}`, "cost: elapsed_ms is not"},
		{`{"cost": {"elapsed_ms": 1e300}}`, "cost: elapsed_ms is not"},
		{`{"exchanges": [{"id": 0}]}`, "exchange 0: its id is not a number from 1"},
		{`{"exchanges": [{"id": -5}]}`, "exchange -5: its id is not"},
		{`{"exchanges": [{"id": 9223372036854775807}]}`, "exchange 9223372036854775807: its id is not"},
		{`{"exchanges": [{"id": 3}, {"id": 3}]}`, "exchange 3: its id stands twice"},
		{`{"exchanges": [{"id": 3, "tries": -1}]}`, "exchange 3: tries -1"},
		{`{"exchanges": [{"id": 3, "decides": "refused", "offer": "` + strings.Repeat("aes256-", 50_000) + `"}]}`, "exchange 3: its offer exceeds"},
	} {
		var target report.Target
		if err := json.Unmarshal([]byte(tt.in), &target); err != nil {
			t.Fatal(err)
		}
		if _, err := Asked(&target); err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.60s: %v, want %q", tt.in, err, tt.want)
		}
	}
}
