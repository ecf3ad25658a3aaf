// Package changed is what changed between two reports in words: the changes in groups, and
// in the names of algorithms that were asked for.
package changed

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/spelling"
)

// Group is changes of one effect.
type Group struct {
	// Title is "weaker", "unclear", "stronger", "clients" or "other". Of what is unclear it
	// is not known whether it is weaker: less is known than before, or more is.
	Title   string
	Changes []report.Change
}

// titles are those of groups in their order, with what a summary calls one change, and several.
var titles = []struct{ title, one, many string }{
	{"weaker", "weaker", "weaker"}, {"unclear", "unclear", "unclear"}, {"stronger", "stronger", "stronger"}, {"clients", "about clients", "about clients"}, {"other", "other", "others"},
}

// titleOf is that of the group that c belongs to.
func titleOf(c report.Change) string {
	switch c.Effect {
	case report.EffectWeaker, report.EffectStronger:
		return string(c.Effect)
	case report.EffectUnknown:
		return "unclear"
	}
	if c.Area == report.AreaClient {
		return "clients"
	}
	return "other"
}

// Groups returns changes by what they mean, the weaker ones first, in the names of n.
func Groups(changes []report.Change, n spelling.Names) []Group {
	var out []Group
	for _, of := range titles {
		g := Group{Title: of.title}
		for _, c := range changes {
			if titleOf(c) == of.title {
				g.Changes = append(g.Changes, named(c, n))
			}
		}
		if len(g.Changes) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// Summary counts changes: "10 changes: 2 weaker, 1 stronger, 3 about clients, 4 others".
func Summary(changes []report.Change) string {
	var words []string
	for _, of := range titles {
		count := 0
		for _, c := range changes {
			if titleOf(c) == of.title {
				count++
			}
		}
		if count > 0 {
			words = append(words, english.Counted(int64(count), of.one, of.many))
		}
	}
	return english.Counted(int64(len(changes)), "change", "changes") + ": " + strings.Join(words, ", ")
}

// mostSuites bounds the sets of suites that are listed of each change.
const mostSuites = 6

// Suites lists the first sets of suites of a change, and how many more there are.
func Suites(c report.Change) []string {
	out := append([]string(nil), c.Suites[:min(len(c.Suites), mostSuites)]...)
	if more := len(c.Suites) - mostSuites; more > 0 {
		out = append(out, fmt.Sprintf("and %s more of suites, in the JSON report", english.Counted(int64(more), "set", "sets")))
	}
	return out
}

// named is c in the names of n, and c itself where words of the gateway are among its
// sentences.
func named(c report.Change, n spelling.Names) report.Change {
	switch c.Area {
	case report.AreaSuites, report.AreaAlgorithm, report.AreaPreference, report.AreaPostQuantum, report.AreaFinding, report.AreaClient:
		c.Text, c.Reason, c.Suites = n.Text(c.Text), n.Text(c.Reason), lists.Convert(c.Suites, n.Text)
	}
	return c
}
