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
			`line 4: "CustomIPSecPolicies" is not a custom policy: that is 48 hexadecimal digits, six little-endian numbers`},
		// no digits
		{policy("x"), `line 4: "CustomIPSecPolicies" is not a custom policy: that is 48 hexadecimal digits, six little-endian numbers`},
		// number
		{policy("020000000400000009000000050000000200000000000000"),
			`line 4: "CustomIPSecPolicies" has 9 as its number 3, which is not a value of DHGroup`},
		// no group
		{policy("020000000400000000000000050000000200000000000000"),
			`line 4: "None" is not a value of DHGroup for an IKE SA, which always has a key exchange: write one of Group1, Group2, Group14, ECP256, ECP384, Group24`},
		// missing
		{"[a]\nVpnStrategy=14\nNumCustomPolicy=1\n",
			`line 3: "NumCustomPolicy" shows that there is a custom policy, but CustomIPSecPolicies is missing`},
		// several
		{policy(""), `line 4: "CustomIPSecPolicies" is empty, although NumCustomPolicy shows that there is a custom policy`},
		{"[a]\nVpnStrategy=14\nNumCustomPolicy=2\n",
			`line 3: "2" is not a value of NumCustomPolicy that Windows writes: that is 0 or 1`},
		// strategy
		{"[a]\nVpnStrategy=IKEv2\n", `line 2: "IKEv2" is not a value of VpnStrategy: write its number, 7 for IKEv2 alone`},
		// L2TP
		{"[a]\nVpnStrategy=3\n", "it has no IKEv2 connection (read as rasphone)"},
	})
}

// TestRasphoneTypes: entries that are not VPNs have a VpnStrategy, too. The types
// are those of ras.h, RASET_*; the entries have the keys that Windows writes for
// a modem, a cable and PPPoE (rasphone.pbk of Windows 7 to 11).
func TestRasphoneTypes(t *testing.T) {
	const vpn = "[vpn]\nType=2\nVpnStrategy=7\nDevice=WAN Miniport (IKEv2)\n"
	for entry, why := range map[string]string{
		"[Broadband]\nEncoding=1\nType=5\nVpnStrategy=0\nMEDIA=rastapi\nPort=PPPoE1-0\nDevice=WAN Miniport (PPPOE)\n": "Type=5, broadband (PPPoE)",
		"[Modem]\nType=1\nVpnStrategy=0\nMEDIA=serial\nDevice=Standard 56000 bps Modem\nPhoneNumber=5550100\n":        "Type=1, a modem or ISDN",
		"[Cable]\nVpnStrategy=7\nType=3\nDevice=Communications cable between two computers\n":                         "Type=3, a direct cable",
		"[DSL]\nVpnStrategy=0\nDevice=WAN Miniport (PPPOE)\n":                                                         "a device for PPPoE",
		"[Odd]\nVpnStrategy=0\nType=9\n": "another Type than 2",
	} {
		name := entry[1:strings.Index(entry, "]")]
		_, err := Import("rasphone.pbk", []byte(entry), "")
		if want := `line 1: it has no IKEv2 connection: "` + name + `" has ` + why + ", and only Type=2 is a VPN (read as rasphone)"; err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		policies, err := Import("rasphone.pbk", []byte(entry+vpn), "")
		if err != nil || len(policies) != 1 || policies[0].Name != "vpn" || !strings.Contains(strings.Join(policies[0].Notes, " "), "not IKEv2: "+name) {
			t.Errorf("%s: %s", entry, told(policies, err))
		}
	}
}

func FuzzRasphone(f *testing.F) { fuzzImport(f, SyntaxRasphone) }
