package incident

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/proposals/table"
	"github.com/ikescope/ikescope/report/incident/causes"
	"github.com/ikescope/ikescope/report/incident/offered"
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
		variant += "-" + a.Cause.Event.arg("code")
	case variant == "child-proposal" && a.Version == 1 && a.Side == Initiator && len(a.Cause.Gaps) == 0:
		variant += "-ikev1"
	}
	if hasFix(variant) {
		return variant
	}
	return a.Cause.ID
}

// hasFix reports whether something is known to do about a cause.
func hasFix(cause string) bool {
	return slices.ContainsFunc(causes.Fixes(), func(f table.Row) bool { return f["cause"] == cause })
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
	if words["set"]+words["ask"] != "" {
		words["take"], words["offer"] = a.apart("set"), a.apart("ask")
	}
	cause := a.fixed()
	for _, product := range []string{a.Product, ""} {
		if product == "" && len(out) > 0 {
			break
		}
		for _, f := range causes.Fixes() {
			if f["cause"] != cause || f["product"] != product || f["side"] == "r" && a.Side != Responder || f["side"] == "i" && a.Side != Initiator || f["side"] == "u" && a.Side != "" || len(out) == maxFixes || a.unfit(f["line"]) || a.elsewhere(f["where"]) {
				continue
			}
			if line, known := sentence.Words(f["line"], words); known {
				out = append(out, Fix{Where: f["where"], Line: line, Paste: f["paste"] == "y"})
			}
		}
	}
	return out
}

// apart returns a word of the lines about the algorithms that keep the two sides
// apart, of all of them: which setting takes what came, or what to ask for.
func (a *Attempt) apart(name string) string {
	var out []string
	for i := range a.Events {
		if e := &a.Events[i]; e.arg(name) != "" && !slices.Contains(out, e.arg(name)) && !a.common(e.arg("axis")) {
			out = append(out, e.arg(name))
		}
	}
	return strings.Join(out, " ")
}

// syntaxes are those in which the gateway of a product is configured.
var syntaxes = map[string]client.Syntax{
	"strongSwan": client.SyntaxSwanctl, "libreswan": client.SyntaxLibreswan, "OpenIKED": client.SyntaxIked,
	"Cisco": client.SyntaxCisco, "FortiGate": client.SyntaxFortiGate,
}

// algorithms returns the lines that let the two sides meet where their lists do
// not: those of proposals/remedy for IKE, the list that came for ESP.
func (a *Attempt) algorithms() []Fix {
	if len(a.Cause.Gaps) == 0 {
		return nil
	}
	theirs, ours := a.lists.theirs, a.lists.ours
	if a.Cause.ID == "child-proposal" || a.Cause.ID == "child-pfs" {
		_, got, want, _ := offered.Unmet(theirs, ours)
		return a.childFix(got, want)
	}
	var out []Fix
	for _, r := range remedies(theirs, ours, syntaxes[a.Product]) {
		if better := soundList(ours); len(r.Lines) > 0 && len(r.Weaker) > 0 && better != "" {
			out = append(out, Fix{Where: "better, on the other side", Line: "let it offer " + better + ", which this side takes now"})
		}
		where := r.Where
		for _, line := range a.ownTunnel(r.Lines) {
			out = append(out, Fix{Where: where, Line: line, Paste: true})
			where = ""
		}
		for _, weaker := range r.Weaker {
			out = append(out, Fix{Where: "WEAKER", Line: weaker})
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

// ownTunnel returns lines for FortiOS without what the tunnel of the log has
// already: its name, where that needs no quoting, and its version of IKE. Others
// are as they were.
func (a *Attempt) ownTunnel(lines []string) []string {
	if a.Product != "FortiGate" {
		return lines
	}
	var out []string
	for _, line := range lines {
		if strings.TrimSpace(line) == "set ike-version 2" {
			continue
		}
		if plainName.MatchString(a.Connection) {
			line = strings.Replace(line, `edit "NAME"`, `edit "`+a.Connection+`"`, 1)
		}
		out = append(out, line)
	}
	return out
}

// plainName is a name that means nothing but itself in a command line.
var plainName = lazyregexp.New(`^[A-Za-z0-9_.-]{1,35}$`)

// maxSound bounds how many proposals are named to be offered.
const maxSound = 3

// soundList returns those of the configured proposals, as keywords, that have
// nothing weak; "" if there are none.
func soundList(configured []Proposal) string {
	var out []string
	for _, p := range configured {
		product := products([]Proposal{p})
		if len(product) == 1 && len(out) < maxSound && sound(product[0]) {
			out = append(out, p.Keywords())
		}
	}
	return english.List(out, "or")
}

func sound(p proposals.Product) bool {
	for _, list := range p {
		for _, algorithm := range list {
			if baseline.Soundness(algorithm) < baseline.Sound {
				return false
			}
		}
	}
	return true
}

func remedies(received, configured []Proposal, syntax client.Syntax) []remedy.Remedy {
	offer, accepted := products(received), products(configured)
	if len(offer) == 0 || len(accepted) == 0 || syntax == "" {
		return nil
	}
	c := remedy.Case{Client: client.Policy{Name: "client", Offer: offer, Syntax: client.SyntaxCapture},
		Accepted: accepted, ClientSyntaxes: []client.Syntax{}, GatewaySyntaxes: []client.Syntax{syntax}}
	return c.Remedies()
}

// products are the proposals whose algorithms are all known.
func products(all []Proposal) []proposals.Product {
	var out []proposals.Product
	for _, p := range all {
		words := p.Keywords()
		if words == "" {
			continue
		}
		if product, err := proposals.ParseProduct(words); err == nil {
			out = append(out, product)
		}
	}
	return out
}

// childFix proposes that this side takes what the other sent.
func (a *Attempt) childFix(got, want Proposal) []Fix {
	words := got.Keywords()
	if words == "" {
		return nil
	}
	at := map[string][2]string{
		"strongSwan": {"swanctl.conf, in addition to what is there", "esp_proposals = " + strings.Join([]string{want.Keywords(), words}, ", ")},
		"libreswan":  {"ipsec.conf, in addition to what is there", "esp=" + words},
	}
	if a.Cause.ID == "child-pfs" {
		at = map[string][2]string{
			"strongSwan": {"swanctl.conf, to accept both with and without PFS", "esp_proposals = " + strings.Join([]string{want.Keywords(), words}, ", ")},
			"libreswan":  {"ipsec.conf", "pfs=no"},
		}
	}
	f, ok := at[a.Product]
	if !ok || want.Keywords() == "" {
		return nil
	}
	return []Fix{{f[0], f[1], true}}
}
