package client

import (
	"slices"
	"strings"
	"testing"
)

// TestCisco: policies and proposals by the rules of IOS and of an ASA.
func TestCisco(t *testing.T) {
	for _, test := range []struct{ name, file, want, note string }{
		{"several proposals, in the order of the policy",
			"crypto ikev2 proposal A\n encryption aes-cbc-128\n integrity sha1\n group 2\n" +
				"crypto ikev2 proposal B\n encryption aes-gcm-128\n prf sha256 sha1\n group 14\n" +
				"crypto ikev2 policy P\n proposal B\n proposal A\n proposal B\n",
			"aes128gcm16-prfsha256-prfsha1-modp2048,aes128-sha1-prfsha1-modp1024", ""},
		{"a statement again replaces the one before",
			"crypto ikev2 proposal A\n encryption 3des\n integrity md5\n group 1\n!\n" +
				"crypto ikev2 proposal A\n encryption aes-cbc-256\n integrity sha512 sha384\n group 21 20\n" +
				"crypto ikev2 policy P\n proposal A\n",
			"aes256-sha512-sha384-prfsha512-prfsha384-ecp521-ecp384", "names no prf"},
		{"taken back",
			"crypto ikev2 proposal A\n encryption aes-cbc-256 3des\n no encryption 3des\n integrity sha512\n prf md5\n no prf\n group 20 2\n no group 2\n" +
				"crypto ikev2 proposal B\n encryption des\nno crypto ikev2 proposal B\n" +
				"crypto ikev2 policy P\n proposal B\n no proposal B\n proposal A\n",
			"aes256-sha512-prfsha512-ecp384", "A names no prf"},
		{"the router's default", "crypto ikev2 policy default\n match fvrf any\n", "cisco-iosxe", "default is the router's own"},
		{"a default of one's own", "crypto ikev2 proposal default\nencryption des\nintegrity sha256\nprf sha512\ngroup 5 2\n" +
			"crypto ikev2 policy default\nmatch fvrf any\n", "des-sha256-prfsha512-modp1536-modp1024", ""},
		{"used by no policy", "crypto ikev2 proposal A\n encryption aes-cbc-256\n integrity sha256\n group 19\n",
			"aes256-sha256-prfsha256-ecp256", "it is not offered until one does"},
		{"AES-GCM and others of an ASA", "crypto ikev2 policy 5\n encryption aes-gcm-256 aes-gcm aes-256\n integrity null sha\n" +
			" prf sha512\n group 31 21\n", "aes256gcm16-aes128gcm16-prfsha512-x25519-ecp521,aes256-sha1-prfsha512-x25519-ecp521", "the lowest number first"},
	} {
		policies, err := Import("", []byte(test.file), "")
		if err != nil || len(policies) != 1 || offerText(policies[0]) != test.want ||
			!strings.Contains(strings.Join(policies[0].Notes, " "), test.note) {
			t.Errorf("%s:\n got %+v, %v\nwant %s", test.name, policies, err, test.want)
		}
	}
}

func TestCiscoErrors(t *testing.T) {
	testImportErrors(t, SyntaxCisco, []struct{ in, want string }{
		// cipher
		{"!\ncrypto ikev2 proposal A\n encryption aes-cbc-265\n",
			`line 3: "aes-cbc-265" is not a value of encryption in Cisco IOS; did you mean aes-cbc-256, aes-cbc-192 or aes-cbc-128?`},
		// statement
		{"crypto ikev2 proposal A\n encrytion aes-cbc-256\n",
			`line 2: "encrytion" is not a statement of a crypto ikev2 proposal or policy; did you mean encryption?`},
		// a word of an ASA
		{"crypto ikev2 proposal A\n encryption aes-256\n",
			`line 2: "aes-256" is not a value of encryption in Cisco IOS: write one of aes-gcm-256, aes-gcm-128, aes-cbc-256, aes-cbc-192, aes-cbc-128, 3des, des`},
		// group
		{"crypto ikev2 proposal A\n encryption des\n group 14 3\n",
			`line 3: "3" is not a value of group in Cisco IOS: write one of 1, 2, 5, 14, 15, 16, 19, 20, 21, 24`},
		// incomplete
		{"\ncrypto ikev2 proposal A\n encryption aes-gcm-256\n group 14\n",
			`line 2: "A" has no prf, which AES-GCM needs: add a line with some of sha512, sha384, sha256, sha1, md5`},
		// no integrity
		{"crypto ikev2 policy 1\n encryption aes\n integrity null\n prf sha\n group 14\n",
			`line 1: "1" has no integrity, which all ciphers but AES-GCM need: add a line with some of sha512, sha384, sha256, sha, sha1, md5`},
		// no group
		{"crypto ikev2 proposal A\n encryption aes-cbc-128\n",
			`line 1: "A" has no group: add a line with some of 1, 2, 5, 14, 15, 16, 19, 20, 21, 24`},
		// unknown proposal
		{"crypto ikev2 policy P\n proposal A\n", `line 2: "A" is not a crypto ikev2 proposal in the file`},
		// empty policy
		{"crypto ikev2 policy P\n match fvrf any\n",
			`line 1: "P" is a policy without a proposal: add one with proposal NAME`},
		// name
		{"crypto ikev2 policy P\n encryption aes\n",
			`line 1: "P" is not a priority: a policy with algorithms is named by a number`},
		// IKEv1
		{"crypto ikev1 policy 10\n encryption aes\n", "it has no IKEv2 connection (read as cisco)"},
	})
}

