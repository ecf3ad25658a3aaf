//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report"
)

// testMatrix: with each policy of each gateway, a scan finds what the gateway
// accepts, suite by suite, and leaves nothing behind.
func (l lab) testMatrix(t *testing.T, gateway string) {
	for policy := range strings.FieldsSeq(l.do(t, "policies", gateway)) {
		t.Run(policy, func(t *testing.T) {
			l.do(t, "restart", gateway) // so that it has no past
			l.policy(t, gateway, policy)
			target := l.scan(t, beside, 0, l.do(t, "addr", gateway))
			checkMatrix(t, target, l.accepts(t, gateway, policy))
			checkGentle(t, target, maxExchanges(gateway, policy))
			l.noneHalfOpen(t, gateway)
		})
	}
}

// maxExchanges is how many exchanges a scan may take: more where strongSwan
// takes thousands of suites, or many products that overlap.
func maxExchanges(gateway, policy string) int {
	if strings.HasPrefix(gateway, "strongswan") && (policy == "default" || policy == "overlap") {
		return 256
	}
	return 200
}

// testExhaustive: each of the thousands of suites that strongSwan accepts by
// default is seen accepted, at hardly more than an exchange for each.
func (l lab) testExhaustive(t *testing.T) {
	const gateway = "strongswan"
	if testing.Short() {
		t.Skip("thousands of exchanges")
	}
	l.do(t, "restart", gateway)
	l.policy(t, gateway, "default")
	target := l.scan(t, beside, 0, "--exhaustive", "--rate", "2000", l.do(t, "addr", gateway))
	checkMatrix(t, target, l.accepts(t, gateway, "default"))
	for _, p := range target.Matrix.Products {
		if p.Basis != report.BasisObserved || int64(p.Samples) != productOf(p.Suites).Size() {
			t.Errorf("%s, %d samples: %v", p.Basis, p.Samples, productOf(p.Suites))
		}
	}
	const reachProofAndDetail = 100
	// How often it asks for a cookie depends on how fast this machine is.
	target.Cost.Cookies = 0
	checkGentle(t, target, int(target.Matrix.Accepted)*11/10+reachProofAndDetail)
	l.noneHalfOpen(t, gateway)
}

// testHybrid: the verdict on post-quantum readiness is that of the policy.
func (l lab) testHybrid(t *testing.T, gateway string) {
	for policy, want := range map[string]struct {
		state   report.QuantumState
		methods []string
	}{
		"classical": {"none", nil},
		"optional":  {"accepted", []string{"mlkem512", "mlkem768"}},
		"hybrid":    {"required", []string{"mlkem768", "mlkem1024"}},
	} {
		t.Run(policy, func(t *testing.T) {
			l.policy(t, gateway, policy)
			got := l.scan(t, beside, 0, "-6", l.do(t, "addr", gateway, "6")).PostQuantum
			if got == nil {
				t.Fatal("the report says nothing of post-quantum key exchange")
			}
			var methods []string
			for _, m := range got.Methods {
				methods = append(methods, m.Keyword)
			}
			slices.Sort(methods)
			slices.Sort(want.methods)
			if got.State != want.state || !slices.Equal(methods, want.methods) {
				t.Errorf("%s with %v, want %s with %v", got.State, methods, want.state, want.methods)
			}
		})
	}
}

