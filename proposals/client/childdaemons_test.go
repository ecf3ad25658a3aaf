package client

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
)

// TestLibreswanChildren has what `ipsec algparse -v2 -pfs=yes esp=...` of libreswan 5.2 makes
// of proposals, with the key lengths that pluto sends where it prints none. "" is one that
// it rejects, or an algorithm that ikescope has no suites of.
func TestLibreswanChildren(t *testing.T) {
	for in, want := range map[string]string{
		"aes":                   "aes256-aes128-sha512-sha256",
		"aes256":                "aes256-sha512-sha256",
		"aes256-sha2":           "aes256-sha256",
		"AES-256-sha2":          "aes256-sha256",
		"aes128+aes-256-sha1":   "aes128-aes256-sha1",
		"aes-256+aes128-sha1":   "aes256-aes128-sha1",
		"aes_gcm":               "aes256gcm16-aes128gcm16",
		"aes_gcm256":            "aes256gcm16",
		"aes_gcm256-null":       "aes256gcm16",
		"aes_gcm256-none-dh19":  "aes256gcm16-ecp256",
		"aes_gcm_c_256-null":    "aes256gcm16",
		"aes_ccm":               "aes256ccm16-aes128ccm16",
		"aes_ccm_a128":          "aes128ccm8",
		"aes_ctr-sha1":          "aes256ctr-aes128ctr-sha1",
		"camellia-sha2":         "camellia256-camellia128-sha256",
		"chacha20_poly1305":     "chacha20poly1305",
		"3des":                  "3des-sha512-sha256",
		"3des-md5":              "3des-md5",
		"null-sha1":             "null-sha1",
		"aes256-sha1;modp2048":  "aes256-sha1-modp2048",
		"aes256-sha1;ke=dh14":   "aes256-sha1-modp2048",
		"aes-sha1-modp2048":     "aes256-aes128-sha1-modp2048",
		"aes-sha1-none":         "aes256-aes128-sha1 plain",
		"aes-sha1-dh19+none":    "aes256-aes128-sha1-ecp256 plain",
		"aes-sha1_96":           "aes256-aes128-sha1",
		"aes-hmac_sha2_256_128": "aes256-aes128-sha256",
		"aes-aes_xcbc":          "aes256-aes128-aesxcbc",
		"aes_cbc-aes_cmac":      "aes256-aes128-aescmac",
		"aes256+aes128-sha2_512+sha2_256-dh19+dh20": "aes256-aes128-sha512-sha256-ecp256-ecp384",

		"aes256-dh19": "", "aes_gcm256-dh19": "", "aes-none": "", "aes-null": "", "aes-hmac_sha2_256_truncbug": "", "aes-sha2_256;dh22x": "", "serpent-sha1": "", "aes_gcm256-sha2": "", "aes+aes_gcm-sha1": "",
		"aes_gmac": "", "3des128": "", "null256-sha1": "", "aes512": "", "aes-sha1-dh14;dh19": "", "aes-sha1-dh14-dh19": "", "aes-sha1-sha2": "", "aes;": "", "-": "", "+": "", "aes+": "", ";": "", "aes;addke1=mlkem768": "",
	} {
		got := ""
		if p, ok := parseLibreswanChild(in); ok {
			if got = p.String(); p.Plain {
				got += " plain"
			}
		}
		if got != want {
			t.Errorf("esp=%s\n got %q\nwant %q", in, got, want)
		}
	}
}

