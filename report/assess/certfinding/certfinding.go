// Package certfinding makes findings of what clients make of a gateway's certificate.
package certfinding

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// Findings returns one for each rule on certificates that applies to what a gateway
// shows of itself, and asks for action; none of nil.
func Findings(identity *report.Identity) []report.Finding {
	if identity == nil {
		return nil
	}
	out := append(nullFinding(identity), keptFinding(identity)...)
	for i := range identity.Connections {
		c := &identity.Connections[i]
		all := ofAnswer(answer{remarks: c.Remarks, judged: c.Judged, fixes: c.Fixes})
		for _, t := range c.EAPTLS {
			all = append(all, ofAnswer(answer{"the certificate of the server of " + t.Method + ": ", t.Remarks, t.Judged, c.Fixes})...)
		}
		for _, f := range append(all, revocationFindings(c)...) {
			if at := slices.IndexFunc(out, func(o report.Finding) bool { return o.ID == f.ID && o.Title == f.Title }); at >= 0 {
				out[at].Evidence = append(out[at].Evidence, f.Evidence...)
				continue
			}
			out = append(out, f)
		}
	}
	// As reports show them: lines to paste are written once, at the first.
	slices.SortStableFunc(out, func(a, b report.Finding) int {
		return cmp.Or(cmp.Compare(a.Severity.Rank(), b.Severity.Rank()), strings.Compare(a.ID, b.ID))
	})
	for i := range out {
		f := &out[i]
		at := slices.IndexFunc(out[:i], func(o report.Finding) bool { return slices.Equal(o.Lines, f.Lines) })
		if at >= 0 && len(f.Lines) > 0 {
			f.Lines, f.Fix = nil, append(f.Fix, "the lines to paste are those of "+out[at].ID)
		}
	}
	return out
}

// rejection is a rule with the clients that do not connect for it, and those that may
// not.
type rejection struct {
	report.Reason
	clients, perhaps []string
}

// goal is what a fix is for, and where it can be done.
type goal struct {
	what  string
	where []string
}

// answer is what clients make of a certificate: that of IKE, or of a server of EAP, which
// server then names.
type answer struct {
	server  string
	remarks []report.Reason
	judged  []report.JudgedClient
	fixes   []report.IdentityFix
}

func ofAnswer(c answer) []report.Finding {
	var rules []rejection
	add := func(r report.Reason, who string) {
		at := slices.IndexFunc(rules, func(o rejection) bool { return o.Rule == r.Rule })
		if at < 0 {
			at, rules = len(rules), append(rules, rejection{Reason: r})
			rules[at].Evidence = nil
		}
		one := &rules[at]
		one.Evidence = append(slices.Clip(one.Evidence), r.Evidence...)
		if r.Severity.Rank() < one.Severity.Rank() { // the gravest speaks
			one.Severity, one.Sentence, one.Source = r.Severity, r.Sentence, r.Source
		}
		one.Fixes = merged(one.Fixes, r.Fixes)
		switch {
		case who == "":
		case r.Effect == report.CertificateRejected:
			one.clients = append(one.clients, who)
		default:
			one.perhaps = append(one.perhaps, who)
		}
	}
	for _, r := range c.remarks {
		if r.Severity.Rank() <= report.SeverityMedium.Rank() {
			add(r, "")
		}
	}
	for _, client := range c.judged {
		for _, r := range client.Reasons {
			if c.server == "" && strings.HasPrefix(r.Rule, "eap-") {
				continue // of the server's own findings
			}
			if r.Rule == report.RuleRevoked {
				continue // each certificate is a finding of its own
			}
			if r.Effect == report.CertificateRejected || r.Effect == report.CertificateUnknown && r.Severity.Rank() <= report.SeverityMedium.Rank() {
				who := client.Client.Words()
				if r.Effect == report.CertificateRejected {
					who += shown(client)
				}
				add(r, who)
			}
		}
	}
	var out []report.Finding
	for _, r := range rules {
		f := report.Finding{
			ID:       idOf(r.Rule),
			Severity: r.Severity, Title: c.server + r.Sentence, Evidence: slices.Compact(slices.Sorted(slices.Values(r.Evidence))), Refs: []string{r.Source},
		}
		if c.server != "" {
			f.ID = idOf("eap-" + r.Rule)
		}
		var who []string
		do, may := "do not connect", "may not connect"
		if c.server != "" {
			do, may = "reject it", "may reject it"
		}
		if len(r.clients) > 0 {
			who = append(who, "clients that "+do+": "+english.List(r.clients, "and"))
		}
		if len(r.perhaps) > 0 {
			who = append(who, "clients that "+may+": "+english.List(r.perhaps, "and"))
		}
		f.Detail = strings.Join(who, "; ")
		if first := decidedBy(rules, r.Rule); first != "" {
			f.Fix = []string{"see " + idOf(first) + ", which decides the name"}
			out = append(out, f)
			continue
		}
		var goals []goal
		fixes := slices.DeleteFunc(slices.Clone(c.fixes), func(fix report.IdentityFix) bool { return !slices.Contains(r.Fixes, fix.ID) })
		slices.SortStableFunc(fixes, func(a, b report.IdentityFix) int { // as the rule names them
			return cmp.Compare(slices.Index(r.Fixes, a.ID), slices.Index(r.Fixes, b.ID))
		})
		for _, fix := range fixes {
			at := slices.IndexFunc(goals, func(g goal) bool { return g.what == fix.Goal })
			if at < 0 {
				at, goals = len(goals), append(goals, goal{what: fix.Goal})
			}
			goals[at].where = append(goals[at].where, fix.Where)
			if len(fixes) > 1 {
				f.Lines = append(f.Lines, "# "+fix.Where)
			}
			f.Lines = append(f.Lines, fix.Lines...)
		}
		for _, g := range goals {
			f.Fix = append(f.Fix, g.what+" ("+strings.Join(g.where, "; or ")+")")
		}
		out = append(out, f)
	}
	return out
}

// merged returns fixes with those of more that are of one of their groups after the last
// of it, and the others at the end: what each client needs.
func merged(fixes, more []string) []string {
	out := slices.Clone(fixes)
	group := func(id string) string { g, _, _ := strings.Cut(id, "/"); return g }
	for _, id := range more {
		if slices.Contains(out, id) {
			continue
		}
		at := len(out)
		for i, known := range out {
			if group(known) == group(id) {
				at = i + 1
			}
		}
		out = slices.Insert(out, at, id)
	}
	return out
}

// idOf returns the ID of the finding of a rule.
func idOf(rule string) string { return string(report.AboutIdentity) + "-" + strings.ToUpper(rule) }

// decidedBy returns the one of rules whose fix decides what would mend rule, so that
// fixes do not pull in several ways: which name the gateway goes by.
func decidedBy(rules []rejection, rule string) string {
	const first = "name-missing"
	follows := rule == "host-name-refused" || rule == "id-not-in-certificate"
	if follows && slices.ContainsFunc(rules, func(r rejection) bool { return r.Rule == first }) {
		return first
	}
	return ""
}

// shown is what a client shows, in parentheses.
func shown(c report.JudgedClient) string {
	if len(c.Shows) == 0 {
		return ""
	}
	if c.Client == report.FamilyWindows {
		return " (error " + strings.Join(c.Shows, " or ") + ")"
	}
	return " (" + c.Shows[0] + ")"
}
