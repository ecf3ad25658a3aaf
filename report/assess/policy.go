package assess

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Policies says how t stands to each of policies, in their order. Where several
// gateways at the address can be told apart, it is how the worst of them stands.
func Policies(t *report.Target, policies []baseline.Policy) []report.Policy {
	out := []report.Policy{}
	j := newJudge(t)
	for _, p := range policies {
		out = append(out, j.policy(p))
	}
	worstMember(t, policies, out)
	return out
}

// judge holds a target to rules.
type judge struct {
	t         *report.Target
	facts     Facts
	predictor predictor
	// all are the suites that a full scan asks about, and those that this scan
	// did; open are those of them that are neither accepted nor refused, and
	// notAsked those of open that were not asked about.
	all, open, notAsked []proposals.Product
	// parts are the suites of each entry of the matrix's Undecided.
	parts [][]proposals.Product
	err   error // the sets of suites are too many to handle
}

// mostSets bounds the sets of suites of a report that is held to rules, which
// may be a stranger's.
const mostSets = 4096

func newJudge(t *report.Target) *judge {
	j := &judge{t: t}
	if t.Matrix == nil {
		return j
	}
	j.predictor = newPredictor(t)
	j.facts = j.predictor.Facts
	if len(j.facts.Asked)+len(j.facts.Accepted)+len(j.facts.Undecided) > mostSets {
		j.err = errors.New("too many sets of suites")
		return j
	}
	for _, u := range t.Matrix.Undecided {
		j.parts = append(j.parts, ParseKeywords(u.Suites))
	}
	j.all = append(matrix.Standard().Products(), j.facts.Asked...)
	if j.notAsked, j.err = matrix.Difference(j.all, j.facts.Asked); j.err != nil {
		return j
	}
	j.open = append(slices.Clone(j.facts.Undecided), j.notAsked...)
	return j
}

// OpenSuites returns the suites of a full scan, and of that of t, of which t does
// not say whether they are accepted: those that got no clear answer and those
// that were not asked about. It fails where the sets of suites are too many to
// handle.
func OpenSuites(t *report.Target) ([]proposals.Product, error) {
	j := newJudge(t)
	return j.open, j.err
}

// PartAsked reports whether only a part of the suites of a full scan was asked about, and
// whether that part is the suites of the algorithms in use. Neither is true where the sets
// of suites are too many to handle.
func PartAsked(t *report.Target) (part, inUse bool) {
	j := newJudge(t)
	if j.err != nil || len(j.notAsked) == 0 {
		return false, false
	}
	quick := matrix.Quick().Products()
	lacks, lacksErr := matrix.Difference(quick, j.facts.Asked)
	beyond, beyondErr := matrix.Difference(j.facts.Asked, quick)
	return true, lacksErr == nil && beyondErr == nil && len(lacks)+len(beyond) == 0
}

func (j *judge) policy(p baseline.Policy) report.Policy {
	out := report.Policy{Name: p.Name, Title: p.Title, File: p.File, Rules: []report.Rule{}}
	count := map[report.RuleState]int{}
	for _, r := range p.Rules {
		judged := j.rule(r)
		out.Rules = append(out.Rules, judged)
		if r.Severity != baseline.Info {
			count[judged.State]++
		}
	}
	decisive := count[report.RuleMet] + count[report.RuleViolated] + count[report.RuleUndecided]
	of := func(state report.RuleState) string {
		return fmt.Sprintf("%d of %s", count[state], english.Counted(int64(decisive), "rule", "rules"))
	}
	switch {
	case len(j.facts.Accepted) == 0:
		out.Verdict, out.Reason = report.RuleUndecided, "no suite was seen to be accepted"
	case count[report.RuleViolated] > 0:
		out.Verdict, out.Reason = report.RuleViolated, of(report.RuleViolated)
	case count[report.RuleUndecided] > 0:
		out.Verdict, out.Reason = report.RuleUndecided, of(report.RuleUndecided)
	case decisive == 0:
		out.Verdict, out.Reason = report.RuleUndecided, "a scan cannot judge any of its rules"
	default:
		out.Verdict, out.Reason = report.RuleMet, "as far as a scan can show"
	}
	return out
}

// ruling is what the judge has to say of a rule.
type ruling struct {
	state    report.RuleState
	found    string
	fix      []string
	cutsOff  []string
	evidence []int
}

