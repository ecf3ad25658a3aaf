package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// mostMembers is how many gateways at an address are judged, each by itself. A
// document, which may be a stranger's, may have more.
const mostMembers = 16

// OfMembers returns t as each of several gateways at its address alone would have
// it, in the order of t.Members: with what its own answers decide, and all else
// unknown. It returns none where t has none, and the first ones of very many.
func OfMembers(t *report.Target) []report.Target {
	if t.Matrix == nil {
		return nil
	}
	var out []report.Target
	for _, m := range t.Members[:min(len(t.Members), mostMembers)] {
		own, suites := *t, *t.Matrix
		suites.Counts, suites.Products, suites.Undecided = m.Counts, m.Products, m.Undecided
		if m.Unknown > 0 && len(m.Undecided) == 0 {
			suites.Undecided = []report.UndecidedSuites{{State: report.StateNotTested}} // any of those asked about
		}
		own.Matrix, own.Members = &suites, nil
		own.Preference = nil // it is of all together
		own.Exchanges = slices.DeleteFunc(slices.Clone(t.Exchanges), func(x report.Exchange) bool { return x.Member != m.Number })
		out = append(out, own)
	}
	return out
}

// memberWords names a gateway at an address.
func memberWords(m report.Member) string { return fmt.Sprintf("gateway %d at the address", m.Number) }

// worstMember holds the policies that a target was held to against each of the
// gateways at its address, and puts in place of each what is worse for one of them.
func worstMember(t *report.Target, policies []baseline.Policy, judged []report.Policy) {
	rank := map[report.RuleState]int{report.RuleMet: 0, report.RuleUndecided: 1, report.RuleViolated: 2}
	for i, own := range OfMembers(t) {
		j := newJudge(&own)
		for k, p := range policies {
			if of := j.policy(p); rank[of.Verdict] > rank[judged[k].Verdict] {
				of.Reason += ", for " + memberWords(t.Members[i])
				judged[k] = of
			}
		}
	}
	if len(t.Members) > mostMembers {
		for k := range judged {
			if judged[k].Verdict == report.RuleMet {
				judged[k].Verdict, judged[k].Reason = report.RuleUndecided, tooManyMembers
			}
		}
	}
}

const tooManyMembers = "there are too many gateways at the address to judge each"

// ofEach changes what a client gets of a target to what it gets of each of the
// gateways at its address: unknown where that is not the same.
func ofEach(out *report.Client, p client.Policy, t *report.Target, members []predictor) {
	if len(members) == 0 {
		return
	}
	at := map[report.ClientVerdict][]string{} // numbers
	named := SuitesOf(*out)
	for i, m := range members {
		own := m.predict(p)
		at[own.Verdict] = append(at[own.Verdict], fmt.Sprint(t.Members[i].Number))
		for _, s := range SuitesOf(own) {
			if !slices.Contains(named, s) && len(named) < MostCandidates {
				named = append(named, s)
			}
		}
	}
	same := len(at[out.Verdict]) == len(members)
	if !same && out.Basis == report.BasisPredicted {
		out.Notes = []string{} // on what all would do together
	}
	switch {
	case len(t.Members) > mostMembers:
		out.Notes = append(out.Notes, strings.ToUpper(tooManyMembers[:1])+tooManyMembers[1:]+".")
	case same && out.Verdict == report.ClientConnects:
		elsewhere := func(m predictor) bool {
			s, err := proposals.ParseSuite(out.Suite)
			return err != nil || m.State(s) != matrix.Accepted
		}
		if out.Suite != "" && slices.ContainsFunc(members, elsewhere) {
			out.Suite, out.Candidates = "", lists.Convert(named, proposals.Suite.String)
		}
		return
	case same:
		return
	default:
		var words []string
		for _, v := range []struct {
			verdict report.ClientVerdict
			words   string
		}{{report.ClientConnects, "connects to "}, {report.ClientFails, "fails at "}, {report.ClientUnknown, "is undecided at "}} {
			if numbers := at[v.verdict]; len(numbers) > 0 {
				words = append(words, v.words+english.List(numbers, "and"))
			}
		}
		out.Notes = append(out.Notes, "Of the gateways at the address, it "+english.List(words, "and")+".")
	}
	out.Verdict, out.Suite, out.Candidates, out.Missing = report.ClientUnknown, "", []string{}, []report.Missing{}
}
