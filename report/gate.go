package report

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report/english"
)

// States of a gate.
const (
	gatePassed    = "passed"
	gateFailed    = "failed"
	gateUndecided = "undecided"
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
				d.gate(t, "policy", p.Policy, policyGate(p))
			}
		}
		if len(gates.Clients) > 0 {
			t.Compare(gates.Clients)
			for _, c := range t.Clients {
				d.gate(t, "client", c.Client, clientGate(c))
			}
		}
		if earlier != nil {
			d.gate(t, "baseline", t.Target, baselineGate(earlier, t))
		}
		if gates.FailOn != "" {
			d.gate(t, "fail_on", string(gates.FailOn), findingGate(t, gates.FailOn))
		}
	}
	d.Exit = decideExit(d, interrupted)
}

// gateVerdict is the state of a gate, and the reason.
type gateVerdict struct{ state, reason string }

func (d *Document) gate(t *Target, kind, name string, v gateVerdict) {
	if t.Verdict != "ikev2" {
		v = gateVerdict{gateUndecided, verdictWords(t.Verdict)}
	}
	d.Gates = append(d.Gates, Gate{Gate: kind, Name: name, Target: t.Target, Address: t.Address, State: v.state, Reason: v.reason})
}

func policyGate(p Policy) gateVerdict {
	if p.Verdict == ruleMet {
		return gateVerdict{gatePassed, "met, " + p.Reason + unverifiedWords(p)}
	}
	var rules []string
	for _, r := range p.Rules {
		if r.State == p.Verdict && baseline.Severity(r.Severity) != baseline.Info {
			rule := r.Rule
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
	if p.Verdict == ruleViolated {
		return gateVerdict{gateFailed, "violated, " + reason}
	}
	return gateVerdict{gateUndecided, reason}
}

// unverifiedWords says how many rules that decided for p are not verified, if
// any, after a semicolon.
func unverifiedWords(p Policy) string {
	n := 0
	for _, r := range p.Rules {
		if r.Unverified != "" && r.State == ruleMet && baseline.Severity(r.Severity) != baseline.Info {
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
	case "connects":
		return gateVerdict{gatePassed, "connects with " + suiteWords(c)}
	case "fails":
		return gateVerdict{gateFailed, strings.TrimSuffix("fails: "+missingText(c), ": ")}
	}
	return gateVerdict{gateUndecided, strings.Join(append([]string{"unknown"}, c.Notes...), ": ")}
}

// baselineGate fails where t became weaker.
func baselineGate(d *Diff, t *Target) gateVerdict {
	for _, compared := range d.Targets {
		if compared.New != diffTarget(t) {
			continue
		}
		with := ""
		if compared.Old.Target != compared.New.Target {
			with = "; compared with " + compared.Old.name() + ", the only target of the earlier report"
		}
		found := map[string][]string{}
		for _, c := range compared.Changes {
			found[c.Effect] = append(found[c.Effect], c.Text)
		}
		switch {
		case len(found[effectWeaker]) > 0:
			return gateVerdict{gateFailed, "weaker: " + firstFew(found[effectWeaker]) + with}
		case len(found[effectUnknown]) > 0:
			return gateVerdict{gateUndecided, firstFew(found[effectUnknown]) + with}
		case !t.Complete || t.Matrix == nil:
			return gateVerdict{gateUndecided, "nothing is weaker so far, but not everything was asked" + with}
		}
		return gateVerdict{gatePassed, "nothing is weaker" + with}
	}
	return gateVerdict{gateUndecided, "the earlier report does not hold it"}
}

// findingGate fails where a finding on the gateway is as bad as worst, or worse.
func findingGate(t *Target, worst baseline.Severity) gateVerdict {
	var bad, open []string
	for _, f := range t.Findings {
		switch {
		case strings.HasPrefix(f.ID, "SCAN-"): // of the scan, not of the gateway
			open = append(open, f.ID)
		case severityRank(f) <= worst.Rank():
			bad = append(bad, f.Severity+" "+f.ID)
		}
	}
	switch {
	case len(bad) > 0:
		return gateVerdict{gateFailed, firstFew(bad)}
	case len(open) > 0:
		return gateVerdict{gateUndecided, "no such finding so far, but " + english.List(open, "and")}
	case !t.Complete || t.Matrix == nil || t.Matrix.Unknown > 0:
		return gateVerdict{gateUndecided, "no such finding so far, but not every suite is decided"}
	}
	switch j := newJudge(t); {
	case j.err != nil:
		return gateVerdict{gateUndecided, "no such finding so far, but the report falls into too many sets of suites"}
	case len(j.open) > 0:
		return gateVerdict{gateUndecided, fmt.Sprintf("no such finding so far, but %s not asked about, or not decided",
			english.Counted(sizeOf(j.open), "suite is", "suites are"))}
	}
	return gateVerdict{gatePassed, "no such finding"}
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
