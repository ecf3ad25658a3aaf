package assess

import (
	"errors"
	"fmt"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
)

// PolicyOf returns a policy that the gateway meets as it is, and that a gateway
// meets no more once it accepts any other suite, or one of them less. It fails
// where nothing is known to be accepted.
func PolicyOf(t *report.Target, name string) (baseline.Policy, error) {
	if t.Matrix == nil || len(t.Matrix.Products) == 0 {
		return baseline.Policy{}, errors.New("no suite was seen to be accepted")
	}
	accepted, err := matrix.Difference(FactsOf(t).Accepted, nil)
	if err != nil {
		return baseline.Policy{}, err
	}
	for _, p := range accepted {
		if _, err := proposals.ParseProduct(p.String()); err != nil {
			return baseline.Policy{}, fmt.Errorf("an accepted set of suites cannot be read: %w", err)
		}
	}
	started := t.Started.Format("2006-01-02")
	about := fmt.Sprintf("What %s (%s) accepted on %s. Weak suites are also allowed, if they were accepted then.", printable.Text(t.Name), printable.Text(t.Address), started)
	if t.Matrix.Unknown > 0 {
		about += fmt.Sprintf(" %s of the scan were undecided and are not allowed.", english.Counted(t.Matrix.Unknown, "suite", "suites"))
	}
	return baseline.Policy{
		Name: name, Title: "What " + printable.Text(t.Name) + " accepts",
		Source: "a scan of " + printable.Text(t.Name), Date: started, About: about,
		Rules: []baseline.Rule{
			{ID: "accepted", Demand: baseline.Allowed, Suites: accepted, Severity: baseline.Medium, Why: "nothing else was accepted"},
			{ID: "kept", Demand: baseline.RequiredAll, Suites: accepted, Severity: baseline.Medium, Why: "clients may rely on what was accepted"},
		},
	}, nil
}
