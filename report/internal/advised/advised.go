// Package advised is advice on a client in words: whether it gets an IKE SA, why not, and
// what would change that.
package advised

import (
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/spelling"
)

// Part is what is said of one thing, in sentences.
type Part struct {
	Title string
	Lines []string
}

// Remedy is a change in words.
type Remedy struct {
	Side string
	// Lines are to paste, and stand as they are. Before says where, and what comes of them;
	// After is what to mind.
	Before, Lines, After []string
	// Weaker are sentences on what is weaker than the policy in force.
	Weaker []string
}

// Verdict says whether the client connects, and where.
func Verdict(a report.Advice) (words, where string) {
	name := a.Target
	if address := report.AddressBeside(name, a.Address); address != "" {
		name += " (" + address + ")"
	}
	words = a.Client.Words()
	if IsWeak(a.Client) {
		words = assess.ConnectsWords(a.Client)
	}
	return words, "at " + name + ", " + string(a.Client.Basis)
}

// IsWeak reports whether the client connects with a weak suite.
func IsWeak(c report.Client) bool { return c.Weak != nil && c.Verdict == report.ClientConnects }

// Parts are what is known of the client, in the names of n; mark goes behind a weak suite.
func Parts(a report.Advice, mark string, n spelling.Names) []Part {
	c := a.Client
	var out []Part
	add := func(title string, said ...string) {
		if said = lists.Distinct(said); len(said) > 0 && said[0] != "" {
			out = append(out, Part{title, lists.Convert(said, n.Text)})
		}
	}
	if c.Suite != "" {
		add("suite", strings.TrimSpace(c.Suite+" "+mark))
	}
	add("weak", assess.WeakWords(c, false)...)
	add("why", lists.Convert(c.Missing, func(m report.Missing) string { return m.Text })...)
	add("IKE_AUTH", c.LoginWords())
	add("doubt", c.Doubt)
	add("notes", c.Notes...)
	return out
}

// Remedies are the changes, in the names of n; what weakens is said in full once.
func Remedies(a report.Advice, n spelling.Names) []Remedy {
	told := make(map[string]bool)
	return lists.Convert(a.Remedies, func(r report.Remedy) Remedy { return remedy(r, n, told) })
}

func remedy(r report.Remedy, n spelling.Names, told map[string]bool) Remedy {
	out := Remedy{Side: r.Side}
	say := func(s string) { out.Before = append(out.Before, n.Text(s)) }
	if r.Where != "" {
		say(r.Where)
	}
	if len(r.Lines) == 0 && r.Why != "" {
		say("no remedy: " + r.Why)
		return out
	}
	out.Lines = r.Lines
	if r.Together {
		say("together with a change on the other side to the same suite")
	}
	if r.Suite == "" {
		for _, note := range r.Notes {
			say(note)
		}
		return out
	}
	what := "; new to the " + r.Side + ": " + english.List(r.Changes, "and")
	switch {
	case len(r.Changes) > 0:
	case r.Side == "client":
		what = ", the only suite that the client then offers"
	default:
		what = ", which the gateway then prefers"
	}
	suite := r.Suite
	if len(r.Weaker) == 0 {
		suite += assess.StillWeak(suite)
	}
	say("both then have " + suite + what)
	for _, s := range r.Weaker {
		if short, _, ok := strings.Cut(s, ":"); ok && told[s] {
			out.Weaker = append(out.Weaker, "WEAKER, as above: "+n.Text(short))
			continue
		}
		told[s] = true
		out.Weaker = append(out.Weaker, "WEAKER: "+n.Text(s))
	}
	out.After = lists.Convert(r.Notes, n.Text)
	return out
}

// Next says what to do next; "" for nothing.
func Next(c report.Client) string {
	switch c.Verdict {
	case report.ClientConnects:
		how := ""
		switch {
		case c.Login == nil:
			how = ", and IKE_AUTH was not asked about"
		case c.Login.Verdict == report.CertificateAccepted:
			how = ", and the client accepts the gateway's certificate"
		}
		return "the IKE algorithms match" + how + "; if the client still fails, the cause is ESP, a certificate or the login: use ikescope explain with the error that it shows"
	case report.ClientUnknown:
		return "scan until it is known: undecided suites may be accepted; for a silent gateway, see ikescope explain no_answer"
	}
	return ""
}
