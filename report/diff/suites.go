package diff

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// suites compares the sets of suites, each suite accepted, refused or not
// decided, then and now.
func (c *contrast) suites() {
	switch {
	case c.old.Matrix == nil && c.now.Matrix == nil:
		return
	case c.now.Matrix == nil:
		c.lessKnown = true
		c.add(report.AreaSuites, report.EffectUnknown, "", "no suite is known now; %s", acceptedWords(c.old))
		return
	case c.old.Matrix == nil:
		c.add(report.AreaSuites, report.EffectNeither, "", "suites are now known: %s", acceptedWords(c.now))
		return
	}
	was, is := c.was, c.is
	var failed error
	minus := func(a []proposals.Product, others ...[]proposals.Product) []proposals.Product {
		out, err := matrix.Difference(a, slices.Concat(others...))
		if failed == nil {
			failed = err
		}
		return out
	}
	both := func(a, b []proposals.Product) []proposals.Product {
		out, err := matrix.Intersection(a, b)
		if failed == nil {
			failed = err
		}
		return out
	}
	more := minus(is.Accepted, was.Accepted)
	gained := minus(both(more, was.Asked), was.Undecided)
	found := minus(more, gained)
	fewer := minus(was.Accepted, is.Accepted)
	lost := minus(both(fewer, is.Asked), is.Undecided)
	hidden := minus(fewer, lost)
	opened := minus(append(both(is.Undecided, was.Asked), minus(was.Asked, is.Asked)...), was.Accepted, was.Undecided, is.Accepted)
	closed := minus(append(both(was.Undecided, is.Asked), minus(is.Asked, was.Asked)...), is.Accepted, is.Undecided, was.Accepted)
	if failed != nil {
		c.lessKnown = true
		c.add(report.AreaSuites, report.EffectUnknown, "", "the sets of suites differ in too many parts to compare")
		return
	}
	c.lessKnown = len(hidden) > 0 || len(opened) > 0
	c.moreKnown = len(found) > 0 || len(closed) > 0

	before := extremes(was.Accepted)
	weak, sound := split(gained, before)
	c.addSuites(report.EffectWeaker, "now accepted, refused before", weak, weakWords(weak, before))
	c.addSuites(report.EffectNeither, "now accepted, refused before", sound, "")
	weak, sound = split(found, extremes(nil))
	c.addSuites(report.EffectUnknown, "accepted, undecided before", weak, weakWords(weak, extremes(nil)))
	c.addSuites(report.EffectNeither, "accepted, undecided before", sound, "")
	weak, sound = split(lost, extremes(is.Accepted))
	c.addSuites(report.EffectStronger, "now refused, accepted before", weak, weakWords(weak, extremes(is.Accepted)))
	c.addSuites(report.EffectNeither, "now refused, accepted before", sound, "")
	c.addSuites(report.EffectNeither, "now undecided, accepted before", hidden, "")
	c.addSuites(report.EffectUnknown, "now undecided, refused before", opened, "")
	c.addSuites(report.EffectNeither, "now refused, undecided before", closed, "")
}

func acceptedWords(t *report.Target) string {
	return english.Counted(t.Matrix.Accepted, "suite", "suites") + " accepted"
}

// addSuites names a set of suites, if it is not empty.
func (c *contrast) addSuites(effect report.Effect, what string, suites []proposals.Product, reason string) {
	if len(suites) == 0 {
		return
	}
	n := matrix.Count(suites)
	c.changes = append(c.changes, report.Change{
		Area: report.AreaSuites, Effect: effect, Text: english.Counted(n, "suite", "suites") + " " + what, Reason: reason,
		Suites: lists.Convert(suites, proposals.Product.String), Count: n,
	})
}

// comparedAxes are those on which algorithms are weaker or stronger than others.
var comparedAxes = []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE}

// extreme are the weakest and the strongest algorithm of each axis.
type extreme struct {
	weakest, strongest [proposals.NumAxes]*proposals.Algorithm
}

// extremes of integrity algorithms have no strongest one where AEAD ciphers,
// which need none, are there, too.
func extremes(products []proposals.Product) extreme {
	var out extreme
	for _, axis := range comparedAxes {
		for _, p := range products {
			for _, a := range p[axis] {
				if out.weakest[axis] == nil || baseline.CompareLevels(a, *out.weakest[axis]) < 0 {
					out.weakest[axis] = &a
				}
				if out.strongest[axis] == nil || baseline.CompareLevels(a, *out.strongest[axis]) > 0 {
					out.strongest[axis] = &a
				}
			}
		}
	}
	if slices.ContainsFunc(products, func(p proposals.Product) bool { return len(p[proposals.INTEG]) == 0 }) {
		out.strongest[proposals.INTEG] = nil
	}
	return out
}

