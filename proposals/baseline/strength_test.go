package baseline

import (
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Each suite's algorithms are, axis by axis, weaker than those of the next, or
// as strong.
func TestCompare(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"des", "3des", -1},
		{"3des", "aes128", -1},
		{"3des", "blowfish256", -1}, // a worse weakness goes before length
		{"aes128", "aes128gcm16", 0},
		{"aes128gcm16", "aes256", -1},
		{"chacha20poly1305", "aes256", 0},
		{"prfmd5", "prfsha1", -1},
		{"prfsha1", "prfaesxcbc", -1},
		{"prfsha256", "prfsha512", 0},
		{"md5", "sha1", -1},
		{"sha1", "aesxcbc", -1},
		{"sha256", "sha512", 0},
		{"modp768", "modp1024", -1},
		{"modp1024", "modp2048s256", -1},
		{"modp2048s256", "modp2048", -1},
		{"modp2048", "ecp256", -1},
		{"modp3072", "x25519", 0},
		{"ecp384", "modp8192", -1},
		{"ke_65000", "modp2048", -1}, // of unknown strength
	} {
		a, err := proposals.ParseAlgorithm(test.a)
		if err != nil {
			t.Fatal(err)
		}
		b, err := proposals.ParseAlgorithm(test.b)
		if err != nil {
			t.Fatal(err)
		}
		if got := Compare(a, b); got != test.want {
			t.Errorf("Compare(%v, %v) = %d, want %d", a, b, got, test.want)
		}
		if got := Compare(b, a); got != -test.want {
			t.Errorf("Compare(%v, %v) = %d, want %d", b, a, got, -test.want)
		}
	}
}

// What a scan asks about by default and is in use has a known strength.
func TestStrengthIsKnown(t *testing.T) {
	for _, p := range matrix.Quick().Products() {
		for _, list := range p {
			for _, a := range list {
				if _, ok := Strength(a); !ok {
					t.Errorf("the strength of %v is not known", a)
				}
			}
		}
	}
}
