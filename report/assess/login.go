package assess

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess/certcheck"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// maxLoginReasons is how many reasons are said of a client.
const maxLoginReasons = 3

// login adds to a client that gets an IKE SA what is known of the IKE_AUTH that
// follows: whether the connection behind its suite is for clients like it, and whether
// it accepts the certificate there. One that does not fails, in spite of its suite.
func (c predictor) login(out *report.Client, p client.Policy) {
	family := report.Family(p.Family)
	suites := SuitesOf(*out)
	if c.target.Identity == nil || family == "" || out.Verdict != report.ClientConnects || len(suites) == 0 {
		return
	}
	if why := withoutEAP(p); why != "" {
		out.Login = &report.ClientLogin{Verdict: report.CertificateUnknown, Reasons: []string{why}}
		return
	}
	var first *report.ClientLogin
	for _, s := range suites {
		one := c.loginWith(s, family, p)
		if first == nil {
			first = &one
		} else if one.Verdict != first.Verdict {
			first = &report.ClientLogin{Verdict: report.CertificateUnknown, Reasons: []string{"it depends on which suite the gateway chooses"}}
			break
		}
	}
	if len(suites) >= MostCandidates && first.Verdict != report.CertificateUnknown {
		first.Verdict = report.CertificateUnknown // of others it is not known
	}
	out.Login = first
	if first.Verdict == report.CertificateRejected {
		out.Verdict = report.ClientFails
	}
}

// withoutLogin takes back what login made of a client.
func withoutLogin(c report.Client) report.Client {
	if c.FailsInAuth() {
		c.Verdict = report.ClientConnects
	}
	c.Login = nil
	return c
}

// loginWith is login with one suite.
func (c predictor) loginWith(s proposals.Suite, family report.Family, p client.Policy) report.ClientLogin {
	out := report.ClientLogin{Verdict: report.CertificateUnknown}
	connection, why := c.connectionOf(s)
	if connection == nil {
		out.Reasons = []string{why}
		return out
	}
	out.Evidence = lists.Evidence(connection.Evidence)
	if connection.State == report.IdentitySeen {
		out.Identity = connection.ID
		i := slices.IndexFunc(connection.Judged, func(j report.JudgedClient) bool { return j.Client == family })
		if i < 0 {
			return out
		}
		judged := c.ofConfiguration(connection.Judged[i], connection, p)
		out.Verdict = judged.Verdict
		for _, r := range judged.Reasons {
			if r.Effect != judged.Verdict || r.Effect == "" {
				continue
			}
			if len(out.Reasons) < maxLoginReasons {
				out.Reasons = append(out.Reasons, r.Sentence)
			}
			out.Evidence = lists.Evidence(append(out.Evidence, r.Evidence...))
			out.Fixes = append(out.Fixes, r.Fixes...)
		}
		if judged.Verdict == report.CertificateRejected {
			out.Shows = judged.Shows
		}
		return out
	}
	others := c.seenWith()
	switch {
	case connection.State == report.IdentityRefused && connection.Notify == ike.AUTHENTICATION_FAILED.String() && others != "":
		out.Verdict = report.CertificateRejected
		out.Reasons = []string{"with this suite the gateway refuses a client that asks for EAP, with AUTHENTICATION_FAILED, and answers it with " + others +
			": suite and login belong to different connections"}
		if family == report.FamilyWindows {
			out.Shows = []string{"13801"}
		}
	case connection.State == report.IdentityRefused && connection.Notify == ike.AUTHENTICATION_FAILED.String():
		// It wants a certificate or a pre-shared key of clients, or serves others than us,
		// which is the same for all clients.
	case connection.State == report.IdentityRefused:
		out.Reasons = []string{"the gateway answers IKE_AUTH with " + connection.Notify}
	case connection.State == report.IdentityNoAnswer:
		out.Reasons = []string{"the gateway does not answer an IKE_AUTH that asks for EAP"}
	default:
		out.Reasons = []string{"what IKE_AUTH brings with this suite was not seen"}
	}
	return out
}

// connectionOf returns what the gateway shows with a suite: the connection that it was
// asked with, or the only one where it was asked with another suite of its product.
// Else it says why that is not known.
func (c predictor) connectionOf(s proposals.Suite) (*report.Connection, string) {
	all := c.target.Identity.Connections
	own := slices.IndexFunc(c.Accepted, func(p proposals.Product) bool { return p.Contains(s) })
	near := ""
	for i := range all {
		for _, keywords := range all[i].Suites {
			asked, err := proposals.ParseSuite(keywords)
			if err != nil {
				continue
			}
			if asked == s {
				return &all[i], ""
			}
			if own >= 0 && near == "" && c.Accepted[own].Contains(asked) {
				near = keywords
			}
		}
	}
	switch {
	case near != "" && len(all) == 1:
		return &all[0], ""
	case near != "":
		return nil, "the gateway has several connections, and was not asked who it is with this suite, but with " + near
	}
	return nil, "the gateway was not asked who it is with such a suite"
}

