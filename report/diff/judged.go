package diff

import (
	"slices"

	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

func (c *contrast) findings() {
	severity := func(list []report.Finding) map[string]report.Finding {
		out := map[string]report.Finding{}
		for _, f := range list {
			if _, ok := out[f.ID]; !ok {
				out[f.ID] = f
			}
		}
		return out
	}
	old, now := severity(c.old.Findings), severity(c.now.Findings)
	// Algorithms and paths are named above; here is what they amount to.
	effect := func(f report.Finding, e report.Effect) report.Effect {
		if f.About() == report.AboutIKE && f.Severity.Rank() <= report.SeverityLow.Rank() {
			return e
		}
		return report.EffectNeither
	}
	for _, f := range c.now.Findings {
		before, ok := old[f.ID]
		switch {
		case !ok && (c.old.Matrix == nil || c.moreKnown) && effect(f, report.EffectUnknown) == report.EffectUnknown:
			c.add(report.AreaFinding, report.EffectUnknown, "", "%s finding %s, but more is decided now: %s", f.Severity, f.ID, f.Title)
		case !ok:
			c.add(report.AreaFinding, effect(f, report.EffectWeaker), "", "new %s finding %s: %s", f.Severity, f.ID, f.Title)
		case before.Severity != f.Severity:
			c.add(report.AreaFinding, report.EffectNeither, "", "finding %s is now %s; it was %s", f.ID, f.Severity, before.Severity)
		}
	}
	for _, f := range c.old.Findings {
		if _, ok := now[f.ID]; ok {
			continue
		}
		if c.lessKnown || !c.now.Complete {
			c.add(report.AreaFinding, report.EffectNeither, "", "finding %s is no longer seen, but less is decided now: %s", f.ID, f.Title)
			continue
		}
		c.add(report.AreaFinding, effect(f, report.EffectStronger), "", "gone: %s finding %s: %s", f.Severity, f.ID, f.Title)
	}
}

// clients compares the verdicts on client policies: those of which both reports
// tell, and the well-known ones, predicted where a report does not tell.
func (c *contrast) clients() {
	find := func(list []report.Client, name string) *report.Client {
		if i := slices.IndexFunc(list, func(l report.Client) bool { return l.Name == name }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	var initiators []client.Policy
	known := map[string]bool{}
	for _, p := range client.Policies() {
		if known[p.Name] = true; !p.Responder {
			initiators = append(initiators, p)
		}
	}
	// told returns what t tells of these, and what is predicted of the others.
	told := func(t *report.Target) []report.Client {
		others := slices.DeleteFunc(slices.Clone(initiators), func(p client.Policy) bool { return find(t.Clients, p.Name) != nil })
		return slices.Concat(t.Clients, assess.Verdicts(t, others))
	}
	old, now := told(c.old), told(c.now)
	for _, p := range initiators {
		c.client(*find(old, p.Name), *find(now, p.Name))
	}
	for _, now := range c.now.Clients {
		if old := find(c.old.Clients, now.Name); old != nil && !known[now.Name] {
			c.client(*old, now)
		}
	}
	c.clientSuites()
}

func (c *contrast) client(old, now report.Client) {
	if old.Verdict == report.ClientConnects && now.Verdict == report.ClientConnects {
		c.clientSuite(old, now)
		return
	}
	if old.Verdict == now.Verdict && old.FailsInAuth() == now.FailsInAuth() {
		return
	}
	name, was := now.Name, old.Words()
	if now.Doubt != "" {
		name += " (doubtful)"
	}
	if old.Basis != now.Basis {
		was += ", " + string(old.Basis) + ", and is " + string(now.Basis) + " now"
	}
	switch {
	case old.Verdict == report.ClientFails && now.Verdict == report.ClientFails:
		c.add(report.AreaClient, report.EffectNeither, assess.FailsWords(now), "%s %s; before: %s", name, now.Words(), was)
	case old.FailsInAuth() && now.Login == nil:
		c.add(report.AreaClient, report.EffectNeither, "", "%s: IKE_AUTH was not asked about; before: %s", name, was)
	case now.FailsInAuth() && old.Login == nil && old.Verdict == report.ClientConnects:
		c.add(report.AreaClient, report.EffectNeither, assess.FailsWords(now), "%s fails in IKE_AUTH, which was not asked about before", name)
	case old.Verdict == report.ClientUnknown && now.Verdict == report.ClientConnects:
		c.add(report.AreaClient, report.EffectNeither, "", "%s connects, with %s; unknown before", name, gotWords(now))
	case old.Verdict == report.ClientUnknown:
		c.add(report.AreaClient, report.EffectNeither, assess.FailsWords(now), "%s fails; unknown before", name)
	case now.Verdict == report.ClientConnects:
		c.add(report.AreaClient, report.EffectNeither, "", "%s now connects, with %s; before: %s", name, gotWords(now), was)
	case now.Verdict == report.ClientFails:
		c.add(report.AreaClient, report.EffectNeither, assess.FailsWords(now), "%s no longer connects; before: %s", name, was)
	default:
		c.add(report.AreaClient, report.EffectNeither, "", "%s: no longer known whether it connects; before: %s", name, was)
	}
}

// gotWords names the suite that c gets, and says whether it is weak.
func gotWords(c report.Client) string {
	switch {
	case c.Weak == nil:
		return assess.SuiteWords(c)
	case c.Weak.Certain:
		return assess.SuiteWords(c) + ", which is " + assess.WeakWord(c.Weak.Severity)
	}
	return assess.SuiteWords(c) + ", which may be " + assess.WeakWord(c.Weak.Severity)
}

// policies compares how the gateway stands to each embedded policy, and to
// those that both reports have.
func (c *contrast) policies() {
	if c.old.Matrix == nil || c.now.Matrix == nil {
		return
	}
	named := func(list []report.Policy, name string) int {
		return slices.IndexFunc(list, func(p report.Policy) bool { return p.Name == name })
	}
	isWeaker := func(change report.Change) bool { return change.Effect == report.EffectWeaker }
	weaker := slices.ContainsFunc(c.changes, isWeaker)
	old, now := assess.Policies(c.old, baseline.Policies()), assess.Policies(c.now, baseline.Policies())
	for i := range old {
		asked := named(c.old.Policies, old[i].Name) >= 0 || named(c.now.Policies, old[i].Name) >= 0
		c.policy(old[i], now[i], weaker || asked)
	}
	for _, n := range c.now.Policies {
		i := named(c.old.Policies, n.Name)
		if _, embedded := baseline.PolicyNamed(n.Name); !embedded && i >= 0 {
			c.policy(c.old.Policies[i], n, true)
		}
	}
}

// policy compares how the gateway stood and stands to a policy. Where nothing
// else is weaker, a violation of one that nobody asked about, such as that of
// CNSA by a group of 128 bits, is only a difference: counts is false.
func (c *contrast) policy(old, now report.Policy, counts bool) {
	if old.Verdict == now.Verdict {
		return
	}
	var broken []string
	for _, r := range now.Rules {
		if r.State == now.Verdict && r.Severity != report.SeverityInfo {
			broken = append(broken, r.ID)
		}
	}
	reason := string(now.Verdict) + ": " + english.List(broken, "and")
	switch {
	case now.Verdict == report.RuleMet && old.Verdict == report.RuleViolated:
		c.add(report.AreaPolicy, report.EffectStronger, "", "policy %s is now met; it was violated", now.Name)
	case now.Verdict == report.RuleMet:
		c.add(report.AreaPolicy, report.EffectNeither, "", "policy %s is met; it was undecided", now.Name)
	case now.Verdict == report.RuleViolated && old.Verdict == report.RuleMet:
		effect := report.EffectWeaker
		if !counts {
			effect = report.EffectNeither
		}
		c.add(report.AreaPolicy, effect, reason, "policy %s is now violated; it was met", now.Name)
	case now.Verdict == report.RuleViolated:
		c.add(report.AreaPolicy, report.EffectUnknown, reason, "policy %s is violated; it was undecided", now.Name)
	case old.Verdict == report.RuleMet:
		c.add(report.AreaPolicy, report.EffectUnknown, reason, "policy %s: no longer known whether it is met; it was met", now.Name)
	default:
		c.add(report.AreaPolicy, report.EffectNeither, reason, "policy %s: no longer known whether it is met; it was violated", now.Name)
	}
}
