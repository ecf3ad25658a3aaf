package assess

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Advise compares p with t and, if p fails or gets a weak suite, finds remedies
// for both sides: for the client in its own syntax, for the gateway in that of the
// product that its Vendor IDs name, or the usual ones. With syntaxes, only these
// are used.
func Advise(t *report.Target, p client.Policy, syntaxes []client.Syntax) report.Advice {
	out := report.Advice{Target: t.Name, Address: t.Address, Client: Clients(t, []client.Policy{p})[0], Remedies: []report.Remedy{}}
	out.Remedies = append(out.Remedies, loginRemedies(t, out.Client)...)
	if !mendable(out.Client) {
		return out
	}
	for _, r := range newPredictor(t).remedies(p, out.Client, syntaxes) {
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

// mendable reports whether there is something to mend in the suites of a client.
func mendable(c report.Client) bool {
	return c.Verdict == report.ClientFails && !c.FailsInAuth() || c.Weak != nil
}

// remedies returns the remedies for p, which got says what it gets.
func (c predictor) remedies(p client.Policy, got report.Client, syntaxes []client.Syntax) []remedy.Remedy {
	if len(c.Accepted) > mostChanged {
		return nil
	}
	accepted, orderKnown := c.inOrder()
	out := remedy.Case{
		Client: p, Accepted: accepted, OrderUnknown: !orderKnown,
		ClientSyntaxes: ofClient(p, syntaxes), GatewaySyntaxes: syntaxes,
	}
	if got.Weak != nil {
		worst := slices.MinFunc(SuitesOf(got), func(a, b proposals.Suite) int {
			return cmp.Compare(baseline.SuiteSoundness(a), baseline.SuiteSoundness(b))
		})
		out.Than = &worst
	}
	if _, wellKnown := client.Named(p.Name); !wellKnown {
		out.Connection = p.Name // of a configuration
	}
	if len(syntaxes) == 0 {
		out.GatewaySyntaxes = gatewaySyntaxes(c.target)
	}
	out.Effect = c.effectOf(p, out.Than, orderKnown)
	all := out.Remedies()
	if out.Than != nil && len(syntaxes) == 0 && len(all) > 0 && len(all[0].Lines) > 0 {
		// It connects: what cannot be done about its suite is of no use.
		all = slices.DeleteFunc(all, func(r remedy.Remedy) bool { return len(r.Lines) == 0 })
	}
	return all
}

// fix returns the best remedy for p in short, or nil if there is none, or nothing
// to mend. Of a client that fails in IKE_AUTH it mends that: its suite fits.
func (c predictor) fix(p client.Policy, got report.Client) *report.ClientFix {
	if got.FailsInAuth() {
		return loginFix(c.target, got)
	}
	if !mendable(got) {
		return nil
	}
	all := c.remedies(p, got, nil)
	if len(all) == 0 || len(all[0].Lines) == 0 {
		return nil
	}
	best := all[0]
	out := &report.ClientFix{Side: string(best.Side), Suite: best.Suite.String(), Weaker: append([]string{}, best.Weaker...), Lines: []string{}}
	if best.Side == remedy.ClientSide {
		out.Lines = append(out.Lines, best.Lines...)
	}
	for _, r := range all[1:] {
		if !best.Together || !r.Together || r.Side != remedy.GatewaySide || r.Suite != best.Suite {
			break
		}
		out.Side = "both"
		for _, s := range r.Weaker {
			if !slices.Contains(out.Weaker, s) {
				out.Weaker = append(out.Weaker, s)
			}
		}
	}
	return out
}

// FixWords says in half a sentence what a fix is, and that its suite is weak where
// no sentence on what is weaker says so.
func FixWords(f report.ClientFix) string {
	still := ""
	if len(f.Weaker) == 0 {
		still = StillWeak(f.Suite)
	}
	return f.Words() + still
}

// StillWeak is ", which is weak" or ", which is very weak" of such suites, and "" of
// others.
func StillWeak(suite string) string {
	s, err := proposals.ParseSuite(suite)
	if err != nil {
		return ""
	}
	weak := baseline.WeakIn(s)
	if len(weak) == 0 {
		return ""
	}
	return ", which is " + WeakWord(worstSeverity(weak))
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

// gatewayProducts are words in the names of Vendor IDs that identify a product.
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
