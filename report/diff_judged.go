package report

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report/english"
	"github.com/ikescope/ikescope/report/internal/lists"
)

func (c *contrast) findings() {
	severity := func(list []Finding) map[string]Finding {
		out := map[string]Finding{}
		for _, f := range list {
			if _, ok := out[f.ID]; !ok {
				out[f.ID] = f
			}
		}
		return out
	}
	old, now := severity(c.old.Findings), severity(c.now.Findings)
	// Algorithms and paths are told of above; here is what they amount to.
	effect := func(f Finding, e Effect) Effect {
		if strings.HasPrefix(f.ID, "IKE-") && f.Severity.Rank() <= baseline.Low.Rank() {
			return e
		}
		return EffectNeither
	}
	for _, f := range c.now.Findings {
		before, ok := old[f.ID]
		switch {
		case !ok && (c.old.Matrix == nil || c.moreKnown) && effect(f, EffectUnknown) == EffectUnknown:
			c.add(AreaFinding, EffectUnknown, "", "%s finding %s, and more is decided now: %s", f.Severity, f.ID, f.Title)
		case !ok:
			c.add(AreaFinding, effect(f, EffectWeaker), "", "new %s finding %s: %s", f.Severity, f.ID, f.Title)
		case before.Severity != f.Severity:
			c.add(AreaFinding, EffectNeither, "", "finding %s is %s now; it was %s", f.ID, f.Severity, before.Severity)
		}
	}
	for _, f := range c.old.Findings {
		if _, ok := now[f.ID]; ok {
			continue
		}
		if c.lessKnown || !c.now.Complete {
			c.add(AreaFinding, EffectNeither, "", "finding %s is no longer seen, but less is decided now: %s", f.ID, f.Title)
			continue
		}
		c.add(AreaFinding, effect(f, EffectStronger), "", "gone: %s finding %s: %s", f.Severity, f.ID, f.Title)
	}
}

// clients compares the verdicts on client policies: those of which both reports
// tell, and the well-known ones, predicted where a report does not tell.
func (c *contrast) clients() {
	was, is := newPredictor(c.old), newPredictor(c.now)
	find := func(list []Client, name string) *Client {
		if i := slices.IndexFunc(list, func(l Client) bool { return l.Name == name }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	told := map[string]bool{}
	for _, p := range client.Policies() {
		if told[p.Name] = true; p.Responder {
			continue
		}
		old, now := find(c.old.Clients, p.Name), find(c.now.Clients, p.Name)
		if old == nil {
			old = new(was.predict(p))
		}
		if now == nil {
			now = new(is.predict(p))
			now.Doubt = p.Doubt
		}
		c.client(*old, *now)
	}
	for _, now := range c.now.Clients {
		if old := find(c.old.Clients, now.Name); old != nil && !told[now.Name] {
			c.client(*old, now)
		}
	}
}

func (c *contrast) client(old, now Client) {
	if old.Verdict == now.Verdict {
		return
	}
	name, was := now.Name, string(old.Verdict)
	if now.Doubt != "" {
		name += " (doubtful)"
	}
	if old.Basis != now.Basis {
		was += ", " + string(old.Basis) + ", and is " + string(now.Basis) + " now"
	}
	switch {
	case old.Verdict == ClientUnknown && now.Verdict == ClientConnects:
		c.add(AreaClient, EffectNeither, "", "%s connects, with %s; not known before", name, suiteWords(now))
	case old.Verdict == ClientUnknown:
		c.add(AreaClient, EffectNeither, missingText(now), "%s fails; not known before", name)
	case now.Verdict == ClientConnects:
		c.add(AreaClient, EffectNeither, "", "%s connects now, with %s; it was: %s", name, suiteWords(now), was)
	case now.Verdict == ClientFails:
		c.add(AreaClient, EffectNeither, missingText(now), "%s connects no more; it was: %s", name, was)
	default:
		c.add(AreaClient, EffectNeither, "", "whether %s connects is no longer known; it was: %s", name, was)
	}
}

// suiteWords names the suite that a client gets, or how many it may be.
func suiteWords(c Client) string {
	switch {
	case c.Suite != "":
		return c.Suite
	case len(c.Candidates) == 1:
		return c.Candidates[0] + ", or another suite"
	}
	return "one of " + english.Counted(int64(len(c.Candidates)), "suite", "suites")
}

// missingText says in one sentence, without its full stop, why a client fails.
func missingText(c Client) string {
	return strings.Join(lists.Convert(c.Missing, func(m Missing) string { return strings.TrimSuffix(m.Text, ".") }), ". ")
}

// policies compares how the gateway stands to each embedded policy, and to
// those of which both reports tell.
func (c *contrast) policies() {
	if c.old.Matrix == nil || c.now.Matrix == nil {
		return
	}
	old, now := newJudge(c.old), newJudge(c.now)
	for _, p := range baseline.Policies() {
		c.policy(old.policy(p), now.policy(p))
	}
	for _, n := range c.now.Policies {
		i := slices.IndexFunc(c.old.Policies, func(o Policy) bool { return o.Name == n.Name })
		if _, embedded := baseline.PolicyNamed(n.Name); !embedded && i >= 0 {
			c.policy(c.old.Policies[i], n)
		}
	}
}

func (c *contrast) policy(old, now Policy) {
	if old.Verdict == now.Verdict {
		return
	}
	var broken []string
	for _, r := range now.Rules {
		if r.State == now.Verdict && r.Severity != SeverityInfo {
			broken = append(broken, r.ID)
		}
	}
	reason := string(now.Verdict) + ": " + english.List(broken, "and")
	switch {
	case now.Verdict == RuleMet && old.Verdict == RuleViolated:
		c.add(AreaPolicy, EffectStronger, "", "policy %s is met now; it was violated", now.Name)
	case now.Verdict == RuleMet:
		c.add(AreaPolicy, EffectNeither, "", "policy %s is met; it was undecided", now.Name)
	case now.Verdict == RuleViolated && old.Verdict == RuleMet:
		c.add(AreaPolicy, EffectWeaker, reason, "policy %s is violated now; it was met", now.Name)
	case now.Verdict == RuleViolated:
		c.add(AreaPolicy, EffectUnknown, reason, "policy %s is violated; it was undecided", now.Name)
	case old.Verdict == RuleMet:
		c.add(AreaPolicy, EffectUnknown, reason, "whether policy %s is met is no longer known; it was met", now.Name)
	default:
		c.add(AreaPolicy, EffectNeither, reason, "whether policy %s is met is no longer known; it was violated", now.Name)
	}
}
