package diff

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

// gets is a change of the suite that some clients get.
type gets struct {
	effect          report.Effect
	was, is, reason string
	clients         []string
}

// clientSuite compares the suites that a client gets which connects, then and
// now. It got stronger or weaker where both are known. Where only candidates are,
// it may have, if one of them is weaker than all that it was before, and not
// because less was asked about.
func (c *contrast) clientSuite(old, now report.Client) {
	was, is := assess.SuitesOf(old), assess.SuitesOf(now)
	if len(was) == 0 || len(is) == 0 || len(was) >= assess.MostCandidates {
		return // it is not known what it got
	}
	change := gets{effect: report.EffectNeither, was: assess.SuiteWords(old), is: assess.SuiteWords(now)}
	if old.Suite != "" && now.Suite != "" {
		if old.Suite == now.Suite {
			return
		}
		if c.comparable(was[0], is[0]) {
			change.effect, change.reason = compareSuites(old.Suite, now.Suite)
		}
	} else {
		weakest := slices.MinFunc(is, func(a, b proposals.Suite) int {
			return cmp.Or(cmp.Compare(baseline.SuiteSoundness(a), baseline.SuiteSoundness(b)), baseline.CompareSuites(a, b))
		})
		notWeaker := func(s proposals.Suite) bool {
			return baseline.CompareSuites(weakest, s) >= 0 || !c.comparable(s, weakest)
		}
		if slices.ContainsFunc(was, notWeaker) {
			return
		}
		change.effect, change.is = report.EffectUnknown, weakest.String()
		_, change.reason = compareSuites(was[0].String(), change.is)
	}
	name := now.Name
	if now.Doubt != "" {
		name += " (doubtful)"
	}
	same := func(g gets) bool {
		return g.effect == change.effect && g.was == change.was && g.is == change.is && g.reason == change.reason
	}
	i := slices.IndexFunc(c.gets, same)
	if i < 0 {
		c.gets = append(c.gets, change)
		i = len(c.gets) - 1
	}
	c.gets[i].clients = append(c.gets[i].clients, name)
}

// comparable reports whether both scans decide both suites, so that one in
// place of the other is a change of the gateway.
func (c *contrast) comparable(was, is proposals.Suite) bool {
	return c.is.State(was) != matrix.NotTested && c.was.State(is) != matrix.NotTested
}

// clientSuites names the changes that clientSuite found, those of many
// clients at once.
func (c *contrast) clientSuites() {
	for _, g := range c.gets {
		verb := "get"
		switch {
		case g.effect == report.EffectUnknown:
			verb = "may get"
		case len(g.clients) == 1:
			verb = "gets"
		}
		c.add(report.AreaClient, g.effect, g.reason, "%s %s %s; before, it was %s", english.List(g.clients, "and"), verb, g.is, g.was)
	}
}