// checkMatrix fails the test unless the report proves that exactly the suites
// of want are accepted, and asked about what it calls observed.
func checkMatrix(t *testing.T, target report.Target, want []proposals.Product) {
	t.Helper()
	if target.Verdict != report.VerdictIKEv2 || !target.Complete || target.Matrix == nil {
		t.Fatalf("verdict %s, complete: %v, matrix: %v, notes %q",
			target.Verdict, target.Complete, target.Matrix != nil, target.Notes)
	}
	m := target.Matrix
	if !m.Proven || m.Unknown != 0 || len(m.Undecided) > 0 || len(m.Contradictions) > 0 {
		t.Errorf("proven: %v, %d suites unknown, undecided %v, contradictions %v, notes %q",
			m.Proven, m.Unknown, m.Undecided, m.Contradictions, target.Notes)
	}
	for _, fault := range unobserved(target) {
		t.Error(fault)
	}
	var got []proposals.Product
	for _, p := range m.Products {
		got = append(got, productOf(p.Suites))
	}
	found, expected := suitesOf(t, got), suitesOf(t, want)
	reportMissing(t, "accepted, but not in the report", expected, found)
	reportMissing(t, "in the report, but not accepted", found, expected)
	if n := int64(len(found)); m.Accepted != n || m.Accepted+m.Refused != m.Universe {
		t.Errorf("the products hold %d suites, and %d are counted as accepted, %d as refused, of %d",
			n, m.Accepted, m.Refused, m.Universe)
	}
}

// mostIdentity is how many exchanges it may take to ask who a gateway is that does not
// show it: four products, and three ways to ask one of them, each with its IKE_AUTH.
const mostIdentity = 2 * (4 + 3)

// checkGentle fails the test if a scan took more than it should, beside what it takes to
// ask who the gateway is.
func checkGentle(t *testing.T, target report.Target, exchanges int) {
	t.Helper()
	c := target.Cost
	identity := 0
	for _, x := range target.Exchanges {
		if x.Purpose == report.PurposeIdentity {
			identity++
		}
	}
	if identity > mostIdentity {
		t.Errorf("%d exchanges to ask who the gateway is, want at most %d", identity, mostIdentity)
	}
	if c.Exchanges-identity > exchanges || len(target.Exchanges) != c.Exchanges {
		t.Errorf("%d exchanges, of which the report lists %d; want at most %d", c.Exchanges, len(target.Exchanges), exchanges)
	}
	if c.HalfOpenLeft != 0 || c.HalfOpenPeak > 3 || c.Cookies != 0 {
		t.Errorf("%d half-open IKE SAs left of at most %d at a time, and %d cookies; want 0, 3 and 0",
			c.HalfOpenLeft, c.HalfOpenPeak, c.Cookies)
	}
}

// productOf reads the numbers of a report, not its names.
func productOf(s report.Suites) proposals.Product {
	var p proposals.Product
	lists := append([][]report.Algorithm{s.ENCR, s.PRF, s.INTEG, s.KE}, s.ADDKE...)
	for i, list := range lists {
		axis := proposals.Axis(i)
		for _, a := range list {
			p[axis] = append(p[axis], proposals.Algorithm{Axis: axis, ID: a.ID, KeyBits: a.KeyBits})
		}
	}
	return p
}

// suitesOf lists the union of products.
func suitesOf(t *testing.T, products []proposals.Product) map[proposals.Suite]bool {
	t.Helper()
	const most = 100000
	all := make(map[proposals.Suite]bool)
	for _, p := range products {
		if p.Size() > most {
			t.Fatalf("%v holds %d suites, more than this test lists", p, p.Size())
		}
		list := []proposals.Suite{{}}
		for axis := range proposals.Axis(proposals.NumAxes) {
			algorithms := p[axis]
			if len(algorithms) == 0 {
				algorithms = []proposals.Algorithm{proposals.None(axis)}
			}
			var longer []proposals.Suite
			for _, s := range list {
				for _, a := range algorithms {
					s[axis] = a
					longer = append(longer, s)
				}
			}
			list = longer
		}
		for _, s := range list {
			all[s] = true
		}
	}
	return all
}

// reportMissing fails the test for suites of all that part has not, and names
// the first ones.
func reportMissing(t *testing.T, what string, all, part map[proposals.Suite]bool) {
	t.Helper()
	var missing []string
	for s := range all {
		if !part[s] {
			missing = append(missing, s.String())
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		t.Errorf("%d suites %s: %s", len(missing), what, strings.Join(missing[:min(len(missing), 10)], ", "))
	}
}
