package remedy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
)

// wording is how a side's policy in force is spoken of.
type wording struct{ verb, inForce string }

var (
	clientWords  = wording{"this makes the client use", "the client offers now"}
	gatewayWords = wording{"this lets in", "the gateway accepts now"}
)

// weaker says what s has that is weaker than everything in force on its axis,
// and what is weak and new. Each is a sentence.
func weaker(s proposals.Suite, inForce []proposals.Product, words wording) []string {
	var out []string
	for _, axis := range judged {
		a := s[axis]
		var have []proposals.Algorithm
		for _, p := range inForce {
			have = append(have, p.On(axis)...)
		}
		if slices.Contains(have, a) {
			continue
		}
		weakness, weak := baseline.WeaknessOf(a)
		weakest := !slices.ContainsFunc(have, func(b proposals.Algorithm) bool { return baseline.Compare(a, b) >= 0 })
		text := fmt.Sprintf("%s %s, which is ", words.verb, named(a))
		switch {
		case weak && weakest && len(have) > 0:
			text += fmt.Sprintf("weaker than every %s that %s: %s", axis.Noun(), words.inForce, because(weakness))
		case weak:
			text += "weak: " + because(weakness)
		case weakest && len(have) > 0:
			text += fmt.Sprintf("weaker than every %s that %s: %s", axis.Noun(), words.inForce, fewer(a, have))
		default:
			continue
		}
		out = append(out, text)
	}
	if len(inForce) > 0 && !hybrid(s.Product()) && !slices.ContainsFunc(inForce, func(p proposals.Product) bool { return !hybrid(p) }) {
		out = append(out, words.verb+" a suite without an additional key exchange, which is weaker than every suite that "+
			words.inForce+": a quantum computer may one day read what is recorded today")
	}
	return out
}

// LetsIn says what s has that is weaker than everything that a gateway accepts, and what is
// weak and new, in a sentence each.
func LetsIn(s proposals.Suite, accepted []proposals.Product) []string {
	return weaker(s, accepted, gatewayWords)
}

// weakerOfAny is weaker of every suite of products.
func weakerOfAny(products, inForce []proposals.Product, words wording) []string {
	var out []string
	for _, p := range products {
		for s := range p.Suites() {
			for _, text := range weaker(s, inForce, words) {
				if !slices.Contains(out, text) {
					out = append(out, text)
				}
			}
		}
	}
	return out
}

func because(w baseline.Weakness) string {
	if len(w.Refs) == 0 {
		return w.Reason
	}
	return w.Reason + " (" + strings.Join(w.Refs, "; ") + ")"
}

// fewer says how many bits of security a has, and the weakest of the others.
func fewer(a proposals.Algorithm, others []proposals.Algorithm) string {
	bits, known := baseline.Strength(a)
	if !known {
		return "its strength is not known"
	}
	least, _ := baseline.Strength(slices.MinFunc(others, baseline.Compare))
	return fmt.Sprintf("about %d bits of security rather than %d; nothing else speaks against it", bits, least)
}

// hybrid reports whether each suite of p has an additional key exchange.
func hybrid(p proposals.Product) bool {
	for axis := proposals.ADDKE1; axis < proposals.NumAxes; axis++ {
		if len(p[axis]) > 0 && !slices.ContainsFunc(p[axis], proposals.Algorithm.IsNone) {
			return true
		}
	}
	return false
}
