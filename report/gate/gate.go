package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/diff"
)

// Gates are what the targets of a report are held to.
type Gates struct {
	Policies bool // each policy that a target was held to is met
	Clients  bool // each client that was compared with it connects
	// Earlier is a report, and nothing is weaker than in it; nil for no such
	// gate.
	Earlier report.Targets
	// FailOn is a severity, and no finding is as bad or worse; "" for no such
	// gate.
	FailOn report.Severity
}

// Check returns the gates of each target of doc, and the exit that they and the
// verdicts on the targets ask for.
func Check(doc *report.Document, gates Gates) ([]report.Gate, report.Exit) {
	all := []report.Gate{}
	var decided Count
	earlier := NewEarlier(gates, diff.Keys(doc))
	for i := range doc.Targets {
		t := &doc.Targets[i]
		was, err := earlier.At(i)
		if err != nil {
			panic("gate: internal error: " + err.Error()) // memory holds the targets
		}
		of := Of(t, gates, was)
		decided.Add(t, of)
		all = append(all, of...)
	}
	return all, decided.Exit(doc.Interrupted, doc.Complete)
}

// Earlier finds the targets of a report in that of Gates.Earlier.
type Earlier struct {
	targets report.Targets
	match   []int // by the target of the report, -1 for none
}

// NewEarlier matches the targets that keys name with those of gates.Earlier, as
// [diff.Match] does.
func NewEarlier(gates Gates, keys []report.Key) Earlier {
	e := Earlier{targets: gates.Earlier}
	if e.targets == nil {
		return e
	}
	e.match = make([]int, len(keys))
	for i := range e.match {
		e.match[i] = -1
	}
	for old, now := range diff.Match(diff.Keys(e.targets), keys) {
		if now >= 0 {
			e.match[now] = old
		}
	}
	return e
}

// At returns what the earlier report has of the target at i, nil if it does not
// hold it.
func (e Earlier) At(i int) (*report.Target, error) {
	if e.targets == nil || e.match[i] < 0 {
		return nil, nil
	}
	return e.targets.At(e.match[i])
}

// Of returns the gates of t, which holds the policies and clients to judge by
// already. For gates.Earlier, earlier is what that has of t, or nil.
func Of(t *report.Target, gates Gates, earlier *report.Target) []report.Gate {
	all := []report.Gate{}
	if gates.Policies {
		for _, p := range t.Policies {
			all = append(all, newGate(t, report.PolicyGate, p.Name, policyGate(p)))
		}
	}
	if gates.Clients {
		for _, c := range t.Clients {
			all = append(all, newGate(t, report.ClientGate, c.Name, clientGate(c)))
		}
	}
	if gates.Earlier != nil {
		all = append(all, newGate(t, report.BaselineGate, t.Name, baselineGate(earlier, t)))
	}
	if gates.FailOn != "" {
		all = append(all, newGate(t, report.FindingGate, string(gates.FailOn), findingGate(t, gates.FailOn)))
	}
	return all
}

// gateVerdict is the state of a gate, and the reason.
type gateVerdict struct {
	state  report.GateState
	reason string
}

func newGate(t *report.Target, kind report.GateKind, name string, v gateVerdict) report.Gate {
	if t.Verdict != report.VerdictIKEv2 {
		v = gateVerdict{report.GateUndecided, t.Verdict.Words()}
	}
	if v.state == report.GatePassed && len(t.Doubts) > 0 {
		v = gateVerdict{report.GateUndecided, v.reason + ", but " + t.Doubts[0].Kind.Words()}
	}
	return report.Gate{Kind: kind, Name: name, Target: t.Name, Address: t.Address, State: v.state, Reason: v.reason}
}

func policyGate(p report.Policy) gateVerdict {
	if p.Verdict == report.RuleMet {
		return gateVerdict{report.GatePassed, "met, " + p.Reason + unverifiedWords(p)}
	}
	var rules []string
	for _, r := range p.Rules {
		if r.State == p.Verdict && r.Severity != report.SeverityInfo {
			rule := r.ID
			if r.Unverified != "" {
				rule += " (not verified)"
			}
			rules = append(rules, rule)
		}
	}
	reason := p.Reason
	if len(rules) > 0 {
		reason += ": " + english.List(rules, "and")
	}
	if p.Verdict == report.RuleViolated {
		return gateVerdict{report.GateFailed, "violated, " + reason}
	}
	return gateVerdict{report.GateUndecided, reason}
}

