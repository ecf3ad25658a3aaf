package client

import (
	"strings"
	"testing"
)

// mobileconfig returns a profile with one payload, with parameters in XML.
func mobileconfig(parameters string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>PayloadContent</key><array>
<dict><key>PayloadType</key><string>com.apple.wifi.managed</string></dict>
<dict><key>PayloadType</key><string>com.apple.vpn.managed</string><key>VPNType</key><string>IKEv2</string>
<key>UserDefinedName</key><string>a</string><key>IKEv2</key><dict>
<key>IKESecurityAssociationParameters</key><dict>
` + parameters + `
</dict></dict></dict></array></dict></plist>`
}

func TestMobileconfig(t *testing.T) {
	for parameters, want := range map[string]string{
		"": "aes256-sha256-prfsha256-modp2048",
		"<key>IntegrityAlgorithm</key><string>SHA1-160</string>":                                 "aes256-sha1_160-prfsha1-modp2048",
		"<key>EncryptionAlgorithm</key><string>ChaCha20Poly1305</string>":                        "chacha20poly1305-prfsha256-modp2048",
		"<key>DiffieHellmanGroup</key><string>31</string>":                                       "aes256-sha256-prfsha256-x25519",
		"<key>EncryptionAlgorithm</key><string>3DES</string><key>x</key><array><array/></array>": "3des-sha256-prfsha256-modp2048",
	} {
		policies, err := Import("", []byte(mobileconfig(parameters)), "")
		if err != nil || len(policies) != 1 || offerText(policies[0]) != want {
			t.Errorf("%s: %+v, %v", parameters, policies, err)
		}
	}
	for methods, want := range map[string]string{
		"":                      "aes256-sha256-prfsha256-modp2048",
		"<integer>0</integer>":  "aes256-sha256-prfsha256-modp2048",
		"<integer>37</integer>": "aes256-sha256-prfsha256-modp2048-ke1_mlkem1024",
		"<integer>0</integer><integer>36</integer>": "aes256-sha256-prfsha256-modp2048-ke2_mlkem768",
	} {
		parameters := "<key>PostQuantumKeyExchangeMethods</key><array>" + methods + "</array>"
		policies, err := Import("", []byte(mobileconfig(parameters)), "")
		if err != nil || offerText(policies[0]) != want || (policies[0].Doubt != "") != strings.Contains(want, "mlkem") {
			t.Errorf("%s: %+v, %v", parameters, policies, err)
		}
		if want += ",aes256-sha256-prfsha256-modp2048"; !strings.Contains(want, "mlkem") {
			continue
		}
		fallback := strings.Replace(mobileconfig(parameters), "<key>IKESecurity", "<key>AllowPostQuantumKeyExchangeFallback</key><integer>1</integer><key>IKESecurity", 1)
		if policies, err := Import("", []byte(fallback), ""); err != nil || offerText(policies[0]) != want {
			t.Errorf("%s with a fallback: %+v, %v", parameters, policies, err)
		}
	}
	known, _ := Named("apple-profile")
	if got := offerText(known); got != "aes256-sha256-prfsha256-modp2048" {
		t.Errorf("the known policy is %s", got)
	}
}

func TestMobileconfigErrors(t *testing.T) {
	binary := string(readSample(t, "testdata/mobileconfig/binary.mobileconfig"))
	testImportErrors(t, SyntaxMobileconfig, []struct{ in, want string }{
		// cipher
		{mobileconfig("<key>DiffieHellmanGroup</key><integer>14</integer>\n<key>EncryptionAlgorithm</key>\n<string>AES-192</string>"),
			`line 9: "AES-192" is not a value of EncryptionAlgorithm; did you mean AES-128 or AES-256?`},
		// group
		{mobileconfig("<key>DiffieHellmanGroup</key>\n\n<integer>24</integer>"),
			`line 9: "24" is not a value of DiffieHellmanGroup: write one of 1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31, 32`},
		// no text
		{mobileconfig("<key>IntegrityAlgorithm</key><true/>"),
			`line 7: the value of IntegrityAlgorithm is empty: write one of SHA1-96, SHA1-160, SHA2-256, SHA2-384, SHA2-512`},
		// additional methods
		{mobileconfig("<key>PostQuantumKeyExchangeMethods</key><array>\n<integer>35</integer></array>"),
			`line 8: "35" is not a value of PostQuantumKeyExchangeMethods: write one of 36, 37`},
		{mobileconfig("<key>PostQuantumKeyExchangeMethods</key><integer>37</integer>"),
			`line 7: "PostQuantumKeyExchangeMethods" is not an array of numbers`},
		{mobileconfig("<key>PostQuantumKeyExchangeMethods</key><array>" + strings.Repeat("<integer>36</integer>", 8) + "</array>"),
			`line 7: "PostQuantumKeyExchangeMethods" has 8 methods, and at most 7 are additional`},
		{strings.Replace(mobileconfig(""), "<dict>\n\n</dict>", "<array/>", 1), `line 6: "IKESecurityAssociationParameters" is not a dict`},
		// binary
		{strings.Replace(binary, "AES-256-GCM", "AES-512-GCM", 1),
			`"PayloadContent.0.IKEv2.IKESecurityAssociationParameters.EncryptionAlgorithm" is wrong: ` +
				`"AES-512-GCM" is not a value of EncryptionAlgorithm; did you mean AES-128-GCM or AES-256-GCM?`},
		{binary[:len(binary)-1], "it is a damaged binary property list"},
		// cut
		{"<plist>\n<dict>", "line 2: the XML is not well-formed: unexpected EOF"},
		// another root
		{"<html></html>", "line 1: it is not a property list: its first element is not plist"},
		// no profile
		{"<plist>\n<string>x</string></plist>", "line 2: it is not a profile: the property list has no PayloadContent"},
		{"<plist/>", `line 1: "plist" has no value, or more than one`},
		// no dictionary
		{"<plist><dict>\n<string>x</string></dict></plist>", `line 2: an element stands in a dict where a key should be`},
		{"<plist><dict>\n<key>x</key></dict></plist>", `line 2: the last key of a dict has no value`},
		// deep
		{"<plist>" + strings.Repeat("<array>", 1000), `line 1: elements are nested more than 64 deep`},
		// no IKEv2
		{strings.ReplaceAll(mobileconfig(""), "<string>IKEv2<", "<string>IPSec<"),
			"it has no IKEv2 connection (read as mobileconfig)"},
	})
}

func FuzzMobileconfig(f *testing.F) { fuzzImport(f, SyntaxMobileconfig) }