// TestCiscoDefaults: without a policy of its own, IOS offers its default. The forms
// are those of "IKEv2 Smart Defaults" in Cisco's FlexVPN and IKEv2 configuration
// guide, and of public configurations of DMVPN and FlexVPN hubs and spokes.
func TestCiscoDefaults(t *testing.T) {
	const profile = "crypto ikev2 keyring KEYS\n peer ANY\n  address 0.0.0.0 0.0.0.0\n  pre-shared-key Example\n!\n" +
		"crypto ikev2 profile FLEX\n match identity remote any\n authentication remote pre-share\n keyring local KEYS\n!\n"
	const proposal = "crypto ikev2 proposal P\n encryption aes-cbc-256\n integrity sha256\n group 14\n!\n"
	for in, want := range map[string]string{
		profile:                    "FLEX cisco-iosxe",
		"version 15.7\n" + profile: "FLEX cisco-ios",
		"version 17.3\n" + profile: "FLEX cisco-iosxe",
		"hub1(config)#" + "crypto ikev2 profile A":                         "A cisco-iosxe",
		profile + "crypto ikev2 profile TWO\n match identity remote any\n": "FLEX cisco-iosxe, TWO cisco-iosxe",
		// A proposal that no policy names is not what is offered.
		proposal + profile: "P aes256-sha256-prfsha256-modp2048, FLEX cisco-iosxe",
		proposal + "crypto ikev2 policy 10\n proposal P\n" + profile:                                 "10 aes256-sha256-prfsha256-modp2048",
		profile + "no crypto ikev2 policy default\ncrypto ikev2 policy 10\n proposal P\n" + proposal: "10 aes256-sha256-prfsha256-modp2048",
	} {
		policies, err := Import("", []byte(in), "")
		var got []string
		for _, p := range policies {
			got = append(got, p.Name+" "+offerText(p))
			if isDefault := strings.Contains(offerText(p), "cisco"); isDefault && p.Doubt == "" {
				t.Errorf("%s has no doubt", p.Name)
			}
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Errorf("%s\n got %v %v\nwant %s", in, got, err, want)
		}
	}
	testImportErrors(t, SyntaxCisco, []struct{ in, want string }{
		{"no crypto ikev2 proposal default\n" + profile, `line 7: "FLEX" has no crypto ikev2 policy, and the file removes the default one: add one with its proposal`},
	})
}

// The proposals of a policy are named as in the file.
func TestCiscoProposalNames(t *testing.T) {
	const file = "crypto ikev2 proposal OLD\n encryption aes-cbc-256 aes-gcm-256\n integrity sha256\n prf sha256\n group 14\n!\n" +
		"crypto ikev2 proposal NEW\n encryption aes-gcm-256\n prf sha384\n group 20\n!\n"
	for policy, want := range map[string]string{
		"crypto ikev2 policy P\n proposal NEW\n proposal OLD\n": "Its proposals: 1 NEW, 2 to 3 OLD.",
		"crypto ikev2 policy P\n proposal NEW\n":                "",
	} {
		policies, err := Import("", []byte(file+policy), SyntaxCisco)
		i := slices.IndexFunc(policies, func(p Policy) bool { return p.Name == "P" })
		if err != nil || i < 0 {
			t.Fatalf("%d policies, %v", len(policies), err)
		}
		if got := strings.Join(policies[i].Notes, " "); got != want {
			t.Errorf("%s: %q, want %q", policy, got, want)
		}
	}
}

// TestCiscoIKEv1: a file for IKEv1 alone is one of Cisco, and has no offer. The
// forms are those of Cisco's guides to site-to-site VPNs on the ASA and on IOS, and
// of an ASA before 8.4.
func TestCiscoIKEv1(t *testing.T) {
	for _, in := range []string{
		"crypto isakmp policy 10\n encr aes 256\n authentication pre-share\n group 14\ncrypto isakmp key Example address 198.51.100.7\n",
		"crypto ikev1 policy 10\n authentication pre-share\n encryption aes-256\n hash sha\n group 2\ncrypto ikev1 enable outside\n",
		"crypto ipsec transform-set TS esp-aes 256 esp-sha-hmac\ncrypto map OUT 10 ipsec-isakmp\n set peer 198.51.100.7\n set transform-set TS\n",
		"router(config)#crypto isakmp policy 10\nrouter(config-isakmp)#encryption 3des\n",
		// An ASA without a policy of IKEv2 has no default one.
		"crypto ikev2 enable outside\ntunnel-group 198.51.100.8 type ipsec-l2l\n",
	} {
		policies, err := Import("", []byte(in), "")
		if want := "it has no IKEv2 connection (read as cisco)"; err == nil || err.Error() != want {
			t.Errorf("%s\n got %s\nwant %s", in, told(policies, err), want)
		}
	}
}

func FuzzCisco(f *testing.F) { fuzzImport(f, SyntaxCisco) }
