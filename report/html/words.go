package html

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/introduction"
	"github.com/ikescope/ikescope/report/internal/route"
	"github.com/ikescope/ikescope/report/internal/stories"
	"github.com/ikescope/ikescope/report/internal/traversal"
)

// functions are those of the page.
var functions = template.FuncMap{
	"plain":    plain,
	"grouped":  english.Grouped,
	"join":     func(list []string) string { return strings.Join(list, ", ") },
	"ms":       ms,
	"measured": func(p report.Path) string { return traversal.Measured(p, ms) },
	"hop":      func(h report.Hop) string { return route.Hop(h, ms(h.RTTms)) },
	"routeEnd": route.End,
	"octets":   octets,
	"keywords": func(list []report.Algorithm) string {
		var out []string
		for _, a := range list {
			out = append(out, a.Keyword)
		}
		return strings.Join(out, ", ")
	},
	"size": func(c report.Connection, address string) []string {
		return introduction.Size(&c, introduction.Local(address))
	},
	"capital":   func(s string) string { return strings.ToUpper(s[:min(len(s), 1)]) + s[min(len(s), 1):] },
	"clock":     stories.Clock,
	"times":     stories.Times,
	"counted64": english.Counted,
	"inc":       func(n int) int { return n + 1 },
	"severity":  func(i int) report.Severity { return report.Severities()[i] },
	"rank":      func(s report.Severity) int { return s.Rank() },
	"dict":      func(id string, evidence []int) evidenceView { return evidenceView{id, evidence} },
	"counted": func(n int, one, many string) string {
		return english.Counted(int64(n), one, many)
	},
	"gateName": func(g report.Gate) string {
		kind := plain(string(g.Kind))
		if g.Kind == report.BaselineGate {
			return kind // whose name is the target's
		}
		return kind + " " + g.Name
	},
	"gateMark": func(s report.GateState) string {
		return map[report.GateState]string{report.GatePassed: "+", report.GateFailed: "-", report.GateUndecided: "?"}[s]
	},
}

// evidenceView is the exchanges that show something, of the target with that ID.
type evidenceView struct {
	ID       string
	Evidence []int
}

// plain is a word of the document as people write it.
func plain(word any) string { return strings.ReplaceAll(fmt.Sprint(word), "_", " ") }

func ms(n float64) string {
	switch {
	case n == 0:
		return ""
	case n >= 1000:
		return fmt.Sprintf("%.1f s", n/1000)
	case n >= 10:
		return fmt.Sprintf("%.1f ms", n)
	}
	return fmt.Sprintf("%.2f ms", n)
}

func octets(n int64) string {
	if n < 10_000 {
		return english.Grouped(n) + " octets"
	}
	return english.Grouped(n/1000) + " kB"
}
