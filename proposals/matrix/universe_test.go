package matrix

import (
	"testing"

	"github.com/ikescope/ikescope/proposals"
)

func TestUniverses(t *testing.T) {
	for _, tt := range []struct {
		name string
		u    *Universe
		size int64
		in   []string
		out  []string
	}{
		{"classical", Classical(), 60_750,
			[]string{"aes256gcm16-prfsha384-ecp384", "aes256-sha256-prfsha256-modp2048", "des-md5-prfmd5-modp768", "camellia256ctr-sha1-prfsha1-x448"},
			[]string{"aes256gcm16-prfsha384-ecp384-ke1_mlkem768"}},
		{"standard", Standard(), 746_556_750,
			[]string{"aes256gcm16-prfsha384-ecp384", "aes256gcm16-prfsha384-ecp384-ke1_mlkem768", "aes256-sha256-prfsha256-x25519-ke1_mlkem512-ke7_mlkem1024"},
			[]string{"aes256gcm16-prfsha384-ecp384-ke2_mlkem768", "aes256gcm16-prfsha384-ecp384-ke1_x25519"}},
		{"quick", Quick(), 0,
			[]string{"aes256gcm16-prfsha384-ecp384", "3des-sha1-prfsha1-modp1024", "aes256gcm16-prfsha384-x25519-ke1_mlkem768"},
			[]string{"des-md5-prfmd5-modp768", "aes256gcm16-prfsha384-ecp224bp"}},
		{"quick but for KE", Quick(proposals.KE), 0,
			[]string{"aes256gcm16-prfsha384-ecp224bp", "3des-sha1-prfsha1-modp768"},
			[]string{"des-md5-prfmd5-modp768", "aes256-sha256-prfsha256-x25519-ke1_mlkem512"}},
		{"deep", Deep(), 0,
			[]string{"aes256gcm16-prfsha384-ecp384", "aes256gcm16-prfsha384-ecp384-ke2_mlkem768", "aes256gcm16-prfsha384-ecp384-ke1_x25519", "aes256gcm16-prfsha384-ecp384-ke7_modp2048"},
			[]string{"aes256gcm16-prfsha384-ecp384-ke6_x25519-ke7_modp2048"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.u.Size(); tt.size != 0 && got != tt.size {
				t.Errorf("%d suites, want %d", got, tt.size)
			}
			for _, s := range append(tt.in, tt.out...) {
				p, err := proposals.ParseProduct(s)
				if err != nil {
					t.Fatal(err)
				}
				b, _ := tt.u.box(p)
				want := false
				for _, in := range tt.in {
					want = want || in == s
				}
				if got := b.IsCell() && tt.u.Contains(tt.u.suite(b)); got != want {
					t.Errorf("Contains(%s) = %v, want %v", s, got, want)
				}
			}
		})
	}
	sizes := []int64{Quick().Size(), Standard().Size(), Deep().Size()}
	if sizes[0] >= sizes[1] || sizes[1] >= sizes[2] {
		t.Errorf("quick, standard and deep have %d suites, want ever more", sizes)
	}
	t.Logf("quick, standard, deep: %d", sizes)
}

func TestNewUniverse(t *testing.T) {
	empty, _ := proposals.ParseProduct("aes256gcm16-prfsha384-ecp384")
	empty[proposals.KE] = nil
	if _, err := NewUniverse(empty); err == nil {
		t.Error("a product without a key exchange method made a universe")
	}
	var many proposals.Product
	p, _ := proposals.ParseProduct("aes256gcm16-prfsha384-ecp384")
	many = p
	for id := range uint16(65) {
		many[proposals.KE] = append(many[proposals.KE], proposals.Algorithm{Axis: proposals.KE, ID: 2000 + id})
	}
	if _, err := NewUniverse(many); err == nil {
		t.Error("66 methods fit an axis")
	}
	// What overlaps is counted once.
	u, err := NewUniverse(p, p)
	if err != nil || u.Size() != 1 {
		t.Errorf("twice the same suite: %d suites, %v", u.Size(), err)
	}
}

// An algorithm of no number would be sent as one.
func TestUniversesHoldAlgorithms(t *testing.T) {
	for _, u := range []*Universe{Quick(), Standard(), Deep()} {
		for _, p := range u.Products() {
			for axis, list := range p {
				for _, a := range list {
					if a.Axis != proposals.Axis(axis) || a.ID == 0 && !a.IsNone() {
						t.Fatalf("%v holds %+v on %v", p, a, proposals.Axis(axis))
					}
				}
			}
		}
	}
}
