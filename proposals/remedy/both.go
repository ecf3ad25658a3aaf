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
// suite is the nearest to the gateway's policy that the client can be set to.
func (c Case) both(own []client.Syntax) []group {
	var out []group
	for _, s := range syntaxes {
		if !s.client || s.only != nil || !slices.Contains(own, s.name) {
			continue
		}
		var able []proposals.Product
		for _, p := range inUse() {
			able = append(able, s.writable(p)...)
		}
		suite, changes, ok := nearest(c.sounder(able), c.Accepted)
		if !ok || len(changes) == 0 {
			continue
		}
		// The client then offers nothing else that could come before it.
		alone := c
		alone.Than = nil
		var gateways []Remedy
		for _, g := range syntaxes {
			if !g.gateway || !slices.Contains(c.GatewaySyntaxes, g.name) || len(g.writable(suite.Product())) == 0 {
				continue
			}
			r := Remedy{Side: GatewaySide, Syntax: g.name, Where: g.gatewayPlace, Together: true}
			r = alone.changeGateway(r, g, []proposals.Product{suite.Product()}, suite, changes)
			if len(r.Lines) > 0 {
				gateways = append(gateways, r)
			}
		}
		if len(gateways) == 0 {
			continue
		}
		r := Remedy{Side: ClientSide, Syntax: s.name, Where: s.clientPlace, Suite: suite, Together: true}
		_, r.Changes, _ = nearest([]proposals.Product{suite.Product()}, c.Client.Offer)
		r.Weaker = weaker(suite, c.Client.Offer, clientWords)
		r.Lines, r.Notes = s.write(c.name(), ClientSide, suite, []proposals.Product{suite.Product()})
		out = append(out, append(group{r}, gateways...))
	}
	return out
}
