package proposals

import (
	"math"
	"testing"
)

// suites returns every suite of p.
func suites(p Product) []Suite {
	all := []Suite{{}}
	for axis, list := range p {
		if len(list) == 0 {
			list = []Algorithm{None(Axis(axis))}
		}
		var longer []Suite
		for _, s := range all {
			for _, a := range list {
				s[axis] = a
				longer = append(longer, s)
			}
		}
		all = longer
	}
	return all
}

func TestProductHoldsItsSuites(t *testing.T) {
	for _, in := range []string{
		"aes256gcm16-prfsha384-ecp384",
		"aes128-aes256-3des-sha1-sha256-prfsha1-prfsha256-modp1024-x25519-ecp256",
		"aes256gcm16-aes128gcm16-prfsha384-ecp384-ke1_mlkem768-ke1_none-ke3_mlkem512-ke3_mlkem1024",
	} {
		p := mustParse(t, in)
		all := suites(p)
		if p.Size() != int64(len(all)) {
			t.Errorf("%s: size %d, but %d suites", in, p.Size(), len(all))
		}
		seen := make(map[Suite]bool)
		for _, s := range all {
			if seen[s] || !p.Contains(s) {
				t.Errorf("%s: %s twice or not in it", in, s)
			}
			seen[s] = true
			if parsed := mustParse(t, s.String()); parsed.Size() != 1 || !parsed.Contains(s) {
				t.Errorf("%s reads as %s", s, parsed)
			}
			// Any other algorithm in any place leads out of the product.
			for axis := range s {
				other := s
				other[axis].ID = 999
				if p.Contains(other) {
					t.Errorf("%s contains %s", in, other)
				}
			}
		}
	}
}

func TestProductEdges(t *testing.T) {
	aead := mustParse(t, "aes256gcm16-prfsha384-ecp384")
	var s Suite
	for i, list := range aead {
		s[i] = None(Axis(i))
		if len(list) > 0 {
			s[i] = list[0]
		}
	}

	named := aead
	named[INTEG] = []Algorithm{None(INTEG)}
	if !named.Contains(s) || named.Size() != 1 || named.String() != aead.String() {
		t.Errorf("with INTEG none named: %v of %d suites", named, named.Size())
	}

	var empty Product
	if empty.Size() != 0 || empty.Contains(s) || empty.Contains(Suite{}) || empty.String() != "" {
		t.Errorf("the empty product is %q of %d suites", empty, empty.Size())
	}
	noKE := aead
	noKE[KE] = nil
	s[KE] = Algorithm{Axis: KE}
	if noKE.Size() != 0 || noKE.Contains(s) {
		t.Errorf("without KE: %d suites", noKE.Size())
	}

	var huge Product
	for axis := range huge {
		for id := range uint16(1000) {
			huge[axis] = append(huge[axis], Algorithm{Axis: Axis(axis), ID: id + 1})
		}
	}
	if huge.Size() != math.MaxInt64 {
		t.Errorf("1000^11 is %d", huge.Size())
	}
}

func TestProductSets(t *testing.T) {
	const all = "aes128-aes256-sha256-prfsha256-x25519-ecp256-ke1_mlkem768-ke1_none"
	for _, tt := range []struct {
		p, q, both string // "" where they share nothing
		holds      bool
	}{
		{all, "aes256-sha256-prfsha256-ecp256", "aes256-sha256-prfsha256-ecp256", true},
		{all, "aes256-sha256-prfsha256-x25519-ke1_mlkem768", "aes256-sha256-prfsha256-x25519-ke1_mlkem768", true},
		{"aes256-sha256-prfsha256-ecp256", all, "aes256-sha256-prfsha256-ecp256", false},
		{all, "aes256-sha256-prfsha256-modp2048-ecp256-x25519", "aes256-sha256-prfsha256-x25519-ecp256", false},
		{all, "aes256gcm16-prfsha256-ecp256", "", false},
		{all, "aes256-sha256-prfsha256-ecp256-ke2_mlkem768", "", false},
		{"aes256-sha256-prfsha256-ecp256", "aes256-sha256-prfsha256-ecp256-ke1_none", "aes256-sha256-prfsha256-ecp256", true},
	} {
		p, q := mustParse(t, tt.p), mustParse(t, tt.q)
		both, ok := p.Intersect(q)
		if both.String() != tt.both || ok != (tt.both != "") || p.Overlaps(q) != ok || q.Overlaps(p) != ok || p.Holds(q) != tt.holds {
			t.Errorf("%s and %s: both %q, %v; overlaps %v; holds %v", tt.p, tt.q, both, ok, p.Overlaps(q), p.Holds(q))
		}
	}
	// What is empty for want of a key exchange shares nothing, not even with itself.
	empty := mustParse(t, all)
	empty[KE] = nil
	if both, ok := empty.Intersect(empty); ok || empty.Overlaps(empty) || empty.Holds(empty) || mustParse(t, all).Holds(empty) {
		t.Errorf("an empty product shares %v", both)
	}
	for s := range empty.Suites() {
		t.Errorf("an empty product has %v", s)
	}
	// More suites than can be counted.
	var huge, more Product
	for axis := range huge {
		for id := range uint16(1000) {
			more[axis] = append(more[axis], Algorithm{Axis: Axis(axis), ID: id + 1})
		}
		huge[axis] = more[axis][:999]
	}
	if huge.Holds(more) || !more.Holds(huge) {
		t.Error("of huge products, the smaller holds the greater")
	}
}
