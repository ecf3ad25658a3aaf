package baseline_test

import (
	"slices"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
)

// What is advised is sound, several policies allow it, at least a quarter of the
// well-known clients offer it, and nothing further back is allowed by more policies,
// offered by more clients and stronger.
func TestAdvised(t *testing.T) {
	type worth struct{ policies, clients, bits int }
	initiators := slices.DeleteFunc(client.Policies(), func(p client.Policy) bool { return p.Responder })
	worthOf := func(a proposals.Algorithm) worth {
		var w worth
		for _, p := range baseline.Policies() {
			if allows(t, p, a) {
				w.policies++
			}
		}
		for _, c := range initiators {
			if slices.ContainsFunc(c.Offer, func(p proposals.Product) bool { return slices.Contains(p[a.Axis], a) }) {
				w.clients++
			}
		}
		w.bits, _ = baseline.Strength(a)
		return w
	}
	for _, axis := range []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE} {
		list := baseline.Advised(axis)
		if len(list) == 0 {
			t.Errorf("nothing is advised for %s", axis)
		}
		for i, a := range list {
			w := worthOf(a)
			if baseline.Soundness(a) < baseline.Sound || w.policies < 4 || 4*w.clients < len(initiators) {
				t.Errorf("%s is advised: soundness %d, %+v of %d clients", a.Keyword(), baseline.Soundness(a), w, len(initiators))
			}
			for _, b := range list[i+1:] {
				if v := worthOf(b); v.policies > w.policies && v.clients > w.clients && v.bits >= w.bits {
					t.Errorf("%s %+v comes before %s %+v", a.Keyword(), w, b.Keyword(), v)
				}
			}
		}
	}
}

// allows reports whether no rule of p speaks against an algorithm.
func allows(t *testing.T, p baseline.Policy, a proposals.Algorithm) bool {
	t.Helper()
	var only proposals.Product
	only[a.Axis] = []proposals.Algorithm{a}
	for _, r := range p.Rules {
		if r.Demand != baseline.Allowed && r.Demand != baseline.Forbidden || !slices.Contains(r.Aspect.Axes(), a.Axis) {
			continue
		}
		broken, err := r.Select([]proposals.Product{only})
		if err != nil {
			t.Fatal(err)
		}
		if len(broken) > 0 {
			return false
		}
	}
	return true
}

func TestPrefer(t *testing.T) {
	for _, test := range []struct{ better, worse string }{
		{"aes256gcm16", "aes128gcm16"},
		{"aes128gcm16", "aes256"}, // AEAD before a longer key
		{"aes128", "aes256ctr"},
		{"aes192", "3des"},
		{"prfsha256", "prfsha512"},
		{"sha256", "aesxcbc"},
		{"ecp384", "ecp521"},
		{"ecp256", "modp8192"},
		{"ecp521", "modp2048"}, // 112 bits, though modp2048 is advised
		{"modp8192", "ecp521"}, // enough is enough
		{"modp2048", "modp1536"},
	} {
		a, errA := proposals.ParseAlgorithm(test.better)
		b, errB := proposals.ParseAlgorithm(test.worse)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if baseline.Prefer(a, b) <= 0 || baseline.Prefer(b, a) >= 0 || baseline.Prefer(a, a) != 0 {
			t.Errorf("%s is not preferred to %s", test.better, test.worse)
		}
	}
}

func TestPreferSuite(t *testing.T) {
	for _, test := range []struct{ better, worse string }{
		{"aes128-sha256-prfsha256-modp2048", "aes256gcm16-prfsha384-modp1024"},
		{"aes128-sha256-prfsha256-ecp256", "aes256gcm16-prfsha384-modp2048"},
		{"aes128gcm16-prfsha256-ecp256", "aes256-sha512-prfsha512-ecp384"},
		{"aes256gcm16-prfsha256-ecp384", "aes256gcm16-prfsha256-ecp256"},
		{"aes256gcm16-prfsha256-ecp256", "aes128gcm16-prfsha256-ecp256"},
	} {
		a, errA := proposals.ParseSuite(test.better)
		b, errB := proposals.ParseSuite(test.worse)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if baseline.PreferSuite(a, b) <= 0 || baseline.PreferSuite(b, a) >= 0 {
			t.Errorf("%s is not preferred to %s", test.better, test.worse)
		}
	}
}
