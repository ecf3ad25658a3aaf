package client

import (
	"strings"
	"testing"
)

// TestRasphoneOrder: the inferred order gives each published sample of
// CustomIPSecPolicies what its author says of it, and the doubt is told.
func TestRasphoneOrder(t *testing.T) {
	for digits, want := range map[string]string{
		"02 04 03 05 02 00": "aes256-sha256-prfsha256-modp2048",
		"02 06 05 08 05 00": "aes256gcm16-prfsha256-ecp384",
		"03 06 05 08 05 05": "aes256gcm16-prfsha384-ecp384",
		"03 04 05 08 05 05": "aes256-sha384-prfsha384-ecp384",
		"03 04 02 05 02 00": "aes256-sha384-prfsha384-modp1024",
		"02 02 03 03 02 03": "aes128-sha256-prfsha256-modp2048",
	} {
		file := "[a]\r\nVpnStrategy=7\r\nNumCustomPolicy=1\r\nCustomIPSecPolicies=" + strings.ReplaceAll(digits+" ", " ", "000000")
		policies, err := Import("rasphone.pbk", []byte(file), "")
		if err != nil || len(policies) != 1 || offerText(policies[0]) != want {
			t.Errorf("%s: %+v, %v", digits, policies, err)
			continue
		}
		if !strings.Contains(policies[0].Doubt, "inferred") {
			t.Errorf("%s: the doubt is %q", digits, policies[0].Doubt)
		}
	}
}

func TestRasphoneErrors(t *testing.T) {
	policy := func(digits string) string {
		return "[a]\nVpnStrategy=14\nNumCustomPolicy=1\nCustomIPSecPolicies=" + digits + "\n"
	}
	testImportErrors(t, SyntaxRasphone, []struct{ in, want string }{
		// short
		{policy("02000000"),
			`line 4: "02000000" is no custom policy: that is 48 hexadecimal digits, six little-endian numbers`},
		// no digits
		{policy("x"), `line 4: "x" is no custom policy: that is 48 hexadecimal digits, six little-endian numbers`},
		// number
		{policy("020000000400000009000000050000000200000000000000"),
			`line 4: "020000000400000009000000050000000200000000000000" has 9 as its number 3, which is no DHGroup`},
		// no group
		{policy("020000000400000000000000050000000200000000000000"),
			`line 4: "None" is no DHGroup of an IKE SA, which always has a key exchange: write one of Group1, Group2, Group14, ECP256, ECP384, Group24`},
		// missing
		{"[a]\nVpnStrategy=14\nNumCustomPolicy=1\n",
			`line 3: "NumCustomPolicy" says that there is a custom policy, but CustomIPSecPolicies is missing`},
		// several
		{policy(""), `line 4: "CustomIPSecPolicies" is empty, though NumCustomPolicy says that there is a custom policy`},
		{"[a]\nVpnStrategy=14\nNumCustomPolicy=2\n",
			`line 3: "2" is no NumCustomPolicy that Windows writes: that is 0 or 1`},
		// strategy
		{"[a]\nVpnStrategy=IKEv2\n", `line 2: "IKEv2" is no VpnStrategy: write its number, 7 for IKEv2 alone`},
		// L2TP
		{"[a]\nVpnStrategy=3\n", "it holds no IKEv2 connection (read as rasphone)"},
	})
}

func FuzzRasphone(f *testing.F) { fuzzImport(f, SyntaxRasphone) }
