// Package layers says layer by layer how far a client gets with a gateway, as far as a
// report shows.
package layers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// Name is a layer, in the order in which connections go through them.
type Name string

// The layers.
const (
	Network        Name = "network"
	Negotiation    Name = "negotiation"
	Certificate    Name = "certificate"
	Authentication Name = "authentication"
	Clients        Name = "clients"
)

// State is what is known of a layer.
type State string

// The states.
const (
	Passed  State = "passed"
	Warning State = "warning" // it passes, and something is wrong
	Failed  State = "failed"
	Unknown State = "unknown"
)

// Mark returns a character for s, which needs no colour: + ! - or ?.
func (s State) Mark() string {
	switch s {
	case Passed:
		return "+"
	case Warning:
		return "!"
	case Failed:
		return "-"
	}
	return "?"
}

// Layer is what is known of a layer.
type Layer struct {
	Name  Name
	State State
	Words string // a few, such as "UDP 4500 is silent"
	// Problems are the IDs of the findings about it that ask for action, the worst first, each once.
	Problems []string
}

// Of returns the layers of t in their order.
func Of(t *report.Target) []Layer {
	all := []Layer{network(t), negotiation(t), certificate(t), authentication(t), clients(t)}
	subjects := map[report.Subject]int{report.AboutPath: 0, report.AboutIKE: 1, report.AboutIdentity: 2, report.AboutClient: 4}
	for _, f := range t.Findings {
		if i, ok := subjects[f.About()]; ok && f.IsProblem() && !slices.Contains(all[i].Problems, f.ID) {
			all[i].Problems = append(all[i].Problems, f.ID)
		}
	}
	return all
}

func network(t *report.Target) Layer {
	l := Layer{Name: Network}
	switch t.Verdict {
	case report.VerdictIKEv2:
	case report.VerdictError, report.VerdictNotScanned:
		l.State, l.Words = Unknown, t.Verdict.Words()
		return l
	default:
		l.State, l.Words = Failed, t.Verdict.Words()
		return l
	}
	var answer, other, without []string
	works := func(p report.Path) bool { return p.State == report.PathAnswers && p.Transport != report.TCP4500 }
	for _, p := range t.Paths {
		switch words := p.Name() + " " + p.StateWords(); {
		case p.State == report.PathAnswers:
			answer = append(answer, p.Name())
		case p.Transport == report.TCP4500 && p.State != report.PathOpen && p.State != report.PathNotIKE && slices.ContainsFunc(t.Paths, works):
			without = append(without, words) // IKE in TCP is optional (RFC 9329)
		default:
			other = append(other, words)
		}
	}
	l.State, l.Words = Passed, english.List(answer, "and")+" answer"
	if len(answer) == 1 {
		l.Words += "s"
	}
	l.Words = strings.Join(append([]string{l.Words}, without...), ", ")
	if len(other) > 0 {
		l.State, l.Words = Warning, strings.Join(append(other, without...), ", ")
	} else if n := problems(t, report.AboutPath); n > 0 {
		l.State, l.Words = Warning, english.Counted(int64(n), "problem", "problems")
	}
	return l
}

// problems counts the findings about a subject that ask for action.
func problems(t *report.Target, about report.Subject) int {
	n := 0
	for _, f := range t.Findings {
		if f.IsProblem() && f.About() == about {
			n++
		}
	}
	return n
}

func negotiation(t *report.Target) Layer {
	l := Layer{Name: Negotiation, State: Unknown, Words: "not asked"}
	m := t.Matrix
	switch n := problems(t, report.AboutIKE); {
	case m == nil:
	case m.Accepted == 0 && m.Unknown == 0 && m.Refused > 0:
		l.State, l.Words = Failed, "no suite that was asked about is accepted"
	case n > 0:
		l.State, l.Words = Warning, english.Counted(int64(n), "problem", "problems")
	case m.Accepted == 0:
		l.Words = "no suite was seen to be accepted"
	case m.Unknown > 0 || !t.Complete:
		l.Words = "no problem so far"
	default:
		l.State, l.Words = Passed, english.Grouped(m.Accepted)+" suites accepted"
		if m.Accepted == 1 {
			l.Words = "1 suite accepted"
		}
	}
	return l
}

func certificate(t *report.Target) Layer {
	l := Layer{Name: Certificate, State: Unknown, Words: "not asked"}
	if t.Identity == nil {
		return l
	}
	l.Words = english.Plain(string(t.Identity.State))
	if t.Identity.State == report.IdentityRefused {
		l.Words = "not shown"
	}
	var accept, reject, unknown []string
	for _, c := range t.Identity.Connections {
		if c.Proof == report.ProofForged {
			l.State, l.Words = Failed, "its signature was not made with the key of its certificate"
			return l
		}
		for _, j := range c.Judged {
			switch j.Verdict {
			case report.CertificateAccepted:
				accept = append(accept, j.Client.Words())
			case report.CertificateRejected:
				reject = append(reject, j.Client.Words())
			default:
				unknown = append(unknown, j.Client.Words())
			}
		}
	}
	switch {
	case len(reject) > 0 && len(accept)+len(unknown) == 0:
		l.State, l.Words = Failed, "rejected by "+english.List(distinct(reject), "and")
	case len(reject) > 0:
		l.State, l.Words = Warning, "rejected by "+english.List(distinct(reject), "and")
	case len(unknown) > 0:
		l.Words = "not decided for " + english.List(distinct(unknown), "and")
	case len(accept) > 0:
		l.State, l.Words = Passed, "accepted by "+english.List(distinct(accept), "and")
	}
	return l
}

func authentication(t *report.Target) Layer {
	l := Layer{Name: Authentication, State: Unknown, Words: "not tested: no credentials were used"}
	if t.Identity == nil {
		return l
	}
	var methods []string
	for _, c := range t.Identity.Connections {
		if c.Proof == report.ProofSharedKeyMAC {
			l.State, l.Words = Warning, "strangers get a MAC under the pre-shared key"
			return l
		}
		methods = append(methods, c.Methods...)
	}
	if len(methods) > 0 {
		l.Words = "offers " + english.List(distinct(methods), "and") + "; no credentials were used"
	}
	return l
}

func clients(t *report.Target) Layer {
	l := Layer{Name: Clients, State: Unknown, Words: "none compared"}
	if len(t.Clients) == 0 {
		return l
	}
	count := map[report.ClientVerdict]int{}
	weak := 0
	for _, c := range t.Clients {
		count[c.Verdict]++
		if c.Weak != nil {
			weak++
		}
	}
	fail, all := count[report.ClientFails], len(t.Clients)
	switch {
	case fail == all:
		l.State, l.Words = Failed, "none of "+english.Counted(int64(all), "client", "clients")+" can connect"
	case fail > 0:
		l.State, l.Words = Warning, fmt.Sprintf("%d of %d cannot connect", fail, all)
	case count[report.ClientConnects] < all:
		l.Words = fmt.Sprintf("%d of %d unknown", count[report.ClientUnknown], all)
	case weak > 0:
		l.State, l.Words = Warning, fmt.Sprintf("%d of %d get a weak suite", weak, all)
	default:
		l.State, l.Words = Passed, fmt.Sprintf("all %d can connect", all)
		if all == 1 {
			l.Words = "it can connect"
		}
	}
	return l
}

// distinct drops repeated words, and keeps the order.
func distinct(words []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range words {
		if !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}
