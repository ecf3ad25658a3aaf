package assess_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

// For any gateway that takes weak algorithms alone on some axes: what findings say
// to add is what the remedies of the clients let in, in explain and in compare, and
// the best remedy of a client leads to no suite with what a finding says to remove,
// where another is to be had, and else says so.
func TestOneAdvice(t *testing.T) {
	known := knownClients()
	added, marked := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		own := rapid.SliceOfN(weakProduct(), 1, 2).Draw(rt, "own")
		rules := rapid.SampledFrom(rulesInUse).Draw(rt, "rules")
		var inUse []client.Policy // or nobody knows, which takes longer to look at
		if testing.Short() || rapid.IntRange(0, 5).Draw(rt, "known") > 0 {
			inUse = rapid.SliceOfNDistinct(rapid.SampledFrom(known), 1, 3, func(p client.Policy) string { return p.Name }).Draw(rt, "in use")
		}
		target := reportOf(t, own, rules, rapid.Bool().Draw(rt, "ordered"))
		target.Findings = assess.Findings(target, inUse...)
		clients := inUse
		if len(inUse) == 0 {
			clients = known
		}
		letIn := make(map[proposals.Axis][]proposals.Algorithm)
		for i, compared := range assess.Clients(target, clients) {
			explained := assess.Advise(target, clients[i], nil)
			best := bestOf(explained)
			if (compared.Fix == nil) != (best == nil) || best != nil && compared.Fix.Suite != best.Suite {
				rt.Fatalf("%v: for %s compare names %+v, and explain %+v", own, clients[i].Name, compared.Fix, best)
			}
			for _, r := range explained.Remedies {
				if r.Side != string(remedy.GatewaySide) || len(r.Lines) == 0 {
					continue
				}
				if s := suiteOf(rt, r.Suite); baseline.SuiteSoundness(s) == baseline.Sound {
					for _, axis := range []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE} {
						letIn[axis] = append(letIn[axis], s[axis])
					}
				}
			}
			if best == nil || baseline.SuiteSoundness(suiteOf(rt, best.Suite)) == baseline.Sound {
				continue
			}
			if len(best.Weaker) == 0 && !strings.HasSuffix(assess.FixWords(*compared.Fix), "weak") {
				rt.Errorf("%v: for %s: %q", own, clients[i].Name, assess.FixWords(*compared.Fix))
			}
			marked++
			for _, r := range explained.Remedies {
				if len(r.Lines) > 0 && !r.Together && len(r.Weaker) == 0 && baseline.SuiteSoundness(suiteOf(rt, r.Suite)) == baseline.Sound {
					rt.Errorf("%v: %s is to get %s, although %s would do", own, clients[i].Name, best.Suite, r.Suite)
				}
			}
		}
		for _, f := range target.Findings {
			named := toAdd(f)
			if len(named) == 0 {
				continue
			}
			added++
			gone := takenOut(f)
			axis := gone[0].Axis
			fallback := !slices.ContainsFunc(letIn[axis], func(a proposals.Algorithm) bool {
				return a.IsNone() || len(inUse) > 0 || slices.Contains(baseline.Advised(axis), a)
			})
			for _, a := range named {
				if baseline.Soundness(a) < baseline.Sound || slices.Contains(gone, a) {
					rt.Errorf("%v: %s says to add %s, which is weak", own, f.ID, a.Keyword())
				}
				if !fallback && !slices.Contains(letIn[a.Axis], a) {
					rt.Errorf("%v: %s says to add %s, which no remedy does", own, f.ID, a.Keyword())
				}
			}
			for _, a := range letIn[axis] {
				general := len(inUse) == 0 && !slices.Contains(baseline.Advised(axis), a)
				if !a.IsNone() && !general && !slices.Contains(named, a) {
					rt.Errorf("%v: a remedy adds %s, and %s says to add only %v", own, a.Keyword(), f.ID, named)
				}
			}
		}
	})
	if added == 0 || marked == 0 && !testing.Short() { // few policies may have none
		t.Errorf("%d findings said what to add, %d fixes led to a weak suite", added, marked)
	}
}

// bestOf returns the first remedy, if there is one to paste.
func bestOf(a report.Advice) *report.Remedy {
	if len(a.Remedies) == 0 || len(a.Remedies[0].Lines) == 0 {
		return nil
	}
	return &a.Remedies[0]
}

