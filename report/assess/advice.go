package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Advise compares p with t and, if p fails, finds remedies for both sides: for
// the client in its own syntax, for the gateway in that of the product that its
// Vendor IDs name, or the usual ones. With syntaxes, only these are used.
func Advise(t *report.Target, p client.Policy, syntaxes []client.Syntax) report.Advice {
	out := report.Advice{Target: t.Name, Address: t.Address, Client: Clients(t, []client.Policy{p})[0], Remedies: []report.Remedy{}}
	if out.Client.Verdict != report.ClientFails {
		return out
	}
	c := remedy.Case{Client: p, ClientSyntaxes: ofClient(p, syntaxes), GatewaySyntaxes: syntaxes}
	if _, wellKnown := client.Named(p.Name); !wellKnown {
		c.Connection = p.Name // of a configuration
	}
	if len(syntaxes) == 0 {
		c.GatewaySyntaxes = gatewaySyntaxes(t)
	}
	if t.Matrix != nil {
		c.Accepted = FactsOf(t).Accepted
	}
	for _, r := range c.Remedies() {
		out.Remedies = append(out.Remedies, newRemedy(r))
	}
	for _, s := range syntaxes {
		if !slices.ContainsFunc(out.Remedies, func(r report.Remedy) bool { return r.Syntax == string(s) }) {
			out.Remedies = append(out.Remedies, newRemedy(remedy.Remedy{
				Side: remedy.ClientSide, Syntax: s, Where: "the client",
				Why: fmt.Sprintf("%s has no configuration in the syntax %s", p.Name, s),
			}))
		}
	}
	return out
}

// ofClient returns those of syntaxes that p's product is configured in; nil for
// its own, if there are no syntaxes. Of a captured client all may be.
func ofClient(p client.Policy, syntaxes []client.Syntax) []client.Syntax {
	if len(syntaxes) == 0 || p.Syntax == client.SyntaxCapture {
		return syntaxes
	}
	product := func(s client.Syntax) client.Syntax {
		switch s {
		case client.SyntaxIpsecConf:
			return client.SyntaxSwanctl // strongSwan, too
		case client.SyntaxRasphone:
			return client.SyntaxWindows
		}
		return s
	}
	return slices.DeleteFunc(slices.Clone(syntaxes), func(s client.Syntax) bool { return product(s) != product(p.Syntax) })
}

func newRemedy(r remedy.Remedy) report.Remedy {
	out := report.Remedy{
		Side: string(r.Side), Syntax: string(r.Syntax), Where: r.Where,
		Changes: []string{}, Weaker: append([]string{}, r.Weaker...),
		Lines: append([]string{}, r.Lines...), Why: r.Why, Notes: append([]string{}, r.Notes...),
	}
	if len(r.Lines) > 0 {
		out.Suite, out.Together = r.Suite.String(), r.Together
		out.Changes = append(out.Changes, lists.Convert(r.Changes, proposals.Axis.String)...)
	}
	return out
}

// usualGateways are the syntaxes of gateways whose product is not known.
var usualGateways = []client.Syntax{
	client.SyntaxSwanctl, client.SyntaxLibreswan, client.SyntaxIked, client.SyntaxCisco, client.SyntaxFortiGate,
}

// gatewayProducts are words in the names of Vendor IDs that tell a product.
var gatewayProducts = []struct {
	word     string
	syntaxes []client.Syntax
}{
	{"strongswan", []client.Syntax{client.SyntaxSwanctl, client.SyntaxIpsecConf}},
	{"libreswan", []client.Syntax{client.SyntaxLibreswan}},
	{"openiked", []client.Syntax{client.SyntaxIked}},
	{"cisco", []client.Syntax{client.SyntaxCisco}},
	{"forti", []client.Syntax{client.SyntaxFortiGate}},
}

// gatewaySyntaxes returns the syntaxes of the product that t's Vendor IDs name,
// or the usual ones.
func gatewaySyntaxes(t *report.Target) []client.Syntax {
	if t.Gateway == nil {
		return usualGateways
	}
	for _, v := range t.Gateway.VendorIDs {
		for _, p := range gatewayProducts {
			if strings.Contains(strings.ToLower(v.Name+" "+v.Text), p.word) {
				return p.syntaxes
			}
		}
	}
	return usualGateways
}
