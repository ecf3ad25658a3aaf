package client

import (
	"strings"
	"testing"
)

// TestMikroTikDefault: what a profile leaves out is the default in the table of
// known policies.
func TestMikroTikDefault(t *testing.T) {
	policies, err := Import("", []byte("/ip ipsec peer\nadd exchange-mode=ike2\n"), "")
	if err != nil || len(policies) != 1 {
		t.Fatal(policies, err)
	}
	known, _ := Named("mikrotik")
	if got, want := suitesOf(policies[0]), suitesOf(known); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if policies[0].Doubt == "" || policies[0].Name != "peer1" {
		t.Errorf("%+v", policies[0])
	}
}

func TestMikroTik(t *testing.T) {
	for _, test := range []struct{ name, file, want, note string }{
		{"paths with slashes", "/ip/ipsec/profile add name=p enc-algorithm=camellia-256 hash-algorithm=sha384 dh-group=x25519 prf-algorithm=sha512\r\n" +
			"/ip/ipsec/peer add name=a exchange-mode=ike2 profile=p disabled=yes\r\n", "camellia256-sha384-prfsha512-x25519", "disabled"},
		{"a line goes on within a word and within quotes", "/ip ipsec profile\nadd name=\"my \\\n    profile\" enc-algo\\\n    rithm=aes-256 dh-group=modp2048\n" +
			"/ip ipsec peer\nadd name=a exchange-mode=ike2 profile=\"my profile\"\n", "aes256-sha1-prfsha1-modp2048", "hash-algorithm=sha1"},
		{"before RouterOS 6.43", "/ip ipsec peer\nadd address=192.0.2.1/32 dh-group=modp4096 enc-algorithm=aes-256 exchange-mode=ike2 hash-algorithm=sha256 name=a\n",
			"aes256-sha256-prfsha256-modp4096", ""},
		{"a group without a number", "/ip ipsec profile\nadd name=p dh-group=ec2n185,modp1536\n/ip ipsec peer\nadd name=a exchange-mode=ike2 profile=p\n",
			"aes128-3des-sha1-prfsha1-modp1536", "ec2n185 is left out"},
		{"IKEv1 beside", "/ip ipsec peer\nadd name=b\nadd name=a exchange-mode=ike2 enc-algorithm=aes-256\n", "aes256-sha1-prfsha1-modp2048-modp1024", "not IKEv2: b"},
	} {
		policies, err := Import("", []byte(test.file), "")
		if err != nil || len(policies) != 1 || policies[0].Name != "a" || offerText(policies[0]) != test.want ||
			!strings.Contains(strings.Join(policies[0].Notes, " "), test.note) {
			t.Errorf("%s:\n got %+v, %v\nwant %s", test.name, policies, err, test.want)
		}
	}
}

func TestMikroTikErrors(t *testing.T) {
	profile := func(settings string) string {
		return "/ip ipsec profile\nadd name=p \\\n  " + settings + "\n/ip ipsec peer\nadd exchange-mode=ike2 profile=p\n"
	}
	testImportErrors(t, SyntaxMikroTik, []struct{ in, want string }{
		// AES-GCM
		{profile("enc-algorithm=aes-256-gcm"),
			`line 3: "aes-256-gcm" is not a value of enc-algorithm in RouterOS; did you mean aes-256?`},
		// mode
		{"/ip ipsec peer\nadd exchange-mode=ike3 name=a\n",
			`line 2: "ike3" is not a value of exchange-mode in RouterOS; did you mean ike2?`},
		// hash
		{profile("hash-algorithm=sha2"), `line 3: "sha2" is not a value of hash-algorithm in RouterOS; did you mean sha1, sha256 or sha512?`},
		// prf
		{profile("prf-algorithm=aes"), `line 3: "aes" is not a value of prf-algorithm in RouterOS: write one of md5, sha1, sha256, sha384, sha512`},
		// group
		{profile("dh-group=modp2084"), `line 3: "modp2084" is not a value of dh-group in RouterOS; did you mean modp2048, modp1024 or modp768?`},
		// no number
		{profile("dh-group=ec2n155"), `line 3: "ec2n155" has no number in IKEv2: add, for example, modp2048`},
		// long
		{profile("enc-algorithm=" + strings.Repeat("3des,", maxValue)), `line 3: "enc-algorithm" is longer than the 8192 octets that are read`},
		// profile
		{"/ip ipsec peer\nadd exchange-mode=ike2 profile=q\n",
			`line 2: "q" is not a profile in the file: export /ip ipsec profile with it`},
		// an open quote
		{"/ip ipsec profile\nadd name=\"p enc-algorithm=aes-256\n/ip ipsec peer\nadd exchange-mode=ike2 profile=p\n",
			`line 2: a " is not closed on its line`},
		// IKEv1
		{"/ip ipsec peer\nadd name=a\n", "it has no IKEv2 connection (read as mikrotik)"},
	})
}

func FuzzMikroTik(f *testing.F) { fuzzImport(f, SyntaxMikroTik) }
