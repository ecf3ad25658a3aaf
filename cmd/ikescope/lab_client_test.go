//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/clients"
	"github.com/ikescope/ikescope/report"
)

// testClients: with each policy of each gateway, what is predicted for each
// well-known client is what its own first packet gets.
func (l lab) testClients(t *testing.T, gateway string) {
	for _, policy := range sample(strings.Fields(l.do(t, "policies", gateway)), 2) {
		t.Run(policy, func(t *testing.T) {
			l.do(t, "restart", gateway)
			l.policy(t, gateway, policy)
			address := l.do(t, "addr", gateway)
			predicted := l.report(t, beside, 0, "compare", address).Clients
			live := l.report(t, beside, 0, "compare", "--live", address).Clients
			if len(predicted) != len(clients.Initiators()) || len(live) != len(predicted) {
				t.Fatalf("%d and %d clients, want %d", len(predicted), len(live), len(clients.Initiators()))
			}
			var table strings.Builder
			connect := 0
			for i := range predicted {
				checkPrediction(t, predicted[i], live[i])
				fmt.Fprintf(&table, "\n%-30s %-9s %s", live[i].Name, live[i].Verdict, live[i].Suite)
				if live[i].Verdict == report.ClientConnects {
					connect++
				}
			}
			t.Logf("%d of %d clients connect, each as predicted%s", connect, len(live), &table)
			l.noneHalfOpen(t, gateway)
		})
	}
}

// checkPrediction holds a prediction against what the client's packet got.
func checkPrediction(t *testing.T, predicted, live report.Client) {
	t.Helper()
	switch {
	case predicted.Basis != report.BasisPredicted || live.Basis != report.BasisLive || predicted.Name != live.Name:
		t.Errorf("%s is %s, and %s %s", predicted.Name, predicted.Basis, live.Name, live.Basis)
	case live.Verdict == report.ClientUnknown || predicted.Verdict != live.Verdict:
		t.Errorf("%s: predicted that it %s, and it %s (%v)", live.Name, predicted.Verdict, live.Verdict, live.Notes)
	case slices.ContainsFunc(live.Notes, func(s string) bool { return strings.Contains(s, "predicted otherwise") }):
		t.Errorf("%s got %s: %v", live.Name, live.Suite, live.Notes)
	case predicted.Suite != live.Suite:
		t.Errorf("%s: predicted %q of %q, and it got %q", live.Name, predicted.Suite, predicted.Candidates, live.Suite)
	case live.Verdict == report.ClientFails && len(predicted.Missing)+len(predicted.Notes) == 0:
		t.Errorf("%s fails for no reason", live.Name)
	}
}
