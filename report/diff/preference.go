package diff

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

func (c *contrast) preference() {
	old, now := c.old.Preference, c.now.Preference
	if old == nil || now == nil {
		return
	}
	if old.Decides != now.Decides && old.Decides != "" && now.Decides != "" {
		c.add(report.AreaPreference, report.EffectNeither, "", "the order that counts is the %s's; it was the %s's", now.Decides, old.Decides)
	}
	words := func(p *report.Preference) string { return strings.Join(lists.Convert(p.KE, report.MethodLabel), ", ") }
	if words(old) != words(now) && len(old.KE) > 1 && len(now.KE) > 1 {
		c.add(report.AreaPreference, report.EffectNeither, "", "it prefers key exchange methods in the order %s; before, %s", words(now), words(old))
	}
	if old.Suite != now.Suite && old.Suite != "" && now.Suite != "" {
		if c.is.Decided(old.Suite) && c.was.Decided(now.Suite) {
			effect, reason := compareSuites(old.Suite, now.Suite)
			c.add(report.AreaPreference, effect, reason, "it prefers %s; before, %s", now.Suite, old.Suite)
		} else {
			c.add(report.AreaPreference, report.EffectNeither, "", "of what is known now, it prefers %s; of what was known before, %s", now.Suite, old.Suite)
		}
	}
}

// compareSuites says whether now is weaker or stronger than old.
func compareSuites(old, now string) (effect report.Effect, reason string) {
	o, err1 := proposals.ParseSuite(old)
	n, err2 := proposals.ParseSuite(now)
	if err1 != nil || err2 != nil {
		return report.EffectNeither, ""
	}
	weaker, stronger := baseline.Differences(o, n)
	switch order := baseline.CompareSuites(n, o); {
	case order < 0:
		return report.EffectWeaker, axisWords(weaker, n, o, "weaker")
	case order > 0:
		return report.EffectStronger, axisWords(stronger, n, o, "stronger")
	}
	return report.EffectNeither, ""
}

// axisWords says on which axes a is what how says, compared with b.
func axisWords(axes []proposals.Axis, a, b proposals.Suite, how string) string {
	return strings.Join(lists.Convert(axes, func(axis proposals.Axis) string {
		switch {
		case axis != proposals.ADDKE1:
			return a[axis].Keyword() + " is " + how + " than " + b[axis].Keyword()
		case how == "weaker":
			return "it has no additional key exchange, and the other had one"
		}
		return "it has an additional key exchange, and the other had none"
	}), "; ")
}

func (c *contrast) postQuantum() {
	if c.old.PostQuantum == nil || c.now.PostQuantum == nil || c.old.PostQuantum.State == c.now.PostQuantum.State {
		return
	}
	old, now := c.old.PostQuantum.State, c.now.PostQuantum.State
	levels := []report.QuantumState{report.QuantumNone, report.QuantumAccepted, report.QuantumRequired}
	was, is := slices.Index(levels, old), slices.Index(levels, now)
	effect, reason := report.EffectNeither, ""
	switch {
	case is < 0 && was > 0:
		effect = report.EffectUnknown
	case was < 0 || is < 0:
	case is < was:
		effect, reason = report.EffectWeaker, "traffic that is recorded today can be decrypted once there is a quantum computer"
	default:
		effect, reason = report.EffectStronger, "where it is used, traffic that is recorded today withstands a quantum computer"
	}
	c.add(report.AreaPostQuantum, effect, reason, "post-quantum key exchange: %s; before: %s",
		english.Plain(now), english.Plain(old))
}