func suiteOf(t *rapid.T, keywords string) proposals.Suite {
	s, err := proposals.ParseSuite(keywords)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var adds = regexp.MustCompile(`^add (.*) to the gateway's IKE proposals`)

// toAdd are the algorithms that a finding says to add.
func toAdd(f report.Finding) []proposals.Algorithm {
	var out []proposals.Algorithm
	for _, fix := range f.Fix {
		if m := adds.FindStringSubmatch(fix); m != nil {
			words := strings.NewReplacer(" (which needs none)", "", " or ", ",", " ", "").Replace(m[1])
			for word := range strings.SplitSeq(words, ",") {
				if a, err := proposals.ParseAlgorithm(word); err == nil {
					out = append(out, a)
				}
			}
		}
	}
	return out
}

// weakProduct makes products that have weak algorithms alone on some axes.
func weakProduct() *rapid.Generator[proposals.Product] {
	var weak [proposals.NumAxes][]proposals.Algorithm
	for _, p := range matrix.Quick().Products() {
		for axis, list := range p {
			for _, a := range list {
				if baseline.Soundness(a) < baseline.Sound && !slices.Contains(weak[axis], a) {
					weak[axis] = append(weak[axis], a)
				}
			}
		}
	}
	return rapid.Custom(func(t *rapid.T) proposals.Product {
		p := randomProduct().Draw(t, "product")
		for axis := proposals.ENCR; axis <= proposals.KE; axis++ {
			if len(p[axis]) > 0 && rapid.IntRange(0, 2).Draw(t, "weak "+axis.String()) > 0 {
				p[axis] = rapid.SliceOfNDistinct(rapid.SampledFrom(weak[axis]), 1, 2, rapid.ID).Draw(t, axis.String())
			}
		}
		if len(p[proposals.INTEG]) == 0 && !slices.ContainsFunc(p[proposals.ENCR], proposals.Algorithm.AEAD) {
			p[proposals.ENCR] = []proposals.Algorithm{{Axis: proposals.ENCR, ID: 20, KeyBits: 128}}
		}
		return p
	})
}

func TestAdviceForWeakGateways(t *testing.T) {
	for _, test := range []struct {
		accepts string
		inUse   []string
		finding string
		want    string // a fix of it
	}{
		{"aes128-sha1-prfsha1-modp1024", nil, "IKE-KE-MODP1024",
			"add ecp384, ecp256, modp3072 or modp2048 to the gateway's IKE proposals, and move the clients to it"},
		{"aes128-sha1-prfsha1-modp1024", []string{"windows-11"}, "IKE-KE-MODP1024",
			"add ecp384 to the gateway's IKE proposals, and move the clients to it"},
		{"aes128-sha1-prfsha1-modp1024", []string{"pfsense"}, "IKE-KE-MODP1024",
			"add modp2048 to the gateway's IKE proposals, and move the clients to it"},
		{"aes128-sha1-prfsha1-modp1024", []string{"android-11"}, "IKE-PRF-SHA1",
			"add prfaesxcbc to the gateway's IKE proposals, and move the clients to it"},
		{"aes128-sha1-prfsha1-modp1024", []string{"juniper-suiteb-gcm-128"}, "IKE-INTEG-SHA1",
			"add aes128gcm16 (which needs none) to the gateway's IKE proposals, and move the clients to it"},
		{"aes128-sha1-prfsha1-modp1024", nil, "IKE-PRF-SHA1",
			"then remove prfsha1 from the gateway's IKE proposals (if they do not name it, it comes and goes with sha1)"},
		{"aes128gcm16-prfsha1-ecp256", nil, "IKE-PRF-SHA1",
			"then remove prfsha1 from the gateway's IKE proposals"},
		{"aes256gcm16-prfsha384-ecp384-modp2048-modp1024", nil, "IKE-KE-MODP1024",
			"remove modp1024 from the gateway's IKE proposals; it accepts ecp384 and modp2048 already"},
	} {
		target := reportOf(t, []proposals.Product{productOf(t, test.accepts)}, rulesInUse[0], true)
		var inUse []client.Policy
		for _, name := range test.inUse {
			p, ok := client.Named(name)
			if !ok {
				t.Fatal(name)
			}
			inUse = append(inUse, p)
		}
		i := slices.IndexFunc(assess.Findings(target, inUse...), func(f report.Finding) bool { return f.ID == test.finding })
		if i < 0 {
			t.Errorf("%s: no %s", test.accepts, test.finding)
			continue
		}
		if got := assess.Findings(target, inUse...)[i].Fix; !slices.Contains(got, test.want) {
			t.Errorf("%s, %v: %s says %q, want %q", test.accepts, test.inUse, test.finding, got, test.want)
		}
	}
}

func productOf(t *testing.T, keywords string) proposals.Product {
	t.Helper()
	p, err := proposals.ParseProduct(keywords)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