// lowers reports whether a is weak, or weaker than all of e.
func (e extreme) lowers(a proposals.Algorithm) bool {
	if a.Axis > proposals.KE || a.IsNone() {
		return false
	}
	_, weak := baseline.WeaknessOf(a)
	return weak || e.weakest[a.Axis] != nil && baseline.CompareLevels(a, *e.weakest[a.Axis]) < 0
}

// split parts suites into those with an algorithm that lowers e, and others.
func split(suites []proposals.Product, e extreme) (weak, sound []proposals.Product) {
	for _, p := range suites {
		whole := true
		for axis, list := range p {
			kept := slices.DeleteFunc(slices.Clone(list), e.lowers)
			whole = whole && (len(kept) > 0 || len(list) == 0)
			p[axis] = kept
		}
		if whole {
			sound = append(sound, p)
		}
	}
	weak, err := matrix.Difference(suites, sound)
	if err != nil { // then they are not told apart
		return suites, nil
	}
	return weak, sound
}

// weakWords says by which algorithms suites are weak.
func weakWords(suites []proposals.Product, e extreme) string {
	var words []string
	for _, axis := range comparedAxes {
		for _, p := range suites {
			for _, a := range p[axis] {
				if w := a.Keyword(); e.lowers(a) && !slices.Contains(words, w) {
					words = append(words, w)
				}
			}
		}
	}
	if len(words) == 0 {
		return ""
	}
	return "they have " + english.List(words, "or")
}

// algorithms compares what is accepted in any suite.
func (c *contrast) algorithms() {
	if c.old.Matrix == nil || c.now.Matrix == nil {
		return
	}
	before, after := extremes(c.was.Accepted), extremes(c.is.Accepted)
	for axis := proposals.ENCR; axis < proposals.NumAxes; axis++ {
		old, now := c.was.AcceptedOn(axis), c.is.AcceptedOn(axis)
		for _, a := range now {
			if slices.Contains(old, a) {
				continue
			}
			effect, reason := report.EffectNeither, ""
			switch {
			case before.lowers(a):
				effect, reason = report.EffectWeaker, lowerReason(a, before)
			case axis <= proposals.KE && before.strongest[axis] != nil && baseline.CompareLevels(a, *before.strongest[axis]) > 0:
				effect, reason = report.EffectStronger, "stronger than "+before.strongest[axis].Keyword()+", the strongest before"
			}
			if known(a, c.is.Accepted, c.was) {
				c.add(report.AreaAlgorithm, effect, reason, "%s is now accepted", a.Keyword())
				continue
			}
			if effect == report.EffectWeaker {
				effect = report.EffectUnknown
			} else {
				effect, reason = report.EffectNeither, ""
			}
			c.add(report.AreaAlgorithm, effect, reason, "%s is accepted; undecided before", a.Keyword())
		}
		for _, a := range old {
			if slices.Contains(now, a) {
				continue
			}
			effect, reason := report.EffectNeither, ""
			switch {
			case after.lowers(a):
				effect, reason = report.EffectStronger, lowerReason(a, after)
			case axis <= proposals.KE && after.strongest[axis] != nil && baseline.CompareLevels(a, *after.strongest[axis]) > 0:
				effect, reason = report.EffectWeaker, "the strongest now is "+after.strongest[axis].Keyword()
			}
			if !known(a, c.was.Accepted, c.is) {
				if effect == report.EffectWeaker {
					effect = report.EffectUnknown
				} else {
					effect, reason = report.EffectNeither, ""
				}
				c.add(report.AreaAlgorithm, effect, reason, "%s is now undecided; accepted before", a.Keyword())
				continue
			}
			c.add(report.AreaAlgorithm, effect, reason, "%s is no longer accepted", a.Keyword())
		}
	}
}

func lowerReason(a proposals.Algorithm, e extreme) string {
	if w, ok := baseline.WeaknessOf(a); ok {
		return w.Reason
	}
	return "weaker than " + e.weakest[a.Axis].Keyword() + ", the weakest of the others"
}

// known reports whether f decides a, which accepted suites of the other report
// have: all of these were asked about, and nothing about a is open. Then its
// absence is a refusal.
func known(a proposals.Algorithm, accepted []proposals.Product, f assess.Facts) bool {
	var with []proposals.Product
	for _, p := range accepted {
		if slices.Contains(p[a.Axis], a) {
			p[a.Axis] = []proposals.Algorithm{a}
			with = append(with, p)
		}
	}
	rest, err := matrix.Difference(with, f.Asked)
	return err == nil && len(rest) == 0 && !slices.ContainsFunc(f.Undecided, func(p proposals.Product) bool { return slices.Contains(p[a.Axis], a) })
}
