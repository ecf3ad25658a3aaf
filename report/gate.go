package report

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report/english"
)

// Gates are what the targets of a document are held to.
type Gates struct {
	Policies []baseline.Policy // each is met
	Clients  []client.Policy   // each connects
	// Earlier is a report, and nothing is weaker than in it; nil for no such
	// gate.
	Earlier *Document
	// FailOn is a severity, and no finding is as bad or worse; "" for no such
	// gate.
	FailOn baseline.Severity
}

// Check holds d to gates, and decides its exit by them. Interrupted tells that
// the run was, which comes before all gates.
func (d *Document) Check(gates Gates, interrupted bool) {
	d.Gates = []Gate{}
	var earlier *Diff
	if gates.Earlier != nil {
		earlier = CompareReports(d.Tool, gates.Earlier, d)
	}
	for i := range d.Targets {
		t := &d.Targets[i]
		if len(gates.Policies) > 0 {
			t.Judge(gates.Policies)
			for _, p := range t.Policies {
				d.gate(t, PolicyGate, p.Name, policyGate(p))
			}
		}
		if len(gates.Clients) > 0 {
			t.Compare(gates.Clients)
			for _, c := range t.Clients {
				d.gate(t, ClientGate, c.Name, clientGate(c))
			}
		}
		if earlier != nil {
			d.gate(t, BaselineGate, t.Name, baselineGate(earlier, t))
		}
		if gates.FailOn != "" {
			d.gate(t, FindingGate, string(gates.FailOn), findingGate(t, gates.FailOn))
		}
	}
	d.Exit = decideExit(d, interrupted)
}

// gateVerdict is the state of a gate, and the reason.
type gateVerdict struct {
	state  GateState
	reason string
}

func (d *Document) gate(t *Target, kind GateKind, name string, v gateVerdict) {
	if t.Verdict != VerdictIKEv2 {
		v = gateVerdict{GateUndecided, t.Verdict.Words()}
	}
	d.Gates = append(d.Gates, Gate{Kind: kind, Name: name, Target: t.Name, Address: t.Address, State: v.state, Reason: v.reason})
}

func policyGate(p Policy) gateVerdict {
	if p.Verdict == RuleMet {
		return gateVerdict{GatePassed, "met, " + p.Reason + unverifiedWords(p)}
	}
	var rules []string
	for _, r := range p.Rules {
		if r.State == p.Verdict && r.Severity != SeverityInfo {
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
	if p.Verdict == RuleViolated {
		return gateVerdict{GateFailed, "violated, " + reason}
	}
	return gateVerdict{GateUndecided, reason}
}

// unverifiedWords says how many rules that decided for p are not verified, if
// any, after a semicolon.
func unverifiedWords(p Policy) string {
	n := 0
	for _, r := range p.Rules {
		if r.Unverified != "" && r.State == RuleMet && r.Severity != SeverityInfo {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; not verified against the source: %s", english.Counted(int64(n), "rule", "rules"))
}

func clientGate(c Client) gateVerdict {
	v := clientVerdict(c)
	if c.Doubt != "" {
		v.reason += "; doubtful: " + c.Doubt
	}
	return v
}

func clientVerdict(c Client) gateVerdict {
	switch c.Verdict {
	case ClientConnects:
		return gateVerdict{GatePassed, "connects with " + suiteWords(c)}
	case ClientFails:
		return gateVerdict{GateFailed, strings.TrimSuffix("fails: "+missingText(c), ": ")}
	}
	return gateVerdict{GateUndecided, strings.Join(append([]string{"unknown"}, c.Notes...), ": ")}
}

// baselineGate fails where t became weaker.
func baselineGate(d *Diff, t *Target) gateVerdict {
	for _, compared := range d.Targets {
		if compared.New != diffTarget(t) {
			continue
		}
		with := ""
		if compared.Old.Name != compared.New.Name {
			with = "; compared with " + compared.Old.String() + ", the only target of the earlier report"
		}
		found := map[Effect][]string{}
		for _, c := range compared.Changes {
			found[c.Effect] = append(found[c.Effect], c.Text)
		}
		switch {
		case len(found[EffectWeaker]) > 0:
			return gateVerdict{GateFailed, "weaker: " + firstFew(found[EffectWeaker]) + with}
		case len(found[EffectUnknown]) > 0:
			return gateVerdict{GateUndecided, firstFew(found[EffectUnknown]) + with}
		case !t.Complete || t.Matrix == nil:
			return gateVerdict{GateUndecided, "nothing is weaker so far, but not everything was asked" + with}
		}
		return gateVerdict{GatePassed, "nothing is weaker" + with}
	}
	return gateVerdict{GateUndecided, "the earlier report does not hold it"}
}

// findingGate fails where a finding on the gateway is as bad as worst, or worse.
func findingGate(t *Target, worst baseline.Severity) gateVerdict {
	var bad, open []string
	for _, f := range t.Findings {
		switch {
		case strings.HasPrefix(f.ID, "SCAN-"): // of the scan, not of the gateway
			open = append(open, f.ID)
		case f.Severity.Rank() <= worst.Rank():
			bad = append(bad, string(f.Severity)+" "+f.ID)
		}
	}
	switch {
	case len(bad) > 0:
		return gateVerdict{GateFailed, firstFew(bad)}
	case len(open) > 0:
		return gateVerdict{GateUndecided, "no such finding so far, but " + english.List(open, "and")}
	case !t.Complete || t.Matrix == nil || t.Matrix.Unknown > 0:
		return gateVerdict{GateUndecided, "no such finding so far, but not every suite is decided"}
	}
	switch j := newJudge(t); {
	case j.err != nil:
		return gateVerdict{GateUndecided, "no such finding so far, but the report falls into too many sets of suites"}
	case len(j.open) > 0:
		return gateVerdict{GateUndecided, fmt.Sprintf("no such finding so far, but %s not asked about, or not decided",
			english.Counted(sizeOf(j.open), "suite is", "suites are"))}
	}
	return gateVerdict{GatePassed, "no such finding"}
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
