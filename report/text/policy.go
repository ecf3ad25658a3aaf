package text

import (
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// policies writes a line for each policy, and below it the rules that are
// violated or undecided.
func (p *page) policies(t *report.Target) {
	if len(t.Policies) == 0 {
		return
	}
	p.Section("POLICY")
	rated := false
	for _, policy := range t.Policies {
		style := layout.Yellow
		switch policy.Verdict {
		case report.RuleMet:
			style = layout.Green
		case report.RuleViolated:
			style = layout.Red
		}
		p.Raw(p.Paint(style, printable.Text(policy.Name+": "+string(policy.Verdict))) + printable.Text(", "+p.names.Text(policy.Reason)))
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
			p.Indented(2, 2, "not observable by a scan: "+strings.Join(unseen, ", "))
		}
		if unverified > 0 {
			p.Indented(2, 2, "not verified against the source: "+english.Counted(int64(unverified), "rule", "rules")+
				"; do not claim conformance on this basis")
		}
	}
	if rated {
		p.Text(0, "The ratings are the policy's; the severities in FINDINGS are ikescope's.")
	}
}

// rule writes a rule that is not met, with how bad the policy calls that behind
// the demand.
func (p *page) rule(r report.Rule) {
	word, style, rated := "violated", layout.Yellow, " (rated "+string(r.Severity)+")"
	switch rank := r.Severity.Rank(); {
	case r.State == report.RuleUndecided:
		word = "unknown"
	case r.State != report.RuleViolated:
		return
	case rank <= report.SeverityHigh.Rank():
		style = layout.Red
	case rank > report.SeverityLow.Rank():
		word, style = "advice", ""
	}
	if r.Severity.Rank() > report.SeverityLow.Rank() {
		rated = "" // advice is no matter of degree
	}
	state := p.Paint(style, layout.Pad(word, 9))
	for i, line := range layout.Wrap(printable.Text(r.ID+": "+p.names.Text(r.Demand)+rated), p.Width-layout.Margin-9, 0) {
		if i > 0 {
			state = strings.Repeat(" ", 9)
		}
		p.Raw(state + p.Paint(layout.Bold, line))
	}
	if r.Found != "" {
		p.Indented(9, 0, p.names.Text(r.Found)+shownEvidence(r.Evidence))
	}
	if p.details {
		p.Indented(9, 5, "why: "+p.names.Text(r.Why))
	}
	for _, fix := range r.Fix {
		p.Indented(9, 5, "fix: "+p.names.Text(fix))
	}
	p.cutsOff(9, r.CutsOff)
	see := r.Ref
	if r.Unverified != "" {
		see = strings.TrimPrefix(see+" (not verified: "+r.Unverified+")", " ")
	}
	if see != "" && p.details {
		p.Indented(9, 5, "see: "+see)
	}
}
