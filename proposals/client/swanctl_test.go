package client

import (
	"maps"
	"strings"
	"testing"
)

func TestSwanctl(t *testing.T) {
	fallback := offers(t, SyntaxSwanctl, "connections { a { } }")["a"]
	for _, tt := range []struct {
		in   string
		want map[string]string
	}{
		{"connections { a { proposals = aes256-sha256-modp2048 } }", map[string]string{"a": "aes256-sha256-prfsha256-modp2048"}},
		// Comments, quotation marks, and words that are joined.
		{"# first\nconnections\n{\n\ta { # the one\n\t\tproposals = aes256gcm16-prfsha384-ecp384, \"aes128gcm16 - prfsha256 - x25519\" # both\n}\n}\n",
			map[string]string{"a": "aes256gcm16-prfsha384-ecp384,aes128gcm16-prfsha256-x25519"}},
		{`connections { a { proposals = "aes256-sha256-\
modp2048" } }`, map[string]string{"a": "aes256-sha256-prfsha256-modp2048"}},
		// IKEv1 is left out, the default is expanded at its place.
		{"connections { old { version = 1\n proposals = 3des-sha1-modp1024\n }\n new { version = 2\n proposals = aes128gcm16-prfsha256-ecp256, default\n } }",
			map[string]string{"new": "aes128gcm16-prfsha256-ecp256," + fallback}},
		// The method of the KE payload moves to the front, as strongSwan sends it.
		{"connections { a { proposals = aes256-sha256-modp2048, aes256gcm16-prfsha384-ecp384, aes128-sha256-ecp256-modp2048\n } }",
			map[string]string{"a": "aes256-sha256-prfsha256-modp2048,aes128-sha256-prfsha256-modp2048-ecp256,aes256gcm16-prfsha384-ecp384"}},
		// Repeated sections merge, and the last setting counts.
		{"connections { a { proposals = aes128-sha1-modp1024\n } }\nconnections { a { proposals = aes256-sha256-modp2048\n } }",
			map[string]string{"a": "aes256-sha256-prfsha256-modp2048"}},
		// Templates: a setting of one's own, then those of the templates in
		// their order; an empty one unsets what is inherited.
		{"strong { proposals = aes256gcm16-prfsha384-ecp384\n }\nweak { proposals = 3des-sha1-modp1024\n version = 1\n }\n" +
			"connections {\n a : strong, weak { version = 2\n }\n b : connections.a { proposals = aes128-sha1-modp2048\n }\n c : strong { proposals =\n }\n}",
			map[string]string{"a": "aes256gcm16-prfsha384-ecp384", "b": "aes128-sha1-prfsha1-modp2048", "c": fallback}},
		{"base { a { proposals = aes256gcm16-prfsha384-ecp384\n } }\nconnections : base { }", map[string]string{"a": "aes256gcm16-prfsha384-ecp384"}},
	} {
		if got := offers(t, SyntaxSwanctl, tt.in); !maps.Equal(got, tt.want) {
			t.Errorf("%s\n got %v\nwant %v", tt.in, got, tt.want)
		}
	}
}

func TestSwanctlErrors(t *testing.T) {
	testImportErrors(t, SyntaxSwanctl, []struct{ in, want string }{
		{"connections { a {\n proposals = aes256-sah256-modp2048\n } }",
			`line 2: "sah256" is not a known keyword; did you mean sha256?`},
		{"connections { a {\n proposals = aes256-aes256gcm16-sha256-modp2048\n } }",
			`line 2: "aes256-aes256gcm16-sha256-modp2048" mixes AEAD and classic ciphers, which strongSwan rejects: write aes256gcm16-prfsha256-modp2048,aes256-sha256-prfsha256-modp2048`},
		{"connections { a {\n proposals = AES256-sha256-modp2048\n } }",
			`line 2: "AES256" is not a keyword of strongSwan, whose keywords are in lower case: write aes256`},
		{"connections { a {\n proposals = encr_20_256-prfsha256-modp2048\n } }",
			`line 2: "encr_20_256" is an algorithm by its number, which strongSwan does not read: write its keyword`},
		{"connections { a {\n proposal = aes256-sha256-modp2048\n } }", `line 2: "proposal" is not a setting of a connection; did you mean proposals?`},
		{"connections { a { version = 3\n } }", `line 1: "3" is not a value of version: write 0 (either), 1 or 2`},
		{"connections { a { proposals = aes\n }", `line 1: "connections" is not closed: write } at its end`},
		{"connections { a { proposals = \"aes\n } }", `line 1: a string is not closed: write " at its end`},
		{"connections { a {\n proposals\n } }", `line 2: "proposals" is neither a setting nor a section: write name = value, or name { ... }`},
		{"connections { } }", `line 1: "}" is out of place: write name = value, or name { ... }`},
		{"connections {\n a : b { } }", `line 2: "b" is not a section in this file: write the path of one, such as connections.other`},
		{"connections {\n a : connections.a { } }", `line 2: "connections.a" nests templates too deeply, or in a loop`},
		{"connections { }\ninclude conf.d/*.conf", `line 2: it has no connection of its own and includes conf.d/*.conf, which does not exist beside it: import the files that it includes`},
		{"connections { a { version = 1\n } }", "it has no IKEv2 connection (read as swanctl)"},
		{strings.Repeat("a { ", 40), `line 1: "a" exceeds what is read: 1000 sections, nested up to 32 deep`},
	})
}

// TestSwanctlInclude: what is not read makes the rest doubtful.
func TestSwanctlInclude(t *testing.T) {
	policies, err := Import("swanctl.conf", []byte("connections { a : elsewhere { proposals = aes256-sha256-modp2048\n } }\ninclude conf.d/*.conf\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	if want := "Line 3 includes conf.d/*.conf, which was not read and may change this offer."; len(policies) != 1 || policies[0].Doubt != want {
		t.Errorf("got %v, want the doubt %q", told(policies, nil), want)
	}
}
