package meet

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident/offered"
)

func esp(cipher, integrity, exchange string) offered.Proposal {
	p := offered.Proposal{Protocol: "ESP"}
	p.Add(offered.Cipher, cipher)
	p.Add(offered.Integrity, integrity)
	p.Add(offered.Exchange, exchange)
	return p
}

// What a proposal for ESP lets in that is weaker is named, and nothing else is.
func TestChild(t *testing.T) {
	for _, test := range []struct {
		product             string
		got, want           offered.Proposal
		onlyPFS             bool
		line, weaker, other string
	}{
		{"strongSwan", esp("AES_CBC_256", "HMAC_SHA1_96", ""), esp("AES_GCM_16_256", "", ""), false,
			"esp_proposals = aes256gcm16, aes256-sha1", "AUTH_HMAC_SHA1_96", "let it offer aes256gcm16,"},
		{"strongSwan", esp("AES_GCM_16_256", "", ""), esp("AES_CBC_256", "HMAC_SHA1_96", ""), false,
			"esp_proposals = aes256-sha1, aes256gcm16", "", ""},
		{"libreswan", esp("AES_GCM_16_128", "", "MODP_2048"), esp("AES_GCM_16_256", "", "MODP_2048"), false,
			"esp=aes_gcm128;modp2048", "ENCR_AES_GCM_16 with 128 bits", "let it offer aes256gcm16-modp2048,"},
		{"strongSwan", esp("AES_GCM_16_256", "", ""), esp("AES_GCM_16_256", "", "ECP_384"), true,
			"esp_proposals = aes256gcm16-ecp384, aes256gcm16", "rekeying without a key exchange", "let it offer aes256gcm16-ecp384,"},
		{"strongSwan", esp("NEW_CIPHER", "", ""), esp("AES_GCM_16_256", "", ""), false, "", "", ""},
		{"FortiGate", esp("AES_CBC_256", "HMAC_SHA1_96", ""), esp("AES_GCM_16_256", "", ""), false, "", "", ""},
	} {
		var line, worse, other string
		for _, l := range Child(test.product, []offered.Proposal{test.got}, []offered.Proposal{test.want}, test.got, test.want, test.onlyPFS) {
			switch {
			case l.Paste:
				line = l.Text
			case l.Where == weaker:
				worse += l.Text + "\n"
			case l.Where == better:
				other = l.Text
			}
		}
		if line != test.line || !strings.Contains(worse, test.weaker) || (worse == "") != (test.weaker == "") || !strings.Contains(other, test.other) || (other == "") != (test.other == "") {
			t.Errorf("%s: %v for %v: %q, weaker %q, other %q", test.product, test.got, test.want, line, worse, other)
		}
	}
}
