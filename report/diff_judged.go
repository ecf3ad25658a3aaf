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
	effect := func(f Finding, e string) string {
		if strings.HasPrefix(f.ID, "IKE-") && severityRank(f) <= baseline.Low.Rank() {
			return e
		}
		return effectNeither
	}
	for _, f := range c.now.Findings {
		before, ok := old[f.ID]
		switch {
		case !ok && (c.old.Matrix == nil || c.moreKnown) && effect(f, effectUnknown) == effectUnknown:
			c.add("finding", effectUnknown, "", "%s finding %s, and more is decided now: %s", f.Severity, f.ID, f.Title)
		case !ok:
			c.add("finding", effect(f, effectWeaker), "", "new %s finding %s: %s", f.Severity, f.ID, f.Title)
		case before.Severity != f.Severity:
			c.add("finding", effectNeither, "", "finding %s is %s now; it was %s", f.ID, f.Severity, before.Severity)
		}
	}
	for _, f := range c.old.Findings {
		if _, ok := now[f.ID]; ok {
			continue
		}
		if c.lessKnown || !c.now.Complete {
			c.add("finding", effectNeither, "", "finding %s is no longer seen, but less is decided now: %s", f.ID, f.Title)
			continue
		}
		c.add("finding", effect(f, effectStronger), "", "gone: %s finding %s: %s", f.Severity, f.ID, f.Title)
	}
}

// clients compares the verdicts on client policies: those of which both reports
// tell, and the well-known ones, predicted where a report does not tell.
func (c *contrast) clients() {
	was, is := newPredictor(c.old), newPredictor(c.now)
	find := func(list []Client, name string) *Client {
		if i := slices.IndexFunc(list, func(l Client) bool { return l.Client == name }); i >= 0 {
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
		if old := find(c.old.Clients, now.Client); old != nil && !told[now.Client] {
			c.client(*old, now)
		}
	}
}

func (c *contrast) client(old, now Client) {
	if old.Verdict == now.Verdict {
		return
	}
	name, was := now.Client, old.Verdict
	if now.Doubt != "" {
		name += " (doubtful)"
	}
	if old.Basis != now.Basis {
		was += ", " + old.Basis + ", and is " + now.Basis + " now"
	}
	switch {
	case old.Verdict == "unknown" && now.Verdict == "connects":
		c.add("client", effectNeither, "", "%s connects, with %s; not known before", name, suiteWords(now))
	case old.Verdict == "unknown":
		c.add("client", effectNeither, missingText(now), "%s fails; not known before", name)
	case now.Verdict == "connects":
		c.add("client", effectNeither, "", "%s connects now, with %s; it was: %s", name, suiteWords(now), was)
	case now.Verdict == "fails":
		c.add("client", effectNeither, missingText(now), "%s connects no more; it was: %s", name, was)
	default:
		c.add("client", effectNeither, "", "whether %s connects is no longer known; it was: %s", name, was)
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
		i := slices.IndexFunc(c.old.Policies, func(o Policy) bool { return o.Policy == n.Policy })
		if _, embedded := baseline.PolicyNamed(n.Policy); !embedded && i >= 0 {
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
		if r.State == now.Verdict && baseline.Severity(r.Severity) != baseline.Info {
			broken = append(broken, r.Rule)
		}
	}
	reason := now.Verdict + ": " + english.List(broken, "and")
	switch {
	case now.Verdict == ruleMet && old.Verdict == ruleViolated:
		c.add("policy", effectStronger, "", "policy %s is met now; it was violated", now.Policy)
	case now.Verdict == ruleMet:
		c.add("policy", effectNeither, "", "policy %s is met; it was undecided", now.Policy)
	case now.Verdict == ruleViolated && old.Verdict == ruleMet:
		c.add("policy", effectWeaker, reason, "policy %s is violated now; it was met", now.Policy)
	case now.Verdict == ruleViolated:
		c.add("policy", effectUnknown, reason, "policy %s is violated; it was undecided", now.Policy)
	case old.Verdict == ruleMet:
		c.add("policy", effectUnknown, reason, "whether policy %s is met is no longer known; it was met", now.Policy)
	default:
		c.add("policy", effectNeither, reason, "whether policy %s is met is no longer known; it was violated", now.Policy)
	}
}
