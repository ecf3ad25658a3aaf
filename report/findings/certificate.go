package findings

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess/certcheck"
	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/internal/lists"
)

const (
	identityPrefix = string(report.AboutIdentity) + "-"
	eapPrefix      = identityPrefix + "EAP-"
)

// place is where a sentence of a rule has a value: "{name}".
var place = lazyregexp.New(`\{([a-z]+)\}`)

// withPlaces writes the places of a sentence in capital letters.
func withPlaces(sentence string) string {
	return place.ReplaceAllStringFunc(sentence, func(s string) string { return strings.ToUpper(strings.Trim(s, "{}")) })
}

// certificatePages has one for each rule on certificates.
func certificatePages() []Page {
	var out []Page
	var of []certcheck.Row // of the last page
	for _, r := range certcheck.Rows() {
		if r.Rule == report.RuleRevoked {
			continue // the page on it says more
		}
		id := identityPrefix + strings.ToUpper(r.Rule)
		if len(out) == 0 || !out[len(out)-1].has(id) {
			out, of = append(out, Page{IDs: []string{id}, Seen: sentence(withPlaces(r.Sentence))}), nil
		}
		of = append(of, r)
		p := &out[len(out)-1]
		p.Why = strings.TrimSpace(p.Why + " " + effect(r))
		p.Wrong = doubts(of)
		p.Refs = lists.Distinct(append(p.Refs, r.Source))
		for _, f := range r.Fixes {
			c := explain.Change{Product: f.Where, What: f.Goal, Lines: f.Lines}
			if f.Comment != "" {
				c.What += "; " + f.Comment
			}
			if !slices.ContainsFunc(p.Change, func(o explain.Change) bool { return o.Product == c.Product && o.What == c.What }) {
				p.Change = append(p.Change, c)
			}
		}
	}
	return out
}

// sentence is half a one with its capital letter and full stop.
func sentence(half string) string {
	return strings.ToUpper(half[:1]) + half[1:] + "."
}

// families names clients.
func families(all []report.Family) string {
	return english.List(lists.Convert(all, report.Family.Words), "and")
}

// effect says what a rule means for its clients.
func effect(r certcheck.Row) string {
	who := families(r.Clients)
	var words string
	switch {
	case who == "":
		words = "A remark on the gateway, whatever the client"
	case r.Effect == report.CertificateRejected:
		words = "Rejected by " + who
	case r.Effect == report.CertificateUnknown:
		words = "Perhaps rejected by " + who
	default:
		words = "A remark for " + who
	}
	words += " (" + string(r.Severity) + ")"
	if len(r.Shows) > 0 && r.Clients[0] == report.FamilyWindows {
		words += ": error " + english.List(r.Shows, "or")
	} else if len(r.Shows) > 0 {
		words += `: "` + withPlaces(strings.Join(r.Shows, `" or "`)) + `"`
	}
	return strings.TrimSuffix(words, ".") + "."
}

// certainties are how far a rule is known.
var certainties = []struct {
	of    report.Certainty
	words string
}{
	{report.Measured, "Measured with daemons of our own"}, {report.Documented, "Documented, and not tried here"},
	{report.Reported, "Reported by somebody whom it happened to, and not tried here"}, {report.NotFound, "No source was found"},
}

// doubts says how far what rules say is known, for which clients.
func doubts(rows []certcheck.Row) string {
	var out []string
	for _, c := range certainties {
		var clients []report.Family
		found := false
		for _, r := range rows {
			if r.Certainty == c.of {
				found, clients = true, append(clients, r.Clients...)
			}
		}
		switch {
		case !found:
		case len(clients) == 0:
			out = append(out, c.words+".")
		default:
			out = append(out, c.words+", for "+families(clients)+".")
		}
	}
	return strings.Join(out, " ")
}
