// Package meet has what gives two sides a proposal in common, whose lists a log has: in
// the words of its product, with what that lets in that is weaker.
package meet

import (
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// Line is something to do, and where.
type Line struct {
	Where, Text string
	Paste       bool // it is to be pasted; else it is said in words
}

const (
	better = "better, on the other side"
	weaker = "WEAKER"
)

// IKE returns the lines by which this side takes what came for an IKE SA; none if they
// are not known.
func IKE(theirs, ours []offered.Proposal, syntax client.Syntax) []Line {
	offer, accepted := products(theirs), products(ours)
	if len(offer) == 0 || len(accepted) == 0 || syntax == "" {
		return nil
	}
	c := remedy.Case{Client: client.Policy{Name: "client", Offer: offer, Syntax: client.SyntaxCapture},
		Accepted: accepted, ClientSyntaxes: []client.Syntax{}, GatewaySyntaxes: []client.Syntax{syntax}}
	for _, r := range c.Remedies() {
		var out []Line
		if sound := soundList(ours, proposals.ParseProduct); len(r.Lines) > 0 && len(r.Weaker) > 0 && sound != "" {
			out = append(out, Line{Where: better, Text: offerOf(sound)})
		}
		where := r.Where
		for _, line := range r.Lines {
			out = append(out, Line{where, line, true})
			where = ""
		}
		for _, w := range r.Weaker {
			out = append(out, Line{Where: weaker, Text: w})
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// maxSound bounds how many proposals are named to be offered.
const maxSound = 3

// soundList returns those of the configured proposals, as keywords, that have
// nothing weak; "" if there are none.
func soundList(configured []offered.Proposal, parse func(string) (proposals.Product, error)) string {
	var out []string
	for _, p := range configured {
		words := p.Keywords()
		if product, err := parse(words); words != "" && err == nil && len(out) < maxSound && sound(product) {
			out = append(out, words)
		}
	}
	return english.List(out, "or")
}

func offerOf(sound string) string { return "let it offer " + sound + ", which this side takes now" }

func sound(p proposals.Product) bool { return soundness(p) >= baseline.Sound }

// soundness is that of the weakest algorithm of a proposal.
func soundness(p proposals.Product) int {
	least := baseline.Sound
	for _, list := range p {
		for _, algorithm := range list {
			least = min(least, baseline.Soundness(algorithm))
		}
	}
	return least
}

// choice is one of the proposals that came, and what it lets in that is weaker.
type choice struct {
	found     bool
	soundness int
	worse     []string
}

// before reports whether a choice is better than another.
func (c choice) before(d choice) bool {
	if !d.found || c.soundness != d.soundness {
		return !d.found || c.soundness > d.soundness
	}
	return len(c.worse) < len(d.worse)
}

// products are the proposals whose algorithms are all known.
func products(all []offered.Proposal) []proposals.Product {
	var out []proposals.Product
	for _, p := range all {
		if words := p.Keywords(); words != "" {
			if product, err := proposals.ParseProduct(words); err == nil {
				out = append(out, product)
			}
		}
	}
	return out
}
