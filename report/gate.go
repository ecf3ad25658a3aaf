package report

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/report/english"
)

// Gates are what the targets of a document are held to.
type Gates struct {
	Policies bool // each policy that a target was held to is met
	Clients  bool // each client that was compared with it connects
	// Earlier is a report, and nothing is weaker than in it; nil for no such
	// gate.
	Earlier *Document
	// FailOn is a severity, and no finding is as bad or worse; "" for no such
	// gate.
	FailOn Severity
}

// Check returns the gates of each target of doc, which holds the policies and
// clients to judge by already, and the exit that they and the verdicts on the
// targets ask for. It alone decides the exit.
func Check(doc *Document, gates Gates) ([]Gate, Exit) {
	all := []Gate{}
	var earlier *Diff
	if gates.Earlier != nil {
		earlier = CompareReports(doc.Tool, gates.Earlier, doc)
	}
	for i := range doc.Targets {
		t := &doc.Targets[i]
		if gates.Policies {
			for _, p := range t.Policies {
				all = append(all, newGate(t, PolicyGate, p.Name, policyGate(p)))
			}
		}
		if gates.Clients {
			for _, c := range t.Clients {
				all = append(all, newGate(t, ClientGate, c.Name, clientGate(c)))
			}
		}
		if earlier != nil {
			all = append(all, newGate(t, BaselineGate, t.Name, baselineGate(earlier, t)))
		}
		if gates.FailOn != "" {
			all = append(all, newGate(t, FindingGate, string(gates.FailOn), findingGate(t, gates.FailOn)))
		}
	}
	return all, decideExit(doc, all)
}

// gateVerdict is the state of a gate, and the reason.
type gateVerdict struct {
	state  GateState
	reason string
}

func newGate(t *Target, kind GateKind, name string, v gateVerdict) Gate {
	if t.Verdict != VerdictIKEv2 {
		v = gateVerdict{GateUndecided, t.Verdict.Words()}
	}
	return Gate{Kind: kind, Name: name, Target: t.Name, Address: t.Address, State: v.state, Reason: v.reason}
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
func findingGate(t *Target, worst Severity) gateVerdict {
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
	switch open, err := OpenSuites(t); {
	case err != nil:
		return gateVerdict{GateUndecided, "no such finding so far, but the report falls into too many sets of suites"}
	case len(open) > 0:
		return gateVerdict{GateUndecided, fmt.Sprintf("no such finding so far, but %s not asked about, or not decided",
			english.Counted(CountSuites(open), "suite is", "suites are"))}
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
