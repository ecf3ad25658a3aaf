package proposals

import (
	"errors"
	"slices"
	"testing"
)

// What an algorithm is called elsewhere leads to its keyword, never to another
// that is spelt alike.
func TestOtherNames(t *testing.T) {
	for name, want := range map[string]string{
		"group14": "modp2048", "dh20": "ecp384", "DHGroup2": "modp1024", "grp31": "x25519",
		"GCMAES256": "aes256gcm16", "GCMAES128": "aes128gcm16", "DES3": "3des",
		"ENCR_AES_GCM_16_256": "aes256gcm16", "aes_gcm_16_128": "aes128gcm16", "AES_CBC_256": "aes256", "AES_GCM_256": "aes256gcm16",
		"PRF_HMAC_SHA2_384": "prfsha384", "AUTH_HMAC_SHA2_256_128": "sha256", "KE_MODP_2048": "modp2048", "ECP_384": "ecp384", "HMAC_SHA2_256_128": "sha256",
		"CHACHA20_POLY1305": "chacha20poly1305", "ENCR_3DES": "3des",
	} {
		_, err := ParseAlgorithm(name)
		var e *SyntaxError
		if !errors.As(err, &e) || !slices.Equal(e.Nearest, []string{want}) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

// Each of the other names is of one algorithm, and is not a keyword of another.
func TestOtherNamesOfKeywords(t *testing.T) {
	for _, word := range keywords.words {
		a, ok := keywords.algorithm[word]
		if !ok {
			continue
		}
		if other, ok := otherNames()[word]; ok && keywords.algorithm[other] != a {
			t.Errorf("%s is a keyword, and %s by its other name", word, other)
		}
		if got := fromOtherName(a.Name()); a.KeyBits == 0 && a.ID != 0 && (len(got) != 1 || keywords.algorithm[got[0]] != a) {
			t.Errorf("%s, which is %s, leads to %q", a.Name(), word, got)
		}
	}
}
