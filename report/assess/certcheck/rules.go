package certcheck

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals/table"
	"github.com/ikescope/ikescope/report"
)

//go:embed rules.csv
var rulesCSV string

// rule is a row of rules.csv: what a check means for some clients. Several rows may
// be of one check.
type rule struct {
	id        string
	clients   []report.Family // none: whatever the client
	effect    report.Acceptance
	severity  report.Severity
	shows     []string
	certainty report.Certainty
	source    string
	fixes     []string
	sentence  string
}

// rules reads the table once. A fault in it is a programmer's.
var rules = sync.OnceValue(func() []rule {
	var out []rule
	for _, f := range table.MustRead("rules.csv", rulesCSV,
		"rule", "clients", "effect", "severity", "shows", "certainty", "source", "fixes", "sentence") {
		r := rule{
			id: f["rule"], effect: report.Acceptance(f["effect"]), severity: report.Severity(f["severity"]),
			certainty: report.Certainty(f["certainty"]), source: f["source"], sentence: f["sentence"],
			fixes: strings.Fields(f["fixes"]),
		}
		for _, c := range strings.Fields(f["clients"]) {
			r.clients = append(r.clients, report.Family(c))
		}
		if f["shows"] != "" {
			r.shows = strings.Split(f["shows"], "; ")
		}
		out = append(out, r)
	}
	return out
})

// reason is the row with its sentence filled.
func (r rule) reason(v values) report.Reason {
	out := report.Reason{
		Rule: r.id, Severity: r.severity, Effect: r.effect, Sentence: v.fill(r.sentence),
		Certainty: r.certainty, Source: r.source,
	}
	for _, s := range r.shows {
		out.Shows = append(out.Shows, v.fill(s))
	}
	return out
}

// Row is what a rule means for some clients. Its sentences have places for values:
// "{name}" for the name that users dial.
type Row struct {
	Rule      string
	Clients   []report.Family // none: whatever the client
	Effect    report.Acceptance
	Severity  report.Severity
	Shows     []string
	Certainty report.Certainty
	Source    string
	Sentence  string
	Fixes     []report.IdentityFix // with an example as the name
}

// Rows returns the table, those of one rule one after another.
func Rows() []Row {
	var out []Row
	for _, r := range rules() {
		out = append(out, Row{r.id, r.clients, r.effect, r.severity, r.shows, r.certainty, r.source, r.sentence, fixesOf(r.fixes, "")})
	}
	return out
}