func (j *judge) rule(r baseline.Rule) report.Rule {
	var f ruling
	switch {
	case !r.Observable():
		f.state = report.RuleNotObservable
	case len(j.facts.Accepted) == 0:
		f = ruling{state: report.RuleUndecided, found: "no suite was seen to be accepted"}
	case j.err != nil:
		f = ruling{state: report.RuleUndecided, found: "the report has too many sets of suites"}
	case r.Demand.Prohibits():
		f = j.prohibited(r)
	default:
		f = j.required(r)
	}
	return report.Rule{
		ID: r.ID, Demand: r.String(), State: f.state, Severity: report.Severity(r.Severity), Found: f.found,
		Why: r.Why, Ref: r.Ref, Unverified: r.Unverified,
		Fix: append([]string{}, f.fix...), CutsOff: f.cutsOff, Evidence: lists.Evidence(f.evidence),
	}
}

func tooMany() ruling {
	return ruling{state: report.RuleUndecided, found: "the rule and the report have too many sets of suites"}
}

// prohibited judges a rule that accepted suites can break.
func (j *judge) prohibited(r baseline.Rule) ruling {
	bad, err := r.Select(j.facts.Accepted)
	if err != nil {
		return tooMany()
	}
	if len(bad) > 0 {
		return j.violation(r, bad)
	}
	open, err := r.Select(j.open)
	if err != nil {
		return tooMany()
	}
	if len(open) > 0 {
		return j.undecided(open)
	}
	if unasked := j.neverAsked(r); r.Demand == baseline.Forbidden && unasked != "" {
		return ruling{state: report.RuleUndecided, found: unasked + " was not asked about"}
	}
	return ruling{state: report.RuleMet}
}

// violation says which accepted suites break r.
func (j *judge) violation(r baseline.Rule, bad []proposals.Product) ruling {
	f := ruling{state: report.RuleViolated}
	rest, err := matrix.Difference(j.facts.Accepted, bad)
	if err == nil {
		f.cutsOff = j.predictor.cutOff(j.predictor.others, rest)
	}
	offending := j.offending(r, bad)
	for _, a := range offending {
		f.evidence = append(f.evidence, j.facts.shown(a)...)
	}
	inferred := false
	for i, p := range j.facts.Accepted {
		if len(f.evidence) == 0 && overlaps(bad, p) {
			ids := j.t.Matrix.Products[i].Evidence
			f.evidence = append(f.evidence, ids[:min(len(ids), enoughEvidence)]...)
			inferred = j.t.Matrix.Products[i].Basis == report.BasisInferred
		}
	}
	example := exampleOf(bad)
	switch {
	case len(offending) > 0:
		words := lists.Convert(offending, proposals.Algorithm.Keyword)
		verb := "is"
		if len(words) > 1 {
			verb = "are"
		}
		f.found = fmt.Sprintf("%s %s accepted, for example in %s", english.List(words, "and"), verb, example)
		f.fix = []string{"remove " + english.List(words, "and") + " from the gateway's IKE proposals"}
		if r.Demand == baseline.Allowed && err == nil && len(rest) == 0 {
			f.fix = []string{
				"add " + english.List(lists.Convert(r.Algorithms, proposals.Algorithm.Keyword), "or") + " to the gateway's IKE proposals, and move the clients to it",
				"then " + f.fix[0],
			}
		}
	case r.Demand == baseline.InEverySuite:
		f.found = english.Counted(CountSuites(bad), "suite", "suites") + " without it accepted, for example " + example
		f.fix = []string{"offer " + english.List(lists.Convert(r.Algorithms, proposals.Algorithm.Keyword), "or") +
			" in each of the gateway's IKE proposals, once its clients support it"}
	default:
		f.found = english.Counted(CountSuites(bad), "suite", "suites") + " accepted, for example " + example
		f.fix = []string{"remove the proposals of these suites from the gateway's configuration: " + shownProducts(bad)}
	}
	if inferred {
		f.found += "; inferred, because offers that contain it were accepted and none was refused"
	}
	return f
}

// offending returns the algorithms by which bad suites break r.
func (j *judge) offending(r baseline.Rule, bad []proposals.Product) []proposals.Algorithm {
	if r.Demand == baseline.InEverySuite {
		return nil
	}
	var out []proposals.Algorithm
	for _, axis := range r.Aspect.Axes() {
		for _, p := range bad {
			for _, a := range p[axis] {
				named := a
				if axis >= proposals.ADDKE1 && !a.IsNone() {
					named.Axis = proposals.KE
				}
				if !a.IsNone() && !slices.Contains(out, a) && slices.Contains(r.Algorithms, named) == (r.Demand == baseline.Forbidden) {
					out = append(out, a)
				}
			}
		}
	}
	return out
}

