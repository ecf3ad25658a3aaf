package baseline

import (
	"testing"

	"github.com/ikescope/ikescope/proposals"
)

func TestCompareSuites(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"aes256-sha256-prfsha256-modp2048", "aes256-sha256-prfsha256-modp2048", 0},
		{"3des-sha1-prfsha1-modp1024", "aes256-sha256-prfsha256-modp2048", -1},
		{"aes128gcm16-prfsha256-x25519", "aes256gcm16-prfsha256-x25519", -1},
		// Groups of 128 bits or more are as good as each other.
		{"aes256gcm16-prfsha384-x25519", "aes256gcm16-prfsha384-ecp384", 0},
		{"aes256gcm16-prfsha384-modp3072", "aes256gcm16-prfsha384-ecp521", 0},
		{"aes256gcm16-prfsha384-modp2048", "aes256gcm16-prfsha384-ecp256", -1},
		// What is worst decides before what is stronger.
		{"3des-sha256-prfsha256-ecp384", "aes256-sha256-prfsha256-modp2048", -1},
		{"aes256-sha1-prfsha1-ecp384", "aes256gcm16-prfsha256-modp1024", 1},
		// Each is weaker than the other in something.
		{"aes128gcm16-prfsha256-ecp256", "aes256-sha256-prfsha256-modp2048", 0},
		// An AEAD cipher needs no integrity algorithm.
		{"aes256gcm16-prfsha256-modp2048", "aes256-sha256-prfsha256-modp2048", 0},
		{"aes256gcm16-prfsha384-ecp384", "aes256gcm16-prfsha384-ecp384-ke1_mlkem768", -1},
	} {
		a, b := suite(t, tt.a), suite(t, tt.b)
		if got := CompareSuites(a, b); got != tt.want {
			t.Errorf("CompareSuites(%s, %s) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := CompareSuites(b, a); got != -tt.want {
			t.Errorf("CompareSuites(%s, %s) = %d, want %d", tt.b, tt.a, got, -tt.want)
		}
	}
}

func suite(t *testing.T, keywords string) proposals.Suite {
	t.Helper()
	s, err := proposals.ParseSuite(keywords)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWeakIn(t *testing.T) {
	for keywords, want := range map[string]int{
		"aes256gcm16-prfsha384-ecp384":   0,
		"aes256-sha1-prfsha1-modp2048":   2,
		"3des-sha1-prfsha1-modp1024":     4,
		"des-sha256-prfsha256-modp2048":  1,
		"aes256-sha256-prfsha256-ecp192": 1,
	} {
		if got := WeakIn(suite(t, keywords)); len(got) != want {
			t.Errorf("WeakIn(%s) = %v, want %d", keywords, got, want)
		}
	}
}
