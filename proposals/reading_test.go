package proposals

import (
	"strings"
	"testing"
)

func TestReadProducts(t *testing.T) {
	const suite = "aes256gcm16-prfsha384-ecp384"
	for text, want := range map[string]string{
		suite:                          suite,
		"AES256GCM16-PRFSHA384-ECP384": suite,
		"GCMAES256-prfsha384-ecp384":   suite,
		"ENCR_AES_GCM_16_256-PRF_HMAC_SHA2_384-KE_ECP_384":       suite,
		"ENCR_AES_GCM_16_256 / PRF_HMAC_SHA2_384 / ECP_384":      suite,
		"aes256gcm16-prfsha384-20":                               suite,
		"aes256gcm16 prfsha384 group20":                          suite,
		"aes256gcm-prfsha384-DH20":                               suite,
		"aes256-sha256-prfsha256-14":                             "aes256-sha256-prfsha256-modp2048",
		"aes256gcm16-prfsha384-20, aes256-sha256-prfsha256-dh19": suite + "+aes256-sha256-prfsha256-ecp256",
		// Completed, and said so.
		"aes256-sha256-modp2048":  `aes256-sha256-prfsha256-modp2048 "aes256-sha256-modp2048" is completed as strongSwan does, to aes256-sha256-prfsha256-modp2048: it names no PRF`,
		"GCMAES256-SHA384-ECP384": suite + ` "GCMAES256-SHA384-ECP384" is completed as strongSwan does, to aes256gcm16-prfsha384-ecp384: it names sha384 beside AEAD, which needs no integrity algorithm, and names no PRF`,
		"aes128-sha1-2":           `aes128-sha1-prfsha1-modp1024 "aes128-sha1-2" is completed as strongSwan does, to aes128-sha1-prfsha1-modp1024: it names no PRF`,
	} {
		products, completed, err := ReadProducts(text)
		var words []string
		for _, p := range products {
			words = append(words, p.String())
		}
		if got := strings.Join(append([]string{strings.Join(words, "+")}, completed...), " "); err != nil || got != want {
			t.Errorf("%q is read as\n%s, %v; want\n%s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                            "is empty",
		"aes256gcm16-ecp384":          `"aes256gcm16-ecp384" names no PRF; strongSwan rejects it`,
		"aes256gcm16-prfsha384-2O":    `"2O" at octet 23 is not a known keyword`,
		"aes256gcm16-prfsha384-99":    `"99" at octet 23 is not a known keyword`,
		"aes256gcm16-prfsha384-20-20": "repeats ecp384",
		"GCMAES256-prfsha384":         "names no key exchange method",
		suite + ",x":                  "proposal 2 of 2: ",
	} {
		if products, _, err := ReadProducts(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %q", text, products, err, want)
		}
	}
}

// FuzzReadProducts: what is read is a proposal that ParseProduct reads as the same.
func FuzzReadProducts(f *testing.F) {
	for _, text := range []string{"GCMAES256-SHA384-ECP384", "ENCR_AES_GCM_16_256/PRF_HMAC_SHA2_384/20", "aes256-sha256-14,aes128-sha1-2", "-,/ "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		products, _, err := ReadProducts(text)
		if err != nil {
			return
		}
		for _, p := range products {
			again, err := ParseProduct(p.String())
			if err != nil || again.String() != p.String() {
				t.Errorf("%q is read as %v, and that as %v: %v", text, p, again, err)
			}
		}
	})
}
