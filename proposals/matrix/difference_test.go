package matrix

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/proposals"
)

func products(t testing.TB, s string) []proposals.Product {
	t.Helper()
	if s == "" {
		return nil
	}
	ps, err := proposals.ParseProducts(s)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func TestDifference(t *testing.T) {
	for _, tt := range []struct{ a, b, difference, intersection string }{
		{"", "", "", ""},
		{"aes256gcm16-prfsha384-ecp384", "", "aes256gcm16-prfsha384-ecp384", ""},
		{"aes256gcm16-aes128gcm16-prfsha384-ecp384-ecp256", "aes256gcm16-prfsha384-ecp384",
			"aes128gcm16-prfsha384-ecp384-ecp256,aes256gcm16-prfsha384-ecp256", "aes256gcm16-prfsha384-ecp384"},
		// The same set in other pieces.
		{"aes256gcm16-prfsha384-ecp384,aes256gcm16-prfsha384-ecp256", "aes256gcm16-prfsha384-ecp256-ecp384", "", "aes256gcm16-prfsha384-ecp384-ecp256"},
		// Overlaps count once, and the pieces are put together.
		{"aes256gcm16-prfsha384-ecp384-ecp256,aes256gcm16-prfsha384-ecp256-x25519", "", "aes256gcm16-prfsha384-ecp384-ecp256-x25519", ""},
		// None is an algorithm as any other.
		{"aes256gcm16-prfsha384-ecp384-ke1_none-ke1_mlkem768", "aes256gcm16-prfsha384-ecp384",
			"aes256gcm16-prfsha384-ecp384-ke1_mlkem768", "aes256gcm16-prfsha384-ecp384"},
	} {
		a, b := products(t, tt.a), products(t, tt.b)
		for what, f := range map[string]struct {
			do   func(a, b []proposals.Product) ([]proposals.Product, error)
			want string
		}{"difference": {Difference, tt.difference}, "intersection": {Intersection, tt.intersection}} {
			got, err := f.do(a, b)
			if err != nil {
				t.Fatal(err)
			}
			var words []string
			for _, p := range got {
				words = append(words, p.String())
			}
			if s := strings.Join(words, ","); s != f.want {
				t.Errorf("%s of %q and %q = %q, want %q", what, tt.a, tt.b, s, f.want)
			}
		}
	}
}

// Each suite is in the difference if and only if it should be, and once.
func TestDifferenceIsExact(t *testing.T) {
	whole := mustParse(t, "aes128-aes256-sha1-sha256-prfsha1-prfsha256-modp2048-ecp256-ke1_none-ke1_mlkem768")
	part := rapid.Custom(func(t *rapid.T) proposals.Product {
		p := whole
		for axis, list := range whole {
			if len(list) > 0 {
				p[axis] = rapid.SliceOfNDistinct(rapid.SampledFrom(list), 1, -1, rapid.ID[proposals.Algorithm]).Draw(t, "algorithms")
			}
		}
		return p
	})
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(part, 0, 4).Draw(t, "a")
		b := rapid.SliceOfN(part, 0, 4).Draw(t, "b")
		difference, err := Difference(a, b)
		if err != nil {
			t.Fatal(err)
		}
		intersection, err := Intersection(a, b)
		if err != nil {
			t.Fatal(err)
		}
		count := func(ps []proposals.Product, s proposals.Suite) (n int) {
			for _, p := range ps {
				if p.Contains(s) {
					n++
				}
			}
			return n
		}
		var left, both int64
		for s := range whole.Suites() {
			inA, inB := count(a, s) > 0, count(b, s) > 0
			if got := count(difference, s); got > 1 || (got == 1) != (inA && !inB) {
				t.Fatalf("%v is %d times in the difference", s, got)
			}
			if got := count(intersection, s); got > 1 || (got == 1) != (inA && inB) {
				t.Fatalf("%v is %d times in the intersection", s, got)
			}
			left += int64(count(difference, s))
			both += int64(count(intersection, s))
		}
		if Count(difference) != left || Count(intersection) != both {
			t.Fatalf("counted %d and %d, want %d and %d", Count(difference), Count(intersection), left, both)
		}
	})
}

// Sets that were made to fall into very many pieces end in an error, soon.
func TestDifferenceIsBounded(t *testing.T) {
	whole := Deep().Products()
	var holes []proposals.Product
	for i := range 2000 { // single suites, each in a corner of its own
		p := whole[2]
		for axis, list := range p {
			if len(list) > 0 {
				p[axis] = []proposals.Algorithm{list[i*(2*axis+3)/(axis+1)%len(list)]}
			}
		}
		holes = append(holes, p)
	}
	if _, err := Difference(whole, holes); err == nil {
		t.Error("no error for a difference of very many pieces")
	}
	many := make([]proposals.Product, maxPieces+1)
	for i := range many {
		many[i] = mustParse(t, "aes128-sha256-prfsha256-modp2048")
	}
	if _, err := Difference(many, nil); err == nil {
		t.Error("no error for very many products")
	}
	if _, err := Intersection(many[:300], many[:300]); err == nil {
		t.Error("no error for very many pairs")
	}
	var wide proposals.Product
	for i := range maxValues + 1 {
		wide[proposals.ENCR] = append(wide[proposals.ENCR], mustAlgorithm(t, fmt.Sprintf("encr_%d", 60000+i)))
	}
	wide[proposals.PRF], wide[proposals.KE] = whole[0][proposals.PRF], whole[0][proposals.KE]
	if _, err := Difference([]proposals.Product{wide}, nil); err == nil {
		t.Error("no error for more algorithms than an axis holds")
	}
	if got := Count([]proposals.Product{whole[0], whole[1], {proposals.ENCR: make([]proposals.Algorithm, 1<<20), proposals.PRF: make([]proposals.Algorithm, 1<<20), proposals.KE: make([]proposals.Algorithm, 1<<20), proposals.ADDKE1: make([]proposals.Algorithm, 1<<10)}}); got != math.MaxInt64 {
		t.Errorf("Count = %d", got)
	}
}

func mustAlgorithm(t testing.TB, keyword string) proposals.Algorithm {
	t.Helper()
	a, err := proposals.ParseAlgorithm(keyword)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func mustParse(t *testing.T, s string) proposals.Product {
	t.Helper()
	p, err := proposals.ParseProduct(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
