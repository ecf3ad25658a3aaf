package client

import (
	"strings"
	"testing"
)

// TestFortiGateDefault: what a phase 1 leaves out is the default in the table of
// known policies.
func TestFortiGateDefault(t *testing.T) {
	policies, err := Import("", []byte("config vpn ipsec phase1\nedit a\nset ike-version 2\nnext\nend\n"), "")
	if err != nil || len(policies) != 1 {
		t.Fatal(policies, err)
	}
	known, _ := Named("fortigate")
	if got, want := suitesOf(policies[0]), suitesOf(known); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if policies[0].Doubt == "" {
		t.Error("a default has no doubt")
	}
}

func TestFortiGate(t *testing.T) {
	const in = "config vdom\nedit root\nconfig vpn ipsec phase1-interface\nedit \"a b\"\n"
	for _, test := range []struct{ name, file, want, note string }{
		{"no numbers in IKEv2", in + "set ike-version 2\nset proposal aria256-sha256 seed-sha1 chacha20poly1305-prfsha256\nset dhgrp 31\n",
			"chacha20poly1305-prfsha256-x25519", "aria256-sha256 is left out"},
		{"a secret with lines and quotes", in + "set psksecret \"x\\\"\nset proposal des-md5\n\"\nset ike-version 2\nset proposal aes192-sha384\nset dhgrp 27 32\n",
			"aes192-sha384-prfsha384-ecp224bp-x448", ""},
		{"other statements between", in + "config x\nedit 1\nset dhgrp 1\nend\nset ike-version 2\nset dhgrp 19\nset proposal aes256gcm-prfsha384\nnext\nend\nend\n",
			"aes256gcm16-prfsha384-ecp256", ""},
		{"IKEv1 beside", in + "set ike-version 2\nset dhgrp 19\nset proposal aes256gcm-prfsha384\nnext\nedit old\nnext\nend\n",
			"aes256gcm16-prfsha384-ecp256", "not IKEv2: old"},
		{"appended to later", in + "set ike-version 2\nset dhgrp 19\nset proposal aes256gcm-prfsha384\nnext\nend\n" +
			"config vpn ipsec phase1-interface\nedit \"a b\"\nappend proposal aes256-sha256\nappend dhgrp 14\nnext\nend\n",
			"aes256gcm16-prfsha384-ecp256-modp2048,aes256-sha256-prfsha256-ecp256-modp2048", ""},
		{"changes of a default", in + "set ike-version 2\nunselect dhgrp 5\nunselect proposal aes128-sha1 aes256-sha1 aes128-sha256\n",
			"aes256-sha256-prfsha256-modp2048", "It changes the default dhgrp, which in FortiOS 6 and 7 is 14 5."},
		{"taken back", in + "set ike-version 2\nset dhgrp 1\nunset dhgrp\nselect proposal aes256-sha256\n",
			"aes256-sha256-prfsha256-modp2048-modp1536", "does not set dhgrp"},
		{"one name in two VDOMs", in + "set ike-version 1\nset dhgrp 1\nset proposal des-md5\nend\nend\n" +
			"config vdom\nedit branch\nconfig vpn ipsec phase1-interface\nedit \"a b\"\nset ike-version 2\nappend dhgrp 14\nset proposal aes256-sha256\nset dhgrp 19\n",
			"aes256-sha256-prfsha256-ecp256", "not IKEv2: a b"},
	} {
		policies, err := Import("", []byte(test.file), "")
		if err != nil || len(policies) != 1 || policies[0].Name != "a b" || offerText(policies[0]) != test.want ||
			!strings.Contains(strings.Join(policies[0].Notes, " "), test.note) {
			t.Errorf("%s:\n got %+v, %v\nwant %s", test.name, policies, err, test.want)
		}
	}
}

func TestFortiGateErrors(t *testing.T) {
	const in = "config vpn ipsec phase1-interface\nedit a\nset ike-version 2\n"
	testImportErrors(t, SyntaxFortiGate, []struct{ in, want string }{
		// cipher
		{in + "set proposal aes265-sha256\n",
			`line 4: "aes265" is not a cipher of FortiOS; did you mean aes256?`},
		// setting
		{in + "set propsal aes256-sha256\n", `line 4: "propsal" is not a setting of a phase 1; did you mean proposal?`},
		// no hash
		{in + "set proposal aes256\n",
			`line 4: "aes256" is only a cipher: write it with its hash or PRF, such as aes256-sha256 or aes256gcm-prfsha384`},
		// hash
		{in + "set proposal aes256-sha224\n", `line 4: "sha224" is not a hash of FortiOS for aes256; did you mean sha256 or sha384?`},
		// PRF
		{in + "set proposal aes256gcm-sha256\n", `line 4: "sha256" is not a PRF of FortiOS for aes256gcm: write one of prfsha1, prfsha256, prfsha384, prfsha512`},
		// group
		{in + "set dhgrp 14 24\n", `line 4: "24" is not a value of dhgrp: write one of 1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 27, 28, 29, 30, 31, 32`},
		// version
		{"config vpn ipsec phase1-interface\nedit a\nset ike-version 3\n", `line 3: "3" is not a value of ike-version: write 1 or 2`},
		// nothing that IKEv2 has
		{in + "set proposal aria128-sha1\n",
			`line 4: "aria128-sha1" is all that is proposed, and its cipher has no number in IKEv2: add, for example, aes256-sha256`},
		// no edit
		{"config vpn ipsec phase1-interface\nset dhgrp 14\n", `line 2: a setting is outside of a phase 1: begin it with edit NAME`},
		// IKEv1
		{"config vpn ipsec phase1-interface\nedit a\n", "it has no IKEv2 connection (read as fortigate)"},
	})
}

func FuzzFortiGate(f *testing.F) { fuzzImport(f, SyntaxFortiGate) }
