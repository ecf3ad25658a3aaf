package client

import (
	"maps"
	"strings"
	"testing"
)

const libreswanGroups = "-ecp256-ecp384-ecp521-x25519-modp4096-modp3072-modp2048-modp8192"

// TestLibreswanProposals has what `ipsec algparse -v2 ike=...` of libreswan 5.2
// makes of proposals, with the key lengths that pluto sends where it prints
// none. "" is one that it rejects.
func TestLibreswanProposals(t *testing.T) {
	for in, want := range map[string]string{
		"aes-sha2":                               "aes256-aes128-sha256-prfsha256" + libreswanGroups,
		"aes_gcm-sha2_512":                       "aes256gcm16-aes128gcm16-prfsha512" + libreswanGroups,
		"aes256":                                 "aes256-sha512-sha256-prfsha512-prfsha256" + libreswanGroups,
		"AES256-sha2-dh14":                       "aes256-sha256-prfsha256-modp2048",
		"3des-sha1;modp1536":                     "3des-sha1-prfsha1-modp1536",
		"aes_gcm256-null-sha2-dh14":              "aes256gcm16-prfsha256-modp2048",
		"aes_gcm_16_256-sha2-dh14":               "aes256gcm16-prfsha256-modp2048",
		"aes_gcm192-sha2-dh14":                   "aes192gcm16-prfsha256-modp2048",
		"aes-256-sha2-dh14":                      "aes256-sha256-prfsha256-modp2048",
		"aes128+aes-256-sha2-dh14":               "aes128-aes256-sha256-prfsha256-modp2048",
		"aes256-sha2_256+sha2_512-dh19+dh14":     "aes256-sha256-sha512-prfsha256-prfsha512-ecp256-modp2048",
		"aes256-hmac_sha2_512_256-sha2_256-dh14": "aes256-sha512-prfsha256-modp2048",
		"aes-aes_xcbc-dh31":                      "aes256-aes128-aesxcbc-prfaesxcbc-x25519",
		"aes-aes_xcbc_96-sha2-dh14":              "aes256-aes128-aesxcbc-prfsha256-modp2048",
		"camellia-sha2-dh14":                     "camellia256-camellia128-sha256-prfsha256-modp2048",
		"aesctr-sha2-dh14":                       "aes256ctr-aes128ctr-sha256-prfsha256-modp2048",
		"aes_gcm_a-sha2-dh14":                    "aes256gcm8-aes128gcm8-prfsha256-modp2048",
		"chacha20poly1305-sha2-dh14":             "chacha20poly1305-prfsha256-modp2048",
		"aes+aes256+aes-sha2+sha2-dh14":          "aes256-aes128-sha256-prfsha256-modp2048",
		"aes-sha2;dh14+dh15":                     "aes256-aes128-sha256-prfsha256-modp2048-modp3072",
		"aes;dh14":                               "aes256-aes128-sha512-sha256-prfsha512-prfsha256-modp2048",

		"aes_ccm-sha2-dh14": "", "camellia_ctr-sha2-dh14": "", "null-sha2-dh14": "", "serpent-sha2-dh14": "",
		"aes512-sha2-dh14": "", "3des128-sha2-dh14": "", "chacha20_poly1305_256-sha2-dh14": "",
		"aes-sha1_96-dh14": "", "aes-sha2_256_128-dh14": "", "aes-aes_cmac-dh14": "", "aes-none-dh14": "",
		"aes-hmac_sha2_256_truncbug-dh14": "", "aes256-dh14": "", "aes-sha2-none": "", "aes-sha2-dh0": "",
		"aes+aes_gcm-sha2": "", "aes_gcm-sha2_256-sha2": "", "aes-none-sha2": "", "aes-sha2-sha2_256_128-dh14": "",
		"": "", "aes,": "", "aes256-sha2_512-modp2048!": "", "-": "", "aes-": "", "aes+": "", "aes;": "",
	} {
		got := ""
		if policies, err := Import("ipsec.conf", []byte("conn a\n\tike="+in+"\n\tikev2=yes\n"), SyntaxLibreswan); err == nil && in != "" {
			got = policies[0].Offer[0].String()
		}
		if got != want {
			t.Errorf("ike=%s\n got %q\nwant %q", in, got, want)
		}
	}
}

