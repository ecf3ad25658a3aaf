package scan

import (
	"slices"
	"testing"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/reporttest"
)

// TestLiveClients is about a scan that asked nothing but as clients.
func TestLiveClients(t *testing.T) {
	r := reporttest.Base("vpn.example.com", "198.51.100.7")
	r.Clients = []evidence.ClientAnswer{
		{Name: "one", State: matrix.Accepted, Outcome: initiator.Accepted, Suite: reporttest.Suite(t, "aes256-sha256-prfsha256-modp2048"), Evidence: []int{5, 3}},
		{Name: "two", State: matrix.Refused, Outcome: initiator.NoProposalChosen, Evidence: []int{6}},
		{Name: "three", State: matrix.NoAnswer, Notes: []evidence.Note{{Kind: evidence.ClientSilent, Count: 4}, {Kind: evidence.ClientDropped}}, Evidence: []int{7}},
		{Name: "four", Notes: []evidence.Note{{Kind: evidence.ClientHalfOpenLeft, Count: 3}}},
	}
	doc := Document(Run{}, []evidence.Result{r})
	clients := doc.Targets[0].Clients
	if len(clients) != 4 || doc.Targets[0].Matrix != nil {
		t.Fatalf("%d clients, matrix %v", len(clients), doc.Targets[0].Matrix)
	}
	for i, want := range []report.Client{
		{Name: "one", Verdict: report.ClientConnects, Suite: "aes256-sha256-prfsha256-modp2048", Evidence: []int{3, 5}},
		{Name: "two", Verdict: report.ClientFails, Evidence: []int{6}},
		{Name: "three", Verdict: report.ClientUnknown, Notes: []string{"The packet was sent 4 times without an answer, while control offers in between were answered. The gateway drops offers that it does not accept."}, Evidence: []int{7}},
		{Name: "four", Verdict: report.ClientUnknown, Notes: []string{"Not tried: 3 half-open IKE SAs are left at the gateway."}},
	} {
		got := clients[i]
		if got.Name != want.Name || got.Verdict != want.Verdict || got.Suite != want.Suite || got.Basis != report.BasisLive ||
			!slices.Equal(got.Notes, want.Notes) || !slices.Equal(got.Evidence, want.Evidence) {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}
