package text

import (
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// policies writes a line for each policy, and below it the rules that are
// violated or undecided.
func (p *page) policies(t *report.Target) {
	if len(t.Policies) == 0 {
		return
	}
	p.section("POLICY")
	rated := false
	for _, policy := range t.Policies {
		style := yellow
		switch policy.Verdict {
		case report.RuleMet:
			style = green
		case report.RuleViolated:
			style = red
		}
		p.raw(p.paint(style, printable.Text(policy.Name+": "+string(policy.Verdict))) + printable.Text(", "+policy.Reason))
		var unseen []string
		unverified := 0
		for _, r := range policy.Rules {
			if r.State == report.RuleNotObservable {
				unseen = append(unseen, r.ID)
				continue
			}
			if r.Unverified != "" {
				unverified++
			}
			rated = rated || r.State == report.RuleViolated && r.Severity != report.SeverityInfo
			p.rule(r)
		}
		if len(unseen) > 0 {
			p.indented(2, 2, "not observable by a scan: "+strings.Join(unseen, ", "))
		}
		if unverified > 0 {
			p.indented(2, 2, "not verified against the source: "+english.Counted(int64(unverified), "rule", "rules")+
				"; do not claim conformance on this basis")
		}
	}
	if rated {
		p.text(0, "The ratings are the policy's; the severities in FINDINGS are ikescope's.")
	}
}

// rule writes a rule that is not met, with how bad the policy calls that behind
// the demand.
func (p *page) rule(r report.Rule) {
	word, style, rated := "violated", yellow, " (rated "+string(r.Severity)+")"
	switch rank := r.Severity.Rank(); {
	case r.State == report.RuleUndecided:
		word = "unknown"
	case r.State != report.RuleViolated:
		return
	case rank <= report.SeverityHigh.Rank():
		style = red
	case rank > report.SeverityLow.Rank():
		word, style = "advice", ""
	}
	if r.Severity.Rank() > report.SeverityLow.Rank() {
		rated = "" // advice is no matter of degree
	}
	state := p.paint(style, pad(word, 9))
	for i, line := range wrap(printable.Text(r.ID+": "+r.Demand+rated), p.width-margin-9, 0) {
		if i > 0 {
			state = strings.Repeat(" ", 9)
		}
		p.raw(state + p.paint(bold, line))
	}
	if r.Found != "" {
		p.indented(9, 0, r.Found+shownEvidence(r.Evidence))
	}
	p.indented(9, 5, "why: "+r.Why)
	for _, fix := range r.Fix {
		p.indented(9, 5, "fix: "+fix)
	}
	p.cutsOff(r.CutsOff)
	see := r.Ref
	if r.Unverified != "" {
		see = strings.TrimPrefix(see+" (not verified: "+r.Unverified+")", " ")
	}
	if see != "" {
		p.indented(9, 5, "see: "+see)
	}
}
