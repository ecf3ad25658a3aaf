package assess_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// knownClients are the well-known clients that initiate.
func knownClients() []client.Policy {
	return slices.DeleteFunc(client.Policies(), func(p client.Policy) bool { return p.Responder || len(p.Offer) == 0 })
}

// chooser is how a gateway with these own proposals, in this order, chooses.
func chooser(own []proposals.Product, rules choice.Choice) choice.Choice {
	c := choice.Choice{Accepted: own, Algorithms: rules.Algorithms, Proposals: rules.Proposals, FollowsKE: choice.No}
	for i, p := range own {
		o := choice.OwnProposal{Rank: i + 1, Product: p}
		for axis, list := range p {
			o.Ordered[axis] = len(list)
		}
		c.Own = append(c.Own, o)
	}
	return c
}

// rulesInUse are how gateways choose.
var rulesInUse = []choice.Choice{
	{Algorithms: choice.AlgorithmsResponder, Proposals: choice.ProposalsResponder},
	{Algorithms: choice.AlgorithmsResponder, Proposals: choice.ProposalsResponderBest},
	{Algorithms: choice.AlgorithmsInitiator, Proposals: choice.ProposalsInitiator},
}

// reportOf returns the report of a scan that found own, in its order where
// ordered.
func reportOf(t testing.TB, own []proposals.Product, rules choice.Choice, ordered bool) *report.Target {
	t.Helper()
	r := reporttest.Base("vpn.example.com", "198.51.100.7")
	m := &matrix.Matrix{Asked: matrix.Standard().Products(), Proven: true}
	apart, err := matrix.Difference(own, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range apart {
		m.Accepted += p.Size()
		m.Products = append(m.Products, matrix.Region{Product: p, Evidence: []int{4}})
	}
	m.Universe = matrix.Standard().Size()
	m.Refused = m.Universe - m.Accepted
	r.Matrix = m
	if ordered {
		r.Preference = &evidence.Preference{Decides: rules.Algorithms, Proposals: rules.Proposals, FollowsKE: choice.No,
			Own: chooser(own, rules).Own, Evidence: []int{4}}
	}
	return &scan.Document(scan.Run{}, []evidence.Result{r}).Targets[0]
}

// taken returns what a gateway with own proposals accepts once it has the lines
// of r, in its order, as their reader understands them.
func taken(t testing.TB, own []proposals.Product, r report.Remedy) []proposals.Product {
	t.Helper()
	text := strings.Join(r.Lines, "\n") + "\n"
	switch client.Syntax(r.Syntax) {
	case client.SyntaxSwanctl, client.SyntaxIpsecConf:
		// Its reader puts them in the order in which an initiator sends them.
		_, list, _ := strings.Cut(text, map[string]string{"swanctl": "proposals = ", "ipsec.conf": "ike="}[r.Syntax])
		list, _, _ = strings.Cut(list, "\n")
		return reporttest.Products(t, strings.TrimSuffix(strings.ReplaceAll(list, " ", ""), "!"))
	case client.SyntaxIked:
		text = "ikev2 \"NAME\" active esp from any to any local any peer any \\\n" + text + "\tpsk \"secret\"\n"
	case client.SyntaxFortiGate:
		text = strings.ReplaceAll(text, " append ", " set ")
	}
	policies, err := client.Import("", []byte(text), client.Syntax(r.Syntax))
	if err != nil || len(policies) != 1 {
		t.Fatalf("%s: %d policies, %v, of\n%s", r.Syntax, len(policies), err, text)
	}
	read := policies[0].Offer
	switch client.Syntax(r.Syntax) {
	case client.SyntaxCisco:
		return slices.Concat(own, read)
	case client.SyntaxFortiGate: // each method goes with all else
		all := slices.Concat(own, read)
		var methods []proposals.Algorithm
		for _, p := range all {
			for _, a := range p[proposals.KE] {
				if !slices.Contains(methods, a) {
					methods = append(methods, a)
				}
			}
		}
		for i := range all {
			all[i][proposals.KE] = methods
		}
		return all
	}
	return read
}

// For any gateway and any well-known client, each change of the gateway in each
// product's syntax, made to the gateway that was scanned, does what it promises to
// the client, and no known client gets a weaker suite than before unless the change
// names it.
func TestRemediesWeakenNobodyInSilence(t *testing.T) {
	known := knownClients()
	changes := 0
	rapid.Check(t, func(rt *rapid.T) {
		own := rapid.SliceOfN(randomProduct(), 1, 3).Draw(rt, "own")
		rules := rapid.SampledFrom(rulesInUse).Draw(rt, "rules")
		ordered := rapid.IntRange(0, 4).Draw(rt, "ordered") > 0
		p := rapid.SampledFrom(known).Draw(rt, "client")
		target := reportOf(t, own, rules, ordered)
		before := chooser(own, rules)
		advice := assess.Advise(target, p, nil)
		all := append(advice.Remedies, assess.Advise(target, p, append(remedy.Syntaxes(remedy.GatewaySide), p.Syntax)).Remedies...)
		for _, r := range all {
			if r.Side != string(remedy.GatewaySide) || len(r.Lines) == 0 {
				continue
			}
			if r.Syntax == string(client.SyntaxFortiGate) && !ordered && len(own) > 1 && !sameGroups(own) {
				continue // no FortiGate is so: its groups are those of all proposals
			}
			changes++
			after := chooser(taken(t, own, r), rules)
			for _, q := range known {
				was, is := before.OfKE(q.Offer, q.KE), after.OfKE(q.Offer, q.KE)
				named := slices.ContainsFunc(r.Weaker, func(s string) bool { return strings.Contains(s, q.Name) })
				if len(was) > 0 && !named && isWeaker(is, was) {
					rt.Fatalf("own %v rules %v ordered %v\n taken %v\n %s for %s: %s gets %v, it got %v, and nothing says so: %q\n%s",
						own, rules, ordered, taken(t, own, r), r.Syntax, p.Name, q.Name, is, was, r.Weaker, strings.Join(r.Lines, "\n"))
				}
			}
			// Behind proposals whose order is kept, what is added changes nothing for
			// whoever connects.
			if ordered && rules.Proposals == choice.ProposalsResponder && advice.Client.Weak == nil && r.Syntax != string(client.SyntaxFortiGate) {
				for _, q := range known {
					if was := before.OfKE(q.Offer, q.KE); len(was) > 0 && !slices.Equal(was, after.OfKE(q.Offer, q.KE)) {
						rt.Fatalf("%s for %s: %s gets another suite than %v", r.Syntax, p.Name, q.Name, was)
					}
				}
			}
			offer := p.Offer
			if r.Together {
				offer = reporttest.Products(t, r.Suite)
			}
			got := after.OfKE(offer, proposals.MethodOf(offer[0][proposals.KE][0]))
			if len(got) == 0 {
				rt.Fatalf("%s: %s is still refused after\n%s", r.Syntax, p.Name, strings.Join(r.Lines, "\n"))
			}
			if w := advice.Client.Weak; w != nil && ordered && !r.Together && baseline.SuiteSoundness(got[0]) <= report.Severity(w.Severity).Rank() {
				rt.Fatalf("%s: %s gets %v, no sounder than before, after\n%s", r.Syntax, p.Name, got, strings.Join(r.Lines, "\n"))
			}
		}
	})
	if changes == 0 {
		t.Error("no change of a gateway was tried")
	}
}

// sameGroups reports whether all products have the same key exchange methods, in the
// same order.
func sameGroups(products []proposals.Product) bool {
	return !slices.ContainsFunc(products, func(p proposals.Product) bool { return !slices.Equal(p[proposals.KE], products[0][proposals.KE]) })
}

// isWeaker reports whether nothing of is, or not all of it, is as good as was.
func isWeaker(is, was []proposals.Suite) bool {
	return len(is) == 0 || slices.ContainsFunc(is, func(s proposals.Suite) bool {
		return slices.ContainsFunc(was, func(w proposals.Suite) bool { return baseline.CompareSuites(s, w) < 0 })
	})
}

// Whatever a finding says to take out, it names each known client that this cuts
// off, no other, and whom it weakens.
func TestFindingsNameWhomTheyCutOff(t *testing.T) {
	known := knownClients()
	cut := 0
	rapid.Check(t, func(rt *rapid.T) {
		own := rapid.SliceOfN(randomProduct(), 1, 3).Draw(rt, "own")
		rules := rapid.SampledFrom(rulesInUse).Draw(rt, "rules")
		before := chooser(own, rules)
		for _, f := range reportOf(t, own, rules, true).Findings {
			out := takenOut(f)
			if len(out) == 0 {
				continue
			}
			after := chooser(without(own, out), rules)
			for _, q := range known {
				was, is := before.OfKE(q.Offer, q.KE), after.OfKE(q.Offer, q.KE)
				cutOff := len(was) > 0 && len(is) == 0
				if cutOff != slices.Contains(f.CutsOff, q.Name) {
					rt.Fatalf("%s (%v) of %v: cuts off %s: %t, and it says %v", f.ID, f.Fix, own, q.Name, cutOff, f.CutsOff)
				}
				named := slices.ContainsFunc(f.Weaker, func(s string) bool { return strings.Contains(s, q.Name) })
				if len(was) > 0 && len(is) > 0 && isWeaker(is, was) && !named {
					rt.Fatalf("%s (%v) of %v: %s gets %v, it got %v: %q", f.ID, f.Fix, own, q.Name, is, was, f.Weaker)
				}
			}
			cut += len(f.CutsOff)
		}
	})
	if cut == 0 {
		t.Error("nobody was cut off")
	}
}

// takenOut are the algorithms that a finding says to remove.
func takenOut(f report.Finding) []proposals.Algorithm {
	var out []proposals.Algorithm
	for _, fix := range f.Fix {
		_, rest, ok := strings.Cut(fix, "remove ")
		words, _, ok2 := strings.Cut(rest, " from")
		if !ok || !ok2 {
			continue
		}
		for _, word := range strings.FieldsFunc(strings.ReplaceAll(words, " and ", ","), func(r rune) bool { return r == ',' || r == ' ' }) {
			if a, err := proposals.ParseAlgorithm(word); err == nil {
				out = append(out, a)
			}
		}
	}
	return out
}

func without(own []proposals.Product, gone []proposals.Algorithm) []proposals.Product {
	var out []proposals.Product
	for _, p := range own {
		possible := true
		for axis, list := range p {
			p[axis] = slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool { return slices.Contains(gone, a) })
			possible = possible && (len(list) == 0 || len(p[axis]) > 0)
		}
		if possible {
			out = append(out, p)
		}
	}
	return out
}

// randomProduct makes products of the algorithms that are in use, the weak ones
// too.
func randomProduct() *rapid.Generator[proposals.Product] {
	var lists [proposals.NumAxes][]proposals.Algorithm
	for _, p := range matrix.Quick().Products() {
		for axis, list := range p {
			for _, a := range list {
				if !a.IsNone() && !slices.Contains(lists[axis], a) {
					lists[axis] = append(lists[axis], a)
				}
			}
		}
	}
	return rapid.Custom(func(t *rapid.T) proposals.Product {
		var p proposals.Product
		aead := rapid.Bool().Draw(t, "aead")
		for axis := proposals.ENCR; axis <= proposals.KE; axis++ {
			list := slices.DeleteFunc(slices.Clone(lists[axis]), func(a proposals.Algorithm) bool {
				return axis == proposals.ENCR && a.AEAD() != aead
			})
			if axis == proposals.INTEG && aead {
				continue
			}
			p[axis] = rapid.SliceOfNDistinct(rapid.SampledFrom(list), 1, 3, rapid.ID).Draw(t, axis.String())
		}
		return p
	})
}
