//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// testClients: with each policy of each gateway, what is predicted for each
// well-known client is what its own first packet gets.
func (l lab) testClients(t *testing.T) {
	for _, gateway := range gateways {
		t.Run(gateway, func(t *testing.T) {
			l.need(t, gateway)
			for policy := range strings.FieldsSeq(l.do(t, "policies", gateway)) {
				t.Run(policy, func(t *testing.T) {
					l.do(t, "restart", gateway)
					l.policy(t, gateway, policy)
					address := l.do(t, "addr", gateway)
					predicted := l.report(t, beside, 0, "compare", address).Clients
					live := l.report(t, beside, 0, "compare", "--live", address).Clients
					if len(predicted) != len(initiators()) || len(live) != len(predicted) {
						t.Fatalf("%d and %d clients, want %d", len(predicted), len(live), len(initiators()))
					}
					for i := range predicted {
						checkPrediction(t, predicted[i], live[i])
					}
					l.noneHalfOpen(t, gateway)
				})
			}
		})
	}
}

// checkPrediction holds a prediction against what the client's packet got.
func checkPrediction(t *testing.T, predicted, live report.Client) {
	t.Helper()
	switch {
	case predicted.Basis != "predicted" || live.Basis != "live" || predicted.Client != live.Client:
		t.Errorf("%s is %s, and %s %s", predicted.Client, predicted.Basis, live.Client, live.Basis)
	case live.Verdict == "unknown" || predicted.Verdict != live.Verdict:
		t.Errorf("%s: predicted that it %s, and it %s (%v)", live.Client, predicted.Verdict, live.Verdict, live.Notes)
	case slices.ContainsFunc(live.Notes, func(s string) bool { return strings.Contains(s, "predicted otherwise") }):
		t.Errorf("%s got %s: %v", live.Client, live.Suite, live.Notes)
	case live.Suite != "" && predicted.Suite != live.Suite && (predicted.Suite != "" || len(predicted.Candidates) == 0):
		t.Errorf("%s: predicted %q, and it got %s", live.Client, predicted.Suite, live.Suite)
	case live.Verdict == "fails" && len(predicted.Missing)+len(predicted.Notes) == 0:
		t.Errorf("%s fails for no reason", live.Client)
	}
}
