package certcheck

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/report"
)

// Judge returns what each client makes of the gateway.
func Judge(g Gateway) Result {
	f := examine(g)
	r := Result{Path: f.path, Root: shown(f.root()), DaysLeft: f.daysLeft()}
	reasons := make(map[report.Family][]report.Reason)
	for _, row := range rules() {
		values, applies := checks[row.id](f)
		if !applies {
			continue
		}
		reason := row.reason(values)
		ids := slices.DeleteFunc(slices.Clone(row.fixes), func(id string) bool { return id == "sha1" && !f.allowsSHA1() })
		for _, fix := range fixesOf(ids, g.Name) {
			reason.Fixes = append(reason.Fixes, fix.ID)
			if !slices.ContainsFunc(r.Fixes, func(known report.IdentityFix) bool { return known.ID == fix.ID }) {
				r.Fixes = append(r.Fixes, fix)
			}
		}
		for _, c := range row.clients {
			reasons[c] = append(reasons[c], reason)
		}
		if len(row.clients) == 0 {
			r.Observations = append(r.Observations, reason)
		}
	}
	bySeverity(r.Observations)
	for _, c := range report.Families() {
		r.Clients = append(r.Clients, clientResult(c, reasons[c]))
	}
	return r
}

// clientResult weighs the reasons of one client.
func clientResult(c report.Family, reasons []report.Reason) report.JudgedClient {
	bySeverity(reasons)
	out := report.JudgedClient{Client: c, Verdict: report.CertificateAccepted, Reasons: reasons}
	for _, effect := range []report.Acceptance{report.CertificateRejected, report.CertificateUnknown} {
		i := slices.IndexFunc(reasons, func(r report.Reason) bool { return r.Effect == effect })
		if i >= 0 {
			out.Verdict, out.Shows = effect, reasons[i].Shows
			break
		}
	}
	return out
}

// bySeverity puts what rejects first, then what leaves it open, of both the gravest.
func bySeverity(reasons []report.Reason) {
	effects := []report.Acceptance{report.CertificateRejected, report.CertificateUnknown, ""}
	slices.SortStableFunc(reasons, func(a, b report.Reason) int {
		return cmp.Or(
			cmp.Compare(slices.Index(effects, a.Effect), slices.Index(effects, b.Effect)),
			cmp.Compare(a.Severity.Rank(), b.Severity.Rank()))
	})
}

// values fill the places in braces of a sentence.
type values map[string]string

// fill returns text with the places filled. Braces of a value are no places.
func (v values) fill(text string) string {
	var pairs []string
	for name, value := range v {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
