package incident

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/causes"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/meet"
	"github.com/ikescope/ikescope/report/incident/sentence"
)

// Fix is one thing to do about a cause.
type Fix struct {
	Where string `json:"where,omitempty"` // the file, product or side
	Line  string `json:"line"`
	Paste bool   `json:"paste"` // Line is to be pasted; else it is said in words
}

// fixed returns the cause whose fixes are those of the attempt: that of a variant, if
// it has some of its own.
func (a *Attempt) fixed() string {
	if a.Cause == nil {
		return a.ending
	}
	variant := a.Cause.ID
	switch {
	case variant == "windows":
		variant += "-" + a.Cause.Event.Arg("code")
	case variant == "child-proposal" && a.Version == 1 && a.Side == event.Initiator && len(a.Cause.Gaps) == 0:
		variant += "-ikev1"
	}
	if hasFix(variant) {
		return variant
	}
	return a.Cause.ID
}

// hasFix reports whether something is known to do about a cause.
func hasFix(cause string) bool {
	return slices.ContainsFunc(causes.Fixes(), func(f causes.Fix) bool { return f.Cause == cause })
}

// maxFixes bounds what is proposed for one cause.
const maxFixes = 4

// Fixes returns what to do about the cause of the attempt, or about how it ended, in the product's own
// lines where they are known.
func (a *Attempt) Fixes() []Fix {
	var out []Fix
	var args map[string]string
	if a.Cause != nil {
		out, args = append(a.algorithms(), a.Cause.Checks...), a.Cause.Event.Args
	}
	words := make(map[string]string)
	for _, from := range []map[string]string{a.words, args, {"peer": a.Peer, "local": a.Local, "conn": a.Connection}} {
		for name, value := range from {
			if value != "" {
				words[name] = value
			}
		}
	}
	if sent := a.sentID(); a.Cause != nil && a.Cause.ID == "id-not-in-cert" && sent != "" {
		words["id"] = sent
	}
	if a.Cause != nil {
		a.proposed(words)
	}
	if words["set"]+words["ask"] != "" {
		words["take"], words["offer"] = a.apart("set"), a.apart("ask")
	}
	pasted := sentence.Pasted(words)
	cause := a.fixed()
	for _, product := range []string{a.Product, ""} {
		if product == "" && len(out) > 0 {
			break
		}
		for _, f := range causes.Fixes() {
			if f.Cause != cause || f.Product != product || !a.takes(f) || len(out) == maxFixes {
				continue
			}
			of := words
			if f.Paste {
				of = pasted
			}
			if line, known := sentence.Words(f.Line, of); known {
				out = append(out, Fix{Where: f.Where, Line: line, Paste: f.Paste})
			}
		}
	}
	return out
}

// takes reports whether a fix for a cause of the attempt is one for its side, its version
// of IKE and the system of its product.
func (a *Attempt) takes(f causes.Fix) bool {
	side := map[string]event.Side{"r": event.Responder, "i": event.Initiator, "u": ""}
	if whose, ok := side[f.Side]; ok && whose != a.Side || f.Version != 0 && a.Version != 0 && f.Version != a.Version {
		return false
	}
	return (f.System == "" || f.System == cmp.Or(a.words["os"], "IOS")) && !a.unfit(f.Line)
}

// apart returns a word of the lines about the algorithms that keep the two sides
// apart, of all of them: which setting takes what came, or what to ask for.
func (a *Attempt) apart(name string) string {
	var out []string
	for i := range a.Events {
		if e := &a.Events[i]; e.Arg(name) != "" && !slices.Contains(out, e.Arg(name)) && !a.common(e.Arg("axis")) {
			out = append(out, e.Arg(name))
		}
	}
	return strings.Join(out, " ")
}

// algorithms returns the lines that let the two sides meet where their lists do not.
func (a *Attempt) algorithms() []Fix {
	theirs, ours := a.lists.theirs, a.lists.ours
	var lines []meet.Line
	switch id, apart := a.Cause.ID, len(a.Cause.Gaps) > 0; {
	case apart && (id == "child-proposal" || id == "child-pfs"):
		lines = meet.Child(a.Product, theirs, ours, a.lists.got, a.lists.want, id == "child-pfs")
	case apart:
		lines = meet.IKE(theirs, ours, meet.Syntax(a.Product))
	case a.Product == "libreswan" && id == "ike-proposal" && len(ours) == 0 && a.Side == event.Responder && a.Version != 1:
		lines = meet.Offered(theirs)
	}
	var out []Fix
	for _, l := range lines {
		if text, ok := a.ownTunnel(l.Text); ok {
			out = append(out, Fix{Where: l.Where, Line: text, Paste: l.Paste})
		}
	}
	return out
}

// ownTunnel returns a line for FortiOS, unless it is what the tunnel of the log has
// already: with its name, where that needs no quoting, and without its version of IKE.
// Others are as they were.
func (a *Attempt) ownTunnel(line string) (string, bool) {
	if a.Product == "FortiGate" && plainName.MatchString(a.Connection) {
		line = strings.Replace(line, `edit "NAME"`, `edit "`+a.Connection+`"`, 1)
	}
	return line, a.Product != "FortiGate" || strings.TrimSpace(line) != "set ike-version 2"
}

// plainName is a name that means nothing but itself in a command line.
var plainName = lazyregexp.New(`^[A-Za-z0-9_.-]{1,35}$`)
