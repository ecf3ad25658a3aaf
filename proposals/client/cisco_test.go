package client

import (
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
		{"the router's default", "crypto ikev2 policy default\n match fvrf any\n", "cisco-iosxe", "default is that of the router"},
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
		{"crypto ikev2 policy P\n proposal A\n", `line 2: "A" is not a crypto ikev2 proposal of the file`},
		// empty policy
		{"crypto ikev2 policy P\n match fvrf any\n",
			`line 1: "P" is a policy without a proposal: add one with proposal NAME`},
		// name
		{"crypto ikev2 policy P\n encryption aes\n",
			`line 1: "P" is not a priority: a policy that holds algorithms is named by a number`},
		// IKEv1
		{"crypto ikev1 policy 10\n encryption aes\n", "it holds no IKEv2 connection (read as cisco)"},
	})
}

func FuzzCisco(f *testing.F) { fuzzImport(f, SyntaxCisco) }