// TestLibreswanNamed has the types that libreswan 5.4 can name, after the
// grammar of sect/proposals.txt.
func TestLibreswanNamed(t *testing.T) {
	for in, want := range map[string]string{
		"aes_gcm256-sha2;dh19;addke1=ml_kem_768":                "aes256gcm16-prfsha256-ecp256-ke1_mlkem768",
		"aes_gcm256-sha2-dh19;addke1=mlkem768+none;addke2=none": "aes256gcm16-prfsha256-ecp256-ke1_mlkem768-ke1_none",
		";encrypt=aes256;prf=sha2_512;integ=sha2_256;ke=dh14":   "aes256-sha256-prfsha512-modp2048",
	} {
		if got := offers(t, SyntaxLibreswan, "conn a\n\tike="+in+"\n")["a"]; got != want {
			t.Errorf("ike=%s\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestLibreswan(t *testing.T) {
	fallback := offers(t, SyntaxLibreswan, "conn a\n\tauto=add\n")["a"]
	if n := strings.Count(fallback, ","); n != 4 {
		t.Errorf("%d proposals by default, want 5: %s", n+1, fallback)
	}
	for _, tt := range []struct {
		in   string
		want map[string]string
	}{
		// ikev2= where keyexchange= does not say it; connections without IKE.
		{"conn a\n\tkeyexchange=ikev1\nconn b\n\tikev2=no\nconn c\n\tkeyexchange=ike\n\tikev2=insist\nconn d\n\ttype=passthrough\nconn e\n\tauthby=never\nconn f\n\tikev2=off\n",
			map[string]string{"c": fallback}},
		{"config setup\n\tX-why\nconn a\n\tx_ike=nothing\n\tx-said = \n\tikev2=y\n\tike=aes256-sha2-dh14\n",
			map[string]string{"a": "aes256-sha256-prfsha256-modp2048"}},
		// What is inherited, and %default.
		{"conn %default\n\tike=aes256-sha2-dh14\nconn base\n\tike=aes128-sha2-dh14\nconn a\n\talso=base\n\tright=b.example\nconn b\n\tright=b.example\n",
			map[string]string{"a": "aes128-sha256-prfsha256-modp2048", "b": "aes256-sha256-prfsha256-modp2048"}},
		{"conn a\n\tike=\"aes256-sha2-dh14\" # comment\n", map[string]string{"a": "aes256-sha256-prfsha256-modp2048"}},
		{"conn a\n\tike={aes256-sha2-dh14}\n\tike=3des-sha1\n", map[string]string{"a": "aes256-sha256-prfsha256-modp2048"}},
	} {
		if got := offers(t, SyntaxLibreswan, tt.in); !maps.Equal(got, tt.want) {
			t.Errorf("%s\n got %v\nwant %v", tt.in, got, tt.want)
		}
	}
}

// TestLibreswanReleases: what a release adds, by what shows it (CHANGES of
// libreswan for 5.0 and 5.4, the header of its ipsec.conf, ike_info.c at v4.15 and
// v5.4).
func TestLibreswanReleases(t *testing.T) {
	const (
		five = "ecp256-ecp384-ecp521-x25519-modp4096-modp3072-modp2048-modp8192"
		four = "modp2048-modp3072-modp4096-modp8192-ecp256-ecp384-ecp521-x25519"
		rw   = "conn rw\n\tleft=%defaultroute\n\tright=192.0.2.1\n"
	)
	for in, want := range map[string]struct {
		offer string // its end
		doubt string // that begins so; "" for none
	}{
		rw + "\tikev2=insist\n\tike=aes256-sha2\n":                                              {five, "The file does not show which release of libreswan it is for: 4.0 to 4.15 add " + four},
		rw + "\tikev2=yes\n\tike=aes256\n":                                                      {five, "The file does not show"},
		rw + "\tikev2=insist\n":                                                                 {five, "The file does not show which release of libreswan it is for: 4.0 to 4.15 have other default proposals, those of the policy libreswan-4."},
		rw + "\tikev2=insist\n\tike=aes256-sha2;modp2048\n":                                     {"modp2048", ""},
		rw + "\tikev2=insist\n\tike=aes256-sha2-dh19+dh14\n":                                    {"ecp256-modp2048", ""},
		rw + "\tkeyexchange=ikev2\n\tike=aes256-sha2\n":                                         {five, ""},
		rw + "\tkeyexchange=ikev2\n":                                                            {five, ""},
		rw + "\tkeyexchange=ike\n\tikev2=insist\n\tike=aes256-sha2\n":                           {five, "The file does not show"},
		rw + "\tikev2=insist\n\tike=aes256-sha2\nconn b\n\tike=aes256-sha2;ke=dh19\n":           {five, ""},
		"# Libreswan 4.15 (netkey)\n" + rw + "\tikev2=insist\n\tike=aes256-sha2\n":              {four, ""},
		"# Libreswan 4.15 (netkey)\n" + rw + "\tikev2=insist\n":                                 {four, ""},
		"# for libreswan-5.2 on Debian 13\n" + rw + "\tikev2=insist\n\tike=aes256-sha2\n":       {five, ""},
		"# /etc/ipsec.conf - Libreswan IPsec configuration file\n" + rw + "\tike=aes256-sha2\n": {five, "The file does not show"},
	} {
		policies, err := Import("ipsec.conf", []byte(in), SyntaxLibreswan)
		if err != nil {
			t.Errorf("%s\n%v", in, err)
			continue
		}
		p := policies[0]
		if !strings.HasSuffix(offerText(p), want.offer) && offerText(p) != "libreswan-"+want.offer {
			t.Errorf("%s\noffers %s, want %s", in, offerText(p), want.offer)
		}
		if !strings.HasPrefix(p.Doubt, want.doubt) || want.doubt == "" && p.Doubt != "" {
			t.Errorf("%s\nhas the doubt %q, want %q", in, p.Doubt, want.doubt)
		}
	}
	for release, policy := range map[string]libreswanDefaults{"libreswan-4": libreswan4, "libreswan-5": libreswan5} {
		known := defaultOf(release)
		for i, text := range policy.proposals {
			p, _, err := parseLibreswanProposal(text, policy)
			if err != nil || p.String() != known.Offer[i].String() {
				t.Errorf("%s: %s is %v, %v; the table has %v", release, text, p, err, known.Offer[i])
			}
		}
		if len(policy.proposals) != len(known.Offer) {
			t.Errorf("%s has %d proposals, the table %d", release, len(policy.proposals), len(known.Offer))
		}
	}
}

// TestLibreswanDisabled: groups that libreswan has only where it was built with
// them (CHANGES for 3.19, 3.30 and 5.5, mk/config.mk at v5.4).
func TestLibreswanDisabled(t *testing.T) {
	for ike, want := range map[string]string{
		"aes256-sha1;modp1024":                    "modp1024 unless it was built with USE_DH2=true",
		"aes256-sha1-dh2":                         "modp1024 unless it was built with USE_DH2=true",
		"aes256-sha2;modp2048,3des-sha1;modp1024": "modp1024 unless it was built with USE_DH2=true",
		"aes256-sha2-dh22":                        "modp1024s160 unless it was built with USE_DH22=true",
		"aes256-sha1;modp1536":                    "",
		"aes256-sha2-dh14+dh19":                   "",
	} {
		policies, err := Import("", []byte("conn a\n\tikev2=insist\n\tright=192.0.2.1\n\tike="+ike+"\n"), SyntaxLibreswan)
		if err != nil {
			t.Errorf("%s: %v", ike, err)
			continue
		}
		notes := strings.Join(policies[0].Notes, " ")
		if !strings.Contains(notes, want) || (want == "") == strings.Contains(notes, "USE_DH") || strings.Count(notes, "USE_DH") > 1 {
			t.Errorf("%s: %s", ike, notes)
		}
	}
}

func TestLibreswanErrors(t *testing.T) {
	testImportErrors(t, SyntaxLibreswan, []struct{ in, want string }{
		{"conn a\n\tike=aes256-sha2, aes128-sha2\n", `line 2: "ike" has a space, which libreswan accepts only in quotation marks, and not in ike=`},
		{"conn a\n\tike=aez256-sha2\n", `line 2: a word (not shown, because it may be a secret) is not a cipher of libreswan for IKE`},
		{"conn a\n\tike=\x80256\n", `line 2: a word (not shown, because it may be a secret) is not a cipher of libreswan for IKE`},
		{"conn a\n\tike=;dh14\n", `line 2: an empty word in ";dh14" is not a cipher of libreswan for IKE`},
		{"conn a\n\tike=aes256-sha3\n", `line 2: "sha3" in "aes256-sha3" is not a PRF of libreswan for IKE; did you mean sha, sha1 or sha2?`},
		{"conn a\n\tike=aes256-sha2-dh9\n", `line 2: "dh9" in "aes256-sha2-dh9" is not a key exchange method of libreswan for IKE; did you mean dh19, dh2 or dh5?`},
		{"conn a\n\tike=aes256-sha2-dh14-dh19\n", `line 2: "dh19" in "aes256-sha2-dh14-dh19" is an extra part: write ENCR-PRF-KE`},
		{"conn a\n\tike=aes512-sha2\n", `line 2: "aes512" in "aes512-sha2" has a key of 512 bits: write 128, 192 or 256`},
		{"conn a\n\tike=aes+aes_gcm-sha2\n", `line 2: "aes+aes_gcm-sha2" mixes AEAD and classic ciphers, which libreswan rejects: write a proposal for each, with a comma between them`},
		{"conn a\n\tike=aes-sha2;sn=no\n", `line 2: a word (not shown, because it may be a secret) is not a type of a transform for IKE: write encrypt, prf, integ, ke or addke1 to addke7`},
		{"conn b\n\tike=aes128-sha2\nconn a\n\tike=aes256-sha2\n\talso=b\n",
			`line 2: "ike" is set to another value above, and libreswan does not load a conn that sets it twice: remove one of them`},
		{"conn a\n\tikev2=maybe\n", `line 2: a word (not shown, because it may be a secret) is not a value of ikev2: write yes or no`},
	})
}
