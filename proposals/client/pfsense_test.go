package client

import (
	"strings"
	"testing"
)

// phase1 returns a file of pfSense with a phase 1 of these settings and items.
func phase1(settings string, items ...string) string {
	var b strings.Builder
	b.WriteString("<pfsense><ipsec><phase1><iketype>ikev2</iketype>" + settings + "<encryption>")
	for _, item := range items {
		b.WriteString("\n<item>" + item + "</item>")
	}
	b.WriteString("</encryption></phase1></ipsec></pfsense>")
	return b.String()
}

func item(name, keylen, hash, prf, group string) string {
	return "<encryption-algorithm><name>" + name + "</name><keylen>" + keylen + "</keylen></encryption-algorithm>" +
		"<hash-algorithm>" + hash + "</hash-algorithm><prf-algorithm>" + prf + "</prf-algorithm><dhgroup>" + group + "</dhgroup>"
}

func TestPfSense(t *testing.T) {
	for _, test := range []struct{ name, file, want, note string }{
		{"several items", phase1("", item("aes128gcm", "128", "sha256", "sha512", "14"), item("aes", "128", "SHA256", "", "31")),
			"aes128gcm16-prfsha256-modp2048,aes128-sha256-prfsha256-x25519", "does not select a PRF"},
		{"a PRF that is selected", phase1("<prfselect_enable></prfselect_enable>", item("aes256gcm", "64", "sha256", "sha512", "20")),
			"aes256gcm8-prfsha512-ecp384", ""},
		{"all lengths", phase1("<disabled></disabled>", item("aes", "auto", "sha384", "", "19")),
			"aes256-aes192-aes128-sha384-prfsha384-ecp256", "disabled"},
		{"an excerpt", "<ipsec><phase1><ikeid>4</ikeid><iketype>auto</iketype>" + item("3des", "", "sha1", "", "2") + "</phase1></ipsec>",
			"3des-sha1-prfsha1-modp1024", "also accepts IKEv1"},
	} {
		policies, err := Import("", []byte(test.file), "")
		if err != nil || len(policies) != 1 || offerText(policies[0]) != test.want ||
			!strings.Contains(strings.Join(policies[0].Notes, " "), test.note) {
			t.Errorf("%s:\n got %+v, %v\nwant %s", test.name, policies, err, test.want)
		}
	}
}

func TestPfSenseErrors(t *testing.T) {
	testImportErrors(t, SyntaxPfSense, []struct{ in, want string }{
		// cipher
		{phase1("", item("aes265", "", "sha256", "", "14")),
			`line 2: "aes265" is not a value of encryption-algorithm: write one of aes, aes128gcm, aes192gcm, aes256gcm, aes128gcm16, aes192gcm16, aes256gcm16, chacha20poly1305, camellia, blowfish, 3des, cast128, des`},
		// length of the key for that of the ICV
		{phase1("", item("aes256gcm", "256", "sha256", "", "19")),
			`line 2: "256" is not a value of keylen for aes256gcm: write the length of its ICV in bits, one of 128, 96, 64`},
		// length
		{phase1("", item("aes", "512", "sha256", "", "19")),
			`line 2: "512" is not a value of keylen for aes: write the length of its key in bits, one of 256, 192, 128`},
		{phase1("", item("aes", "", "sha256", "", "19")),
			`line 2: "aes" has no keylen: write the length of its key in bits, one of 256, 192, 128`},
		// hash
		{phase1("", item("aes", "256", "sha265", "", "19")),
			`line 2: "sha265" is not a value of hash-algorithm; did you mean sha256?`},
		// group
		{phase1("", item("aes", "256", "sha256", "", "0")),
			`line 2: "0" is not a value of dhgroup: write one of 1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32`},
		// no PRF
		{phase1("<prfselect_enable/>", item("aes", "256", "sha256", "", "14")), `line 2: "item" has no prf-algorithm`},
		// no cipher
		{phase1("", "<dhgroup>14</dhgroup>"), `line 2: "item" has no encryption-algorithm`},
		// no name
		{phase1("", "<encryption-algorithm/>"), `line 2: "encryption-algorithm" has no name`},
		// iketype
		{"<phase1><iketype>ikev3</iketype></phase1>", `line 1: "ikev3" is not a value of iketype: write ikev2, ikev1 or auto`},
		// tags
		{"<pfsense>\n<phase1></pfsense>", "line 2: the XML is not well-formed: an end tag does not match the start tag"},
		// IKEv1
		{"<phase1><iketype>ikev1</iketype></phase1>", "it has no IKEv2 connection (read as pfsense)"},
	})
}

func TestOPNsenseErrors(t *testing.T) {
	connection := func(proposals string) string {
		return "<opnsense><OPNsense><Swanctl><Connections><Connection>\n<proposals>" + proposals +
			"</proposals></Connection></Connections></Swanctl></OPNsense></opnsense>"
	}
	testImportErrors(t, SyntaxOPNsense, []struct{ in, want string }{
		// keyword
		{connection("aes256-sha256-modp2084"),
			`line 2: "aes256-sha256-modp2084": "modp2084" at octet 15 is not a known keyword; did you mean modp2048, modp1024 or modp768?`},
		// no group
		{connection("aes256-sha256"),
			`line 2: "aes256-sha256" names no PRF or key exchange method; strongSwan rejects it: write, for example, aes256-sha256-prfsha256-modp2048`},
		// IKEv1
		{"<opnsense><ipsec><phase1/></ipsec></opnsense>", "it has no IKEv2 connection (read as opnsense)"},
	})
}

func FuzzPfSense(f *testing.F) { fuzzImport(f, SyntaxPfSense) }

func FuzzOPNsense(f *testing.F) { fuzzImport(f, SyntaxOPNsense) }