// unverifiedWords says how many rules that decided for p are not verified, if
// any, after a semicolon.
func unverifiedWords(p report.Policy) string {
	n := 0
	for _, r := range p.Rules {
		if r.Unverified != "" && r.State == report.RuleMet && r.Severity != report.SeverityInfo {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; not verified against the source: %s", english.Counted(int64(n), "rule", "rules"))
}

func clientGate(c report.Client) gateVerdict {
	v := clientVerdict(c)
	if c.Doubt != "" {
		v.reason += "; doubtful: " + c.Doubt
	}
	return v
}

func clientVerdict(c report.Client) gateVerdict {
	switch c.Verdict {
	case report.ClientConnects:
		return gateVerdict{report.GatePassed, connectsWords(c)}
	case report.ClientFails:
		if c.FailsInAuth() {
			return gateVerdict{report.GateFailed, "fails " + assess.FailsWords(c)}
		}
		return gateVerdict{report.GateFailed, strings.TrimSuffix("fails: "+assess.FailsWords(c), ": ")}
	}
	return gateVerdict{report.GateUndecided, strings.Join(append([]string{"unknown"}, c.Notes...), ": ")}
}

// connectsWords says with which suite c connects, whether that is weak, and
// whether another order of proposals would give it a better or a worse one.
func connectsWords(c report.Client) string {
	words := "connects with " + assess.SuiteWords(c)
	if c.Weak != nil {
		words = assess.ConnectsWords(c) + ", " + assess.SuiteWords(c)
		if c.Weak.Better != "" {
			words += "; in another order, it would get " + c.Weak.Better
		}
	}
	if c.Worse != "" {
		words += "; in another order, it would get " + c.Worse + ", which is weaker"
	}
	return words
}

// baselineGate fails where t became weaker than earlier was, nil for not there.
func baselineGate(earlier, t *report.Target) gateVerdict {
	if earlier == nil {
		return gateVerdict{report.GateUndecided, "the earlier report does not contain it"}
	}
	compared := diff.Target(earlier, t)
	with := ""
	if compared.Old.Name != compared.New.Name {
		with = "; compared with " + compared.Old.String() + ", the only target of the earlier report"
	}
	found := map[report.Effect][]string{}
	for _, c := range compared.Changes {
		found[c.Effect] = append(found[c.Effect], c.Text)
	}
	switch {
	case len(found[report.EffectWeaker]) > 0:
		return gateVerdict{report.GateFailed, "weaker: " + firstFew(found[report.EffectWeaker]) + with}
	case len(found[report.EffectUnknown]) > 0:
		return gateVerdict{report.GateUndecided, firstFew(found[report.EffectUnknown]) + with}
	case !t.Complete || t.Matrix == nil:
		return gateVerdict{report.GateUndecided, "nothing is weaker so far, but not everything was asked" + with}
	}
	return gateVerdict{report.GatePassed, "nothing is weaker" + with}
}

// findingGate fails where a finding on the gateway is as bad as worst, or worse.
func findingGate(t *report.Target, worst report.Severity) gateVerdict {
	var bad, open []string
	for _, f := range t.Findings {
		switch {
		case f.About() == report.AboutScan:
			open = append(open, f.ID)
		case f.Severity.Rank() <= worst.Rank():
			bad = append(bad, string(f.Severity)+" "+f.ID)
		}
	}
	bad = append(bad, memberFindings(t, worst)...)
	switch {
	case len(bad) > 0:
		return gateVerdict{report.GateFailed, firstFew(bad)}
	case len(open) > 0:
		return gateVerdict{report.GateUndecided, "no such finding so far, but " + english.List(open, "and")}
	case !t.Complete || t.Matrix == nil || t.Matrix.Unknown > 0:
		return gateVerdict{report.GateUndecided, "no such finding so far, but not every suite is decided"}
	}
	switch open, err := assess.OpenSuites(t); {
	case err != nil:
		return gateVerdict{report.GateUndecided, "no such finding so far, but the report has too many sets of suites"}
	case len(open) > 0:
		return gateVerdict{report.GateUndecided, fmt.Sprintf("no such finding so far, but %s not asked about or undecided",
			english.Counted(assess.CountSuites(open), "suite is", "suites are"))}
	}
	return gateVerdict{report.GatePassed, "no such finding"}
}

// memberFindings returns what is as bad as worst, or worse, of one of several
// gateways at the address, and not found of all together: where their answers
// contradict each other it is not decided what is accepted.
func memberFindings(t *report.Target, worst report.Severity) []string {
	var bad []string
	for i, own := range assess.OfMembers(t) {
		for _, f := range assess.Findings(&own) {
			known := slices.ContainsFunc(t.Findings, func(g report.Finding) bool { return g.ID == f.ID })
			if f.About() != report.AboutScan && f.Severity.Rank() <= worst.Rank() && !known {
				bad = append(bad, fmt.Sprintf("%s %s of gateway %d at the address", f.Severity, f.ID, t.Members[i].Number))
			}
		}
	}
	return bad
}

// firstFew joins the first reasons.
func firstFew(reasons []string) string {
	const most = 3
	more := len(reasons) - most
	out := strings.Join(reasons[:min(len(reasons), most)], "; ")
	if more > 0 {
		out += fmt.Sprintf("; and %d more", more)
	}
	return out
}
