//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report"
)

// testRemedyWords: each algorithm that the lines for a gateway can name has a
// word that the daemon takes, and takes for this algorithm.
func (l lab) testRemedyWords(t *testing.T, gateway string) {
	syntax := syntaxOf[gateway]
	var want []proposals.Product
	for _, p := range oneOfEach(t) {
		if _, ok := linesFor(syntax, p, products(t, "aes256gcm16-prfsha512-modp3072")); ok {
			want = append(want, p)
		}
	}
	last := len(want) - 1
	lines, ok := linesFor(syntax, want[last], want[:last])
	if !ok {
		t.Fatalf("nothing is written for %v", want)
	}
	l.changeGateway(t, gateway, report.Remedy{Lines: lines})
	got := products(t, strings.ReplaceAll(l.do(t, "proposals", gateway), "\n", ","))
	found, expected := suitesOf(t, got), suitesOf(t, want)
	reportMissing(t, "written, and not what the daemon has", found, expected)
	reportMissing(t, "what the daemon has, and not written", expected, found)
	t.Logf("%d words in %d suites", len(want), len(expected))
}

// oneOfEach returns suites, in each of which one algorithm is not one that
// everybody has; all of them but the additional key exchanges come up.
func oneOfEach(t *testing.T) []proposals.Product {
	t.Helper()
	var out []proposals.Product
	for axis := proposals.ENCR; axis <= proposals.KE; axis++ {
		for _, a := range proposals.IKEAlgorithms(axis) {
			p := products(t, "aes256-sha256-prfsha256-modp2048")[0]
			switch prf, ok := proposals.PRFOf(a); {
			case axis == proposals.ENCR && a.AEAD(), axis == proposals.PRF:
				p = products(t, "aes256gcm16-prfsha256-modp2048")[0]
			case axis == proposals.INTEG && ok:
				p[proposals.PRF] = []proposals.Algorithm{prf}
			case axis == proposals.INTEG:
				continue
			}
			p[axis] = []proposals.Algorithm{a}
			out = append(out, p)
		}
	}
	return slices.CompactFunc(out, func(a, b proposals.Product) bool { return a.String() == b.String() })
}

// linesFor returns the lines with which a gateway that accepts products takes
// suite, too.
func linesFor(syntax client.Syntax, suite proposals.Product, accepted []proposals.Product) ([]string, bool) {
	c := remedy.Case{
		Client:   client.Policy{Offer: []proposals.Product{suite}},
		Accepted: accepted, GatewaySyntaxes: []client.Syntax{syntax}, ClientSyntaxes: []client.Syntax{},
	}
	for _, r := range c.Remedies() {
		if r.Side == remedy.GatewaySide && len(r.Lines) > 0 && !r.Together {
			return r.Lines, true
		}
	}
	return nil, false
}
