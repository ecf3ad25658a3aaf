package remedy

import (
	"slices"
	"sync"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// inUse are the classical suites of algorithms that are in use.
var inUse = sync.OnceValue(func() []proposals.Product {
	return slices.DeleteFunc(matrix.Quick().Products(), hybrid)
})

// both returns remedies that change both sides to a suite that neither has to
// itself: for where either alone would weaken something, or cannot help. The
// suite is the nearest to the gateway's policy that the client can be set to;
// there is none if it weakens the gateway, too.
func (c Case) both(own []client.Syntax) []Remedy {
	var out []Remedy
	for _, s := range syntaxes {
		if !s.client || s.only != nil || !slices.Contains(own, s.name) {
			continue
		}
		var able []proposals.Product
		for _, p := range inUse() {
			able = append(able, s.writable(p)...)
		}
		suite, changes, ok := nearest(able, c.Accepted)
		if !ok || len(changes) == 0 || len(weaker(suite, c.Accepted, gatewayWords)) > 0 {
			continue
		}
		var gateways []Remedy
		for _, g := range syntaxes {
			if !g.gateway || !slices.Contains(c.GatewaySyntaxes, g.name) || len(g.writable(suite.Product())) == 0 || !g.additive && c.inexact(g) != "" {
				continue
			}
			r := Remedy{Side: GatewaySide, Syntax: g.name, Where: g.gatewayPlace, Suite: suite, Changes: changes, Together: true}
			r.Lines, r.Notes = g.write(placeholder, GatewaySide, suite, append(slices.Clone(c.Accepted), suite.Product()))
			gateways = append(gateways, r)
		}
		if len(gateways) == 0 {
			continue
		}
		r := Remedy{Side: ClientSide, Syntax: s.name, Where: s.clientPlace, Suite: suite, Together: true}
		_, r.Changes, _ = nearest([]proposals.Product{suite.Product()}, c.Client.Offer)
		r.Weaker = weaker(suite, c.Client.Offer, clientWords)
		r.Lines, r.Notes = s.write(c.name(), ClientSide, suite, []proposals.Product{suite.Product()})
		out = append(append(out, r), gateways...)
	}
	return out
}
