package client

import (
	"maps"
	"strings"
	"testing"
)

func TestIked(t *testing.T) {
	const groups = "-x25519-ecp521-ecp384-ecp256-modp4096-modp3072-modp2048-modp1536-modp1024"
	const prfs = "-prfsha256-prfsha384-prfsha512-prfsha1"
	fallback := offers(t, SyntaxIked, "ikev2 \"a\" from any to any\n")["a"]
	if want := "aes128gcm16-aes256gcm16" + prfs + groups + ",aes256-aes192-aes128-3des-sha256-sha384-sha512-sha1" + prfs + groups; fallback != want {
		t.Errorf("the default is %s, want %s", fallback, want)
	}
	for _, tt := range []struct {
		in   string
		want map[string]string
	}{
		{"ikev2 \"a\" active from any to any ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group grp14 psk \"x\"",
			map[string]string{"a": "aes256-sha256-prfsha256-modp2048"}},
		// Lines that go on, a rule without a name, childsa, and words in quotes.
		{"set passive\nikev2 esp \\\n\tfrom any to any \\\n\tikesa enc aes-128-gcm enc aes-256-gcm prf hmac-sha2-384 \\\n\t\tgroup ecp384 group curve25519 \\\n" +
			"\tchildsa enc aes-256-ctr group none noesn \\\n\tpsk \"enc\" tag 'auth' # comment\n",
			map[string]string{"policy1": "aes128gcm16-aes256gcm16-prfsha384-ecp384-x25519"}},
		// Macros.
		{"gw = \"192.0.2.1\"\nsuite = \"enc aes-256 auth hmac-sha2-256\"\nikev2 \"a\" active from any to any peer $gw ikesa $suite prf hmac-sha2-256 group modp2048\n",
			map[string]string{"a": "aes256-sha256-prfsha256-modp2048"}},
		// What is left out is the default: of one kind of cipher, or of both.
		{"ikev2 a from any to any ikesa enc aes-256 group ecp256", map[string]string{"a": "aes256-sha256-sha384-sha512-sha1" + prfs + "-ecp256"}},
		{"ikev2 a from any to any ikesa group ecp256", map[string]string{
			"a": "aes128gcm16-aes256gcm16" + prfs + "-ecp256,aes256-aes192-aes128-3des-sha256-sha384-sha512-sha1" + prfs + "-ecp256"}},
		{"ikev2 a from any to any ikesa auth hmac-sha1 group grp2", map[string]string{"a": "aes256-aes192-aes128-3des-sha1" + prfs + "-modp1024"}},
		{"user \"u\" \"p\"\nflow esp from any to any peer x\nikev2 a from any to any\nikev2 b from any to any",
			map[string]string{"a": fallback, "b": fallback}},
	} {
		if got := offers(t, SyntaxIked, tt.in); !maps.Equal(got, tt.want) {
			t.Errorf("%s\n got %v\nwant %v", tt.in, got, tt.want)
		}
	}
}

func TestIkedErrors(t *testing.T) {
	testImportErrors(t, SyntaxIked, []struct{ in, want string }{
		{"ikev2 a from any to any \\\n\tikesa enc aes-265\n", `line 2: "aes-265" is not a value of enc in an ikesa; did you mean aes-256, aes-128 or aes-192?`},
		{"ikev2 a from any to any ikesa group none\n", `line 1: "none" is not a value of group in an ikesa`},
		{"ikev2 a from any to any ikesa enc aes-256-gcm enc aes-256\n", `line 1: "ikesa" mixes ciphers with and without AEAD, which iked rejects: write an ikesa for each`},
		{"ikev2 a from any to any ikesa enc aes-256-gcm auth hmac-sha1\n", `line 1: "ikesa" has auth together with AEAD, which iked rejects: leave auth out`},
		{"ikev2 a from any to any ikesa enc aes-256 esn\n", `line 1: "esn" is for childsa: an IKE SA has no sequence numbers`},
		{"ikev2 a from any to any enc aes-256\n", `line 1: "enc" is outside a proposal: write ikesa or childsa before it`},
		{"ikev2 a from any to any ikesa enc", `line 1: "enc" has no algorithm after it`},
		{"ikev2 a from any to $b\n", `line 1: a word (not shown, because it may be a secret) is a macro that is not defined above: write NAME = "value"`},
		{"ikev2 a psk \"x\n", `line 1: a string is not closed: write " at its end`},
		{"ikev3 a\n", `line 1: "ikev3" does not begin a statement: write ikev2, set, user, include or NAME = "value"; did you mean ike?`},
		{"a =\n", `line 1: a word (not shown, because it may be a secret) has no value: write NAME = "value"`},
		{"include \"other.conf\"\n", `line 1: it has no connection of its own and includes other.conf, which does not exist beside it: import the files that it includes`},
		{"a = \"" + strings.Repeat("x", 8000) + "\"\nset $a $a $a $a $a $a $a $a $a\n", `line 2: a word (not shown, because it may be a secret) exceeds what is read: macros expand to more than 65536 octets`},
	})
}
