package assess

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess/certcheck"
	"github.com/ikescope/ikescope/report/assess/certfinding"
	"github.com/ikescope/ikescope/report/assess/network"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Findings returns what t, complete but for its findings, gives to say, worst
// first. Fixes name whom they cut off of the well-known clients and of those in
// use, and what these clients can move to: those in use, if any are known.
func Findings(t *report.Target, inUse ...client.Policy) []report.Finding {
	out := network.Findings(t)
	if t.Matrix != nil {
		facts := FactsOf(t)
		out = append(out, weakFindings(t, facts, inUse)...)
		out = append(out, suiteFindings(t, facts)...)
	}
	out = append(out, network.Gateway(t)...)
	out = append(out, certfinding.Findings(t.Identity)...)
	return ordered(append(out, doubtFindings(t)...))
}

// ordered returns findings, the worst first, without what JSON has not.
func ordered(out []report.Finding) []report.Finding {
	for i := range out {
		f := &out[i]
		f.Evidence = lists.Evidence(f.Evidence)
		if f.Fix == nil {
			f.Fix = []string{}
		}
		if f.Refs == nil {
			f.Refs = []string{}
		}
	}
	slices.SortStableFunc(out, func(a, b report.Finding) int {
		return cmp.Or(cmp.Compare(a.Severity.Rank(), b.Severity.Rank()), strings.Compare(a.ID, b.ID))
	})
	return append([]report.Finding{}, out...)
}

// Certificates returns what the gateway of t shows of itself with its certificates
// judged by b, as those of a saved report may be again, and the findings of t that go
// with it.
func Certificates(t *report.Target, b certcheck.Basis) (*report.Identity, []report.Finding) {
	identity := certcheck.Identity(t.Identity, b)
	if identity == nil {
		return nil, t.Findings
	}
	others := slices.DeleteFunc(slices.Clone(t.Findings), func(f report.Finding) bool { return f.About() == report.AboutIdentity })
	return identity, ordered(append(others, certfinding.Findings(identity)...))
}

// everyClient returns the well-known clients, and those of more that are others.
func everyClient(more []client.Policy) []client.Policy {
	all := initiators()
	for _, p := range more {
		if !slices.ContainsFunc(all, func(other client.Policy) bool { return other.Name == p.Name }) {
			all = append(all, p)
		}
	}
	return all
}