// TestDaemonsChildren: what the configurations of daemons say of Child SAs, by themselves
// and by the daemon's defaults.
func TestDaemonsChildren(t *testing.T) {
	swan := func(lines string) string { return "conn x\n\tkeyexchange=ikev2\n\tike=aes256-sha256-ecp384!\n" + lines }
	libre := func(lines string) string { return "conn x\n\tikev2=yes\n\tike=aes256-sha2-dh19+dh14\n" + lines }
	iked := func(child string) string {
		return "ikev2 \"x\" active esp from 10.0.0.0/8 to 10.1.0.0/16 peer 192.0.2.1 " + child + " psk \"it\"\n"
	}
	const (
		swanDefault  = "aes128gcm16-aes192gcm16-aes256gcm16"
		ofIKE        = " plain=false ike=true"
		libreDefault = "aes256gcm16-ecp256-modp2048" + ofIKE + ", aes128gcm16-ecp256-modp2048" + ofIKE + ", chacha20poly1305-ecp256-modp2048" + ofIKE +
			", aes256-sha512-sha256-ecp256-modp2048" + ofIKE + ", aes128-sha512-sha256-ecp256-modp2048" + ofIKE
		ikedAEAD    = "aes128gcm16-aes256gcm16 plain=true ike=false"
		ikedClassic = "aes256-aes192-aes128-sha256-sha384-sha512-sha1 plain=true ike=false"
	)
	for _, tt := range []struct {
		syntax     Syntax
		text, want string
	}{
		{SyntaxIpsecConf, swan("\tesp=aes256gcm16-ecp384,aes256-sha256!\n"), "aes256gcm16-ecp384 plain=false ike=false, aes256-sha256 plain=true ike=false short=true extended=false"},
		{SyntaxIpsecConf, swan("\tesp=aes256-sha256-modp2048-esn!\n"), "aes256-sha256-modp2048 plain=false ike=false short=false extended=true"},
		{SyntaxIpsecConf, swan("\tesp=aes256-sha256\n"), "aes256-sha256 plain=true ike=false, " + swanDefault},
		{SyntaxIpsecConf, swan(""), swanDefault},
		{SyntaxIpsecConf, "conn %default\n\tesp=3des-sha1!\n" + swan(""), "3des-sha1 plain=true ike=false short=true extended=false"},
		{SyntaxIpsecConf, swan("\tah=sha256\n"), "not known"},
		{SyntaxIpsecConf, swan("\tesp=aes256!\n"), "not known"},
		{SyntaxIpsecConf, swan("\tesp=aes256-aes256gcm16-sha256!\n"), "not known"},
		{SyntaxIpsecConf, swan("\tesp=what-sha256!\n"), "not known"},

		{SyntaxLibreswan, libre("\tesp=aes_gcm256,aes256-sha1;modp3072\n"), "aes256gcm16-ecp256-modp2048" + ofIKE + ", aes256-sha1-modp3072 plain=false ike=false short=false extended=false"},
		{SyntaxLibreswan, libre("\tphase2alg=aes256-sha1\n\tpfs=no\n\tesn=no\n"), "aes256-sha1 plain=true ike=false short=true extended=false"},
		{SyntaxLibreswan, libre("\tesp=aes256-sha1;modp2048\n\tpfs=no\n\tesn=yes\n"), "aes256-sha1 plain=true ike=false short=false extended=true"},
		{SyntaxLibreswan, libre("\tkeyexchange=ikev2\n\tesp=aes256-sha1-none\n"), "aes256-sha1 plain=true ike=false short=true extended=true"},
		{SyntaxLibreswan, libre(""), libreDefault + " short=false extended=false"},
		{SyntaxLibreswan, "# /etc/ipsec.conf - Libreswan 4.6 configuration file\n" + libre("\tesn=either\n"), strings.Replace(libreDefault, "chacha20poly1305-ecp256-modp2048"+ofIKE+", ", "", 1) + " short=true extended=true"},
		{SyntaxLibreswan, libre("\tphase2=ah\n"), "not known"},
		{SyntaxLibreswan, libre("\tah=sha2\n"), "not known"},
		{SyntaxLibreswan, libre("\tpfs=perhaps\n"), "not known"},
		{SyntaxLibreswan, libre("\tesn=perhaps\n"), "not known"},
		{SyntaxLibreswan, libre("\tesp=aes\n\tphase2alg=aes128\n"), "not known"},
		{SyntaxLibreswan, libre("\tesp=aes-what\n"), "not known"},
		{SyntaxLibreswan, libre("\talso=y\n\tesp=aes256\nconn y\n\tesp=aes128\n"), "not known"},
		{SyntaxLibreswan, libre("\talso=y\nconn y\n\tesp=aes_gcm256-null-dh19\n"), "aes256gcm16-ecp256 plain=false ike=false short=false extended=false"},

		{SyntaxIked, iked(""), ikedAEAD + ", " + ikedClassic + " short=true extended=true"},
		{SyntaxIked, iked("childsa enc aes-256 auth hmac-sha2-256 group modp2048 noesn"), "aes256-sha256-modp2048 plain=false ike=false short=true extended=false"},
		{SyntaxIked, iked("childsa enc chacha20-poly1305 esn childsa enc aes-128-ctr enc null auth hmac-sha1 group none group ecp256 esn"),
			"chacha20poly1305 plain=true ike=false, aes128ctr-null-sha1-ecp256 plain=true ike=false short=false extended=true"},
		{SyntaxIked, iked("childsa group curve25519"), "aes128gcm16-aes256gcm16-x25519 plain=false ike=false, aes256-aes192-aes128-sha256-sha384-sha512-sha1-x25519 plain=false ike=false short=true extended=true"},
		{SyntaxIked, iked("childsa enc aes-256"), "aes256-sha256-sha384-sha512-sha1 plain=true ike=false short=true extended=true"},
		{SyntaxIked, iked("ikesa enc aes-256 childsa enc aes-128 auth hmac-sha1"), "aes128-sha1 plain=true ike=false short=true extended=true"},
		{SyntaxIked, iked("childsa enc aes-128-gcm-12"), "not known"},
		{SyntaxIked, iked("childsa enc blowfish auth hmac-sha1"), "not known"},
		{SyntaxIked, iked("childsa enc aes-128-gcm auth hmac-sha1"), "not known"},
		{SyntaxIked, strings.Replace(iked(""), "esp", "ah", 1), "not known"},
	} {
		policies, err := Import("file", []byte(tt.text), tt.syntax)
		if err != nil || len(policies) == 0 {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := childTold(policies[0].Child); got != tt.want && (!strings.HasSuffix(tt.want, swanDefault) || !strings.HasPrefix(got, tt.want)) {
			t.Errorf("%s\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

// TestDefaultChildrenAreKnown: the defaults of the importers are those of the well-known
// clients, which have sources of their own.
func TestDefaultChildrenAreKnown(t *testing.T) {
	for name, text := range map[string]string{"libreswan-5": "conn x\n\tkeyexchange=ikev2\n", "openiked": "ikev2 esp from any to any\n", "strongswan-6": "conn x\n\tkeyexchange=ikev2\n"} {
		syntax := map[string]Syntax{"libreswan-5": SyntaxLibreswan, "openiked": SyntaxIked, "strongswan-6": SyntaxIpsecConf}[name]
		policies, err := Import("file", []byte(text), syntax)
		if err != nil {
			t.Fatal(err)
		}
		known, _ := Named(name)
		if got, want := childSuites(policies[0].Child), childSuites(known.Child); got != want {
			t.Errorf("%s: %s, and the well-known client has %s", name, got, want)
		}
	}
}

// childSuites are all pairs of ciphers and integrity algorithms.
func childSuites(c *Child) string {
	seen := map[string]bool{}
	var out []string
	for _, p := range c.Offer {
		integs := p.INTEG
		if len(integs) == 0 {
			integs = []proposals.Algorithm{{Axis: proposals.INTEG}}
		}
		for _, e := range p.ENCR {
			for _, i := range integs {
				if word := e.Keyword() + "-" + i.Keyword(); !seen[word] {
					seen[word] = true
					out = append(out, word)
				}
			}
		}
	}
	return strings.Join(out, " ")
}