// required judges a rule that accepted suites have to meet.
func (j *judge) required(r baseline.Rule) ruling {
	if r.Demand == baseline.RequiredAll {
		return j.requiredAll(r)
	}
	good, err := r.Select(j.facts.Accepted)
	if err != nil {
		return tooMany()
	}
	if len(good) > 0 {
		return ruling{state: report.RuleMet}
	}
	open, err := r.Select(j.open)
	if err != nil {
		return tooMany()
	}
	if len(open) > 0 {
		return j.undecided(open)
	}
	if unasked := j.neverAsked(r); unasked != "" {
		return ruling{state: report.RuleUndecided, found: unasked + " was not asked about"}
	}
	return j.missing(r)
}

// requiredAll judges each part of r for itself.
func (j *judge) requiredAll(r baseline.Rule) ruling {
	worst := ruling{state: report.RuleMet}
	var missing []baseline.Rule
	for _, one := range r.Each() {
		one.Demand = baseline.RequiredAny
		var f ruling
		if one.Suites != nil {
			f = j.requiredSuites(one)
		} else {
			f = j.required(one)
		}
		switch {
		case f.state == report.RuleViolated:
			missing = append(missing, one)
		case f.state == report.RuleUndecided && worst.state == report.RuleMet:
			worst = f
		}
	}
	if len(missing) == 0 {
		return worst
	}
	all := missing[0]
	for _, one := range missing[1:] {
		all.Algorithms = append(slices.Clone(all.Algorithms), one.Algorithms...)
		all.Suites = append(slices.Clone(all.Suites), one.Suites...)
	}
	return j.missing(all)
}

// requiredSuites judges whether each suite of a product is accepted.
func (j *judge) requiredSuites(r baseline.Rule) ruling {
	rest, err := matrix.Difference(r.Suites, j.facts.Accepted)
	if err != nil {
		return tooMany()
	}
	if len(rest) == 0 {
		return ruling{state: report.RuleMet}
	}
	asked, err1 := matrix.Intersection(rest, j.facts.Asked)
	refused, err2 := matrix.Difference(asked, j.facts.Undecided)
	switch {
	case err1 != nil || err2 != nil:
		return tooMany()
	case len(refused) == 0:
		return j.undecided(rest)
	}
	return ruling{state: report.RuleViolated}
}

// missing says that what r requires is refused.
func (j *judge) missing(r baseline.Rule) ruling {
	words := lists.Convert(r.Algorithms, proposals.Algorithm.Keyword)
	for _, p := range r.Suites {
		words = append(words, p.String())
	}
	f := ruling{state: report.RuleViolated, found: "not accepted: " + english.List(words, "and")}
	if r.Suites != nil {
		f.found = "not accepted, or not all of it: " + english.List(words, "and")
	}
	f.fix = []string{"add " + english.List(words, "or") + " to the gateway's IKE proposals"}
	for _, axis := range r.Aspect.Axes() {
		for _, a := range r.Algorithms {
			a.Axis = axis
			f.evidence = append(f.evidence, j.facts.refusals(a)...)
		}
	}
	for _, p := range r.Suites {
		for s := range p.Suites() {
			if id, ok := j.facts.refusal(s); ok {
				f.evidence = append(f.evidence, id)
			}
			break // one is enough of each
		}
	}
	f.evidence = f.evidence[:min(len(f.evidence), enoughEvidence)]
	return f
}

// undecided says which suites could still decide the rule.
func (j *judge) undecided(open []proposals.Product) ruling {
	f := ruling{state: report.RuleUndecided}
	for _, p := range open[:min(len(open), mostOpen)] {
		if !overlaps(j.facts.Undecided, p) {
			continue
		}
		f.found = "no clear answer for suites that could decide it, for example " + exampleOf([]proposals.Product{p})
		for i, products := range j.parts {
			if len(f.evidence) < enoughEvidence && overlaps(products, p) {
				f.evidence = append(f.evidence, j.t.Matrix.Undecided[i].Evidence...)
			}
		}
		f.evidence = f.evidence[:min(len(f.evidence), enoughEvidence)]
		return f
	}
	f.found = "suites that could decide it were not asked about, for example " + exampleOf(open)
	return f
}

// mostOpen is how many sets of suites are looked at for one that got no answer;
// those come before the ones that were not asked about.
const mostOpen = 16

// neverAsked names an algorithm or a product of r that is in no suite that was
// asked about.
func (j *judge) neverAsked(r baseline.Rule) string {
	for _, one := range r.Each() {
		if one.Suites != nil {
			rest, err := matrix.Difference(one.Suites, j.facts.Asked)
			if err != nil || len(rest) > 0 {
				return one.Suites[0].String()
			}
			continue
		}
		asked := false
		for _, axis := range r.Aspect.Axes() {
			a := one.Algorithms[0]
			a.Axis = axis
			asked = asked || anyHolds(j.facts.Asked, a)
		}
		if !asked {
			return one.Algorithms[0].Keyword()
		}
	}
	return ""
}
