package proposals

import (
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestKeywordsFile(t *testing.T) {
	r := csv.NewReader(strings.NewReader(keywordsCSV))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := len(rows) - 1; got != 153 {
		t.Errorf("%d keywords, strongSwan has 153", got)
	}
	seen := make(map[string]bool)
	for _, row := range rows[1:] {
		word, name := row[0], row[4]
		if seen[word] {
			t.Errorf("%s twice", word)
		}
		seen[word] = true
		a, ok := keywords.algorithm[word]
		switch {
		case !ok:
			if !keywords.sequence[word] {
				t.Errorf("%s was not read", word)
			}
		case name == "":
			if a.ID < 1024 {
				t.Errorf("%s has no IANA name, yet its id %d is not for private use", word, a.ID)
			}
		case a.Name() != name:
			t.Errorf("%s is %s by its number, %s by its name", word, a.Name(), name)
		}
	}
}

// TestKeywordRoundTrip holds that every algorithm prints as a keyword of its
// own that is read back, and that no keyword of strongSwan's hides another.
func TestKeywordRoundTrip(t *testing.T) {
	var all []Algorithm
	for axis := range Axis(NumAxes) {
		all = append(all, IKEAlgorithms(axis)...)
		for _, id := range []uint16{1, 38, 999, 1024, 1026, 65001, 65535} {
			for _, bits := range []uint16{0, 1, 128, 256, 65535} {
				if a := (Algorithm{axis, id, bits}); !slices.Contains(all, a) {
					all = append(all, a)
				}
			}
		}
	}
	for _, a := range keywords.algorithm {
		if !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	seen := make(map[string]Algorithm)
	for _, a := range all {
		word := a.Keyword()
		back, err := ParseAlgorithm(word)
		if err != nil || back != a {
			t.Errorf("%#v prints %q, which reads as %#v, %v", a, word, back, err)
		}
		if other, ok := seen[word]; ok {
			t.Errorf("%q stands for %#v and %#v", word, a, other)
		}
		seen[word] = a
	}
}

func TestKeyword(t *testing.T) {
	for _, tt := range []struct {
		in, out, name, label string
		aead                 bool
	}{
		{"aes", "aes128", "ENCR_AES_CBC", "AES_CBC 128", false},
		{"AES256", "aes256", "ENCR_AES_CBC", "AES_CBC 256", false},
		{"aes256ctr", "aes256ctr", "ENCR_AES_CTR", "AES_CTR 256", false},
		{"aes256gcm", "aes256gcm16", "ENCR_AES_GCM_16", "AES_GCM_16 256", true},
		{"aes256gcm128", "aes256gcm16", "ENCR_AES_GCM_16", "AES_GCM_16 256", true},
		{"aes192ccm64", "aes192ccm8", "ENCR_AES_CCM_8", "AES_CCM_8 192", true},
		{"camellia128ccm96", "camellia128ccm12", "ENCR_CAMELLIA_CCM_12", "CAMELLIA_CCM_12 128", true},
		{"aes128gmac", "aes128gmac", "ENCR_NULL_AUTH_AES_GMAC", "NULL_AUTH_AES_GMAC 128", true},
		{"chacha20poly1305", "chacha20poly1305", "ENCR_CHACHA20_POLY1305", "CHACHA20_POLY1305", true},
		{"chacha20poly1305compat", "chacha20poly1305compat", "ENCR_CHACHA20_POLY1305", "CHACHA20_POLY1305 256", true},
		{"3des", "3des", "ENCR_3DES", "3DES", false},
		{"null", "null", "ENCR_NULL", "NULL", false},
		{"serpent", "serpent128", "EncryptionID(1026)", "serpent128", false},
		{"encr_20_256", "aes256gcm16", "ENCR_AES_GCM_16", "AES_GCM_16 256", true},
		{"encr_12", "encr_12", "ENCR_AES_CBC", "AES_CBC", false},
		{"encr_32", "encr_32", "ENCR_KUZNYECHIK_MGM_KTREE", "KUZNYECHIK_MGM_KTREE", true},
		{"ENCR_65001_256", "encr_65001_256", "EncryptionID(65001)", "encr_65001_256", false},
		{"sha", "sha1", "AUTH_HMAC_SHA1_96", "SHA1_96", false},
		{"sha2_256", "sha256", "AUTH_HMAC_SHA2_256_128", "SHA2_256_128", false},
		{"sha2_256_96", "sha256_96", "IntegrityID(1026)", "sha256_96", false},
		{"md5_128", "md5_128", "AUTH_HMAC_MD5_128", "MD5_128", false},
		{"integ_12", "sha256", "AUTH_HMAC_SHA2_256_128", "SHA2_256_128", false},
		{"integ_99", "integ_99", "IntegrityID(99)", "integ_99", false},
		{"prfsha256", "prfsha256", "PRF_HMAC_SHA2_256", "SHA2_256", false},
		{"prfaesxcbc", "prfaesxcbc", "PRF_AES128_XCBC", "AES128_XCBC", false},
		{"prf_3", "prf_3", "PRF_HMAC_TIGER", "TIGER", false},
		{"prf_99", "prf_99", "PRFID(99)", "prf_99", false},
		{"modp2048", "modp2048", "KE_MODP_2048", "MODP_2048", false},
		{"ecp384", "ecp384", "KE_ECP_384", "ECP_384", false},
		{"curve25519", "x25519", "KE_CURVE25519", "X25519", false},
		{"x448", "x448", "KE_CURVE448", "X448", false},
		{"modpnone", "none", "KE_NONE", "NONE", false},
		{"ke_1035", "ke_1035", "KeyExchangeMethod(1035)", "ke_1035", false},
		{"ke1_mlkem768", "ke1_mlkem768", "KE_ML_KEM_768", "ML_KEM_768", false},
		{"KE7_Curve25519", "ke7_x25519", "KE_CURVE25519", "X25519", false},
		{"ke1_1035", "ke1_1035", "KeyExchangeMethod(1035)", "ke1_1035", false},
		{"ke2_36", "ke2_mlkem768", "KE_ML_KEM_768", "ML_KEM_768", false},
		{"ke1_none", "ke1_none", "KE_NONE", "none", false},
		{"ke3_modpnone", "ke3_none", "KE_NONE", "none", false},
		{"ke3_0", "ke3_none", "KE_NONE", "none", false},
		{"integ_0", "", "AUTH_NONE", "none", false},
	} {
		a, err := ParseAlgorithm(tt.in)
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if a.Keyword() != tt.out || a.Name() != tt.name || a.Label() != tt.label || a.AEAD() != tt.aead {
			t.Errorf("%s: keyword %q, name %q, label %q, AEAD %t; want %q, %q, %q, %t",
				tt.in, a.Keyword(), a.Name(), a.Label(), a.AEAD(), tt.out, tt.name, tt.label, tt.aead)
		}
		if want := a.Keyword(); want != "" && a.String() != want || want == "" && a.String() != "none" {
			t.Errorf("%s: String is %q", tt.in, a)
		}
	}
}

func TestParseAlgorithmErrors(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", `"" is not a known keyword; such are aes256gcm16, sha256, prfsha384 and ecp384`},
		{"aes265", `"aes265" is not a known keyword; did you mean aes256?`},
		{"aes256gmc16", `"aes256gmc16" is not a known keyword; did you mean aes256gcm16, aes256ccm16 or aes256gcm12?`},
		{"sah256", `"sah256" is not a known keyword; did you mean sha256?`},
		{"quantum", `"quantum" is not a known keyword; such are aes256gcm16, sha256, prfsha384 and ecp384`},
		{"mod2048", `"mod2048" is not a known keyword; did you mean modp2048 or modp768?`},
		{"curve25591", `"curve25591" is not a known keyword; did you mean curve25519?`},
		{"esn", `"esn" is for ESP and AH: an IKE SA has no Sequence Numbers transform`},
		{"NoESN", `"NoESN" is for ESP and AH: an IKE SA has no Sequence Numbers transform`},
		{"default", `"default" stands for proposals that vary with strongSwan's version: name the algorithms`},
		{"ke1_aes256", `"ke1_aes256" takes a key exchange method, and aes256 is ENCR`},
		{"ke1_mlkem786", `"ke1_mlkem786" is not a known keyword; did you mean ke1_mlkem768 or ke1_mlkem512?`},
		{"ke0_mlkem768", `"ke0_mlkem768" is not an additional key exchange: those are ke1_ to ke7_`},
		{"ke8_mlkem768", `"ke8_mlkem768" is not an additional key exchange: those are ke1_ to ke7_`},
		{"ke1_0_128", `"ke1_0_128" is not a known keyword`},
		{"encr_65536", `"encr_65536" is not a number: write encr_ID or encr_ID_KEYBITS, each at most 65535`},
		{"encr_12_0", `"encr_12_0" is not a number: write encr_ID or encr_ID_KEYBITS, each at most 65535`},
		{"encr_12_256_1", `"encr_12_256_1" is not a number: write encr_ID or encr_ID_KEYBITS, each at most 65535`},
		{"prf_", `"prf_" is not a number: write prf_ID or prf_ID_KEYBITS, each at most 65535`},
		{"ke_+14", `"ke_+14" is not a number: write ke_ID or ke_ID_KEYBITS, each at most 65535`},
		{"a\nb", `"a\nb" is not a known keyword; such are aes256gcm16, sha256, prfsha384 and ecp384`},
		{strings.Repeat("aes256", 6), `"` + strings.Repeat("aes256", 6) + `" is not a known keyword; such are aes256gcm16, sha256, prfsha384 and ecp384`},
	} {
		_, err := ParseAlgorithm(tt.in)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%q\n got %v\nwant %s", tt.in, err, tt.want)
		}
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Token != tt.in {
			t.Errorf("%q: %#v", tt.in, err)
		}
	}
}

func TestEditDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "aes", 3},
		{"aes", "", 3},
		{"aes256", "aes256", 0},
		{"aes256", "aes265", 1},
		{"aes256", "ase256", 1},
		{"aes", "aes128", 3},
		{"sha1", "sha256", 3},
		{"kitten", "sitting", 3},
		{"ca", "abc", 3},
	} {
		if got := editDistance(tt.a, tt.b); got != tt.want {
			t.Errorf("%q, %q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