// seenWith names the suites, of those asked with, with which the gateway shows who it
// is; "" if there are none.
func (c predictor) seenWith() string {
	for _, connection := range c.target.Identity.Connections {
		if connection.State == report.IdentitySeen && len(connection.Suites) > 0 {
			return connection.Suites[0]
		}
	}
	return ""
}

// FailsWords says in one sentence, without its full stop, why a client fails.
func FailsWords(c report.Client) string {
	if c.FailsInAuth() {
		return "in IKE_AUTH: " + c.LoginWords()
	}
	return MissingWords(c)
}

// loginFix is the first of loginRemedies, in short; nil if there is none.
func loginFix(t *report.Target, c report.Client) *report.ClientFix {
	all := loginRemedies(t, c)
	if len(all) == 0 {
		return nil
	}
	return &report.ClientFix{Side: all[0].Side, What: all[0].Notes[0], Where: all[0].Where, Weaker: []string{}, Lines: append([]string{}, all[0].Lines...)}
}

// loginRemedies are the ways to mend what makes a client fail in IKE_AUTH, the likeliest
// first.
func loginRemedies(t *report.Target, c report.Client) []report.Remedy {
	if !c.FailsInAuth() || t.Identity == nil {
		return nil
	}
	var out []report.Remedy
	for _, id := range ownFirst(t, c.Login.Fixes) {
		for _, f := range fixesOf(t, id) {
			if slices.ContainsFunc(out, func(r report.Remedy) bool { return r.Where == f.Where && slices.Equal(r.Lines, f.Lines) }) {
				continue
			}
			r := report.Remedy{Side: "gateway", Where: f.Where, Changes: []string{}, Weaker: []string{}, Lines: f.Lines, Notes: []string{f.Goal}}
			if group, _, _ := strings.Cut(f.ID, "/"); group == "dial" || group == "trust" || group == "setmethod" {
				r.Side = "client"
			}
			if f.Comment != "" {
				r.Notes = append(r.Notes, f.Comment)
			}
			out = append(out, r)
		}
	}
	if len(out) == 0 && len(c.Login.Fixes) == 0 {
		out = append(out, sameConnection(t, c)...)
	}
	return out
}

// fixesOf returns the fix of an ID, as connections of t have it.
func fixesOf(t *report.Target, id string) []report.IdentityFix {
	var out []report.IdentityFix
	for _, connection := range t.Identity.Connections {
		for _, f := range connection.Fixes {
			if f.ID == id {
				out = append(out, f)
			}
		}
	}
	if len(out) == 0 {
		return certcheck.FixesOf([]string{id}, t.Identity.Name)
	}
	return out
}

// ownFirst returns the IDs of fixes with that of the gateway's product before the other
// ones of its group, if Vendor IDs name the product.
func ownFirst(t *report.Target, ids []string) []string {
	product := map[client.Syntax]string{client.SyntaxSwanctl: "strongswan", client.SyntaxLibreswan: "libreswan", client.SyntaxIked: "openiked"}[gatewaySyntaxes(t)[0]]
	group := func(id string) string { g, _, _ := strings.Cut(id, "/"); return g }
	out := slices.Clone(ids)
	slices.SortStableFunc(out, func(a, b string) int {
		if group(a) != group(b) {
			return slices.IndexFunc(ids, func(id string) bool { return group(id) == group(a) }) - slices.IndexFunc(ids, func(id string) bool { return group(id) == group(b) })
		}
		rank := func(id string) int {
			if id == group(id)+"/"+product {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
	return slices.Compact(out)
}

// sameConnection mends a client whose suite leads to another connection than that which
// would answer it.
func sameConnection(t *report.Target, c report.Client) []report.Remedy {
	suites := SuitesOf(c)
	for _, connection := range t.Identity.Connections {
		if connection.State != report.IdentitySeen || len(connection.Suites) == 0 || len(suites) == 0 {
			continue
		}
		what := "let the connection that answers as " + connection.ID + " accept " + suites[0].String() + ", too, or let the client get " + connection.Suites[0]
		return []report.Remedy{{Side: "gateway", Changes: []string{}, Weaker: []string{}, Lines: []string{}, Notes: []string{what}}}
	}
	return nil
}
