package client

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/table"
)

// TestChildrenAgainstSources: where the source has the names of the registry, what is
// offered for Child SAs has the same ciphers and integrity algorithms.
func TestChildrenAgainstSources(t *testing.T) {
	checked := 0
	for _, row := range table.MustRead("children.csv", childrenCSV, "names", "policy_id", "rows", "offer", "sn", "doubt") {
		var source []string
		for _, r := range readPolicies() {
			if !isAboutChild(r, row) || strings.HasPrefix(r["role"], "responder") {
				continue
			}
			for _, word := range strings.FieldsFunc(r["encr"]+" "+r["integ"], func(c rune) bool { return strings.ContainsRune(" [],()", c) }) {
				if word == "SHA1" {
					word = "AUTH_HMAC_SHA1_96" // as MikroTik's row has it
				}
				if a, ok := ianaNames()[word]; ok {
					source = addNew(source, a.Keyword())
				}
			}
		}
		var offered []string
		for _, text := range strings.Split(row["offer"], ",") {
			p, err := parseChild(text, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range slices.Concat(p.ENCR, p.INTEG) {
				if a.Keyword() != "null" { // which no IKE SA has
					offered = addNew(offered, a.Keyword())
				}
			}
		}
		if len(source) == 0 {
			continue // in the words of the product
		}
		checked++
		slices.Sort(source)
		slices.Sort(offered)
		if !slices.Equal(source, offered) {
			t.Errorf("%s: %v, and the source has %v", row["names"], offered, source)
		}
	}
	if checked < 10 {
		t.Errorf("only %d were compared with their source", checked)
	}
}

// childTold is what is offered for Child SAs in short.
func childTold(c *Child) string {
	if c == nil {
		return "not known"
	}
	var out []string
	for _, p := range c.Offer {
		out = append(out, fmt.Sprintf("%v plain=%v ike=%v", p, p.Plain, p.OfIKE))
	}
	return fmt.Sprintf("%s short=%v extended=%v", strings.Join(out, ", "), c.Short, c.Extended)
}

// TestImportedChildren: what configurations say of Child SAs.
func TestImportedChildren(t *testing.T) {
	windows := func(auth, cipher, pfs string) string {
		return fmt.Sprintf("Set-VpnConnectionIPsecConfiguration -ConnectionName x -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup ECP384"+
			" -CipherTransformConstants %s -AuthenticationTransformConstants %s -PfsGroup %s -PassThru -Force\n", cipher, auth, pfs)
	}
	swanctl := func(children string) string {
		return "connections {\n x {\n version = 2\n children {\n" + children + "\n }\n }\n}\n"
	}
	apple := func(more string) string {
		return `<?xml version="1.0"?><plist version="1.0"><dict><key>PayloadContent</key><array><dict><key>PayloadType</key><string>com.apple.vpn.managed</string>` +
			`<key>VPNType</key><string>IKEv2</string><key>UserDefinedName</key><string>x</string><key>IKEv2</key><dict>` + more + `</dict></dict></array></dict></plist>`
	}
	const gcm = `<key>ChildSecurityAssociationParameters</key><dict><key>EncryptionAlgorithm</key><string>AES-256-GCM</string><key>DiffieHellmanGroup</key><integer>19</integer></dict>`
	for _, tt := range []struct {
		syntax     Syntax
		text, want string
	}{
		{SyntaxWindows, windows("SHA256128", "AES128", "PFS2048"), "aes128-sha256-modp2048 plain=false ike=false short=true extended=false"},
		{SyntaxWindows, windows("GCMAES256", "GCMAES256", "None"), "aes256gcm16 plain=true ike=false short=true extended=false"},
		{SyntaxWindows, windows("2", "4", "6"), "aes192-sha256-ecp384 plain=false ike=true short=true extended=false"},
		{SyntaxWindows, windows("None", "AES128", "PFS2048"), "not known"},
		{SyntaxWindows, windows("SHA256128", "None", "PFS2048"), "not known"},
		{SyntaxSwanctl, swanctl("a {\n esp_proposals = aes256gcm16-ecp384-none-esn-noesn, aes128-sha256\n}"), "aes256gcm16-ecp384 plain=true ike=false, aes128-sha256 plain=true ike=false short=true extended=true"},
		{SyntaxSwanctl, swanctl("a {\n esp_proposals = aes256-sha1-esn\n}\nb {\n esp_proposals = aes256-sha1-esn\n}"), "aes256-sha1 plain=true ike=false short=false extended=true"},
		{SyntaxSwanctl, swanctl("a {\n esp_proposals = aes256-sha1\n}\nb {\n esp_proposals = aes256-sha256\n}"), "not known"},
		{SyntaxSwanctl, swanctl("a {\n esp_proposals = aes256-what\n}"), "not known"},
		{SyntaxSwanctl, swanctl(""), "not known"},
		{SyntaxMobileconfig, apple(gcm + "<key>EnablePFS</key><integer>1</integer>"), "aes256gcm16-ecp256 plain=false ike=false short=true extended=false"},
		{SyntaxMobileconfig, apple(gcm), "aes256gcm16 plain=true ike=false short=true extended=false"},
		{SyntaxMobileconfig, apple(""), "aes256-sha256 plain=true ike=false short=true extended=false"},
		{SyntaxMobileconfig, apple(gcm + "<key>EnablePFS</key><integer>7</integer>"), "not known"},
	} {
		policies, err := Import("file", []byte(tt.text), tt.syntax)
		if err != nil || len(policies) != 1 {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := childTold(policies[0].Child); got != tt.want {
			t.Errorf("%s\n%s, want %s", tt.text, got, tt.want)
		}
	}
	policies, err := Import("swanctl.conf", []byte(swanctl("a {\n}")), SyntaxSwanctl)
	if err != nil || policies[0].Child == nil || policies[0].Child.Doubt == "" || policies[0].Child.Offer[0].Plain != true {
		t.Errorf("strongSwan's default: %+v, %v", policies, err)
	}
}

// TestKnownChildren: Windows rekeys without a key exchange, libreswan with that of its
// IKE SA, and strongSwan with any or none.
func TestKnownChildren(t *testing.T) {
	for name, want := range map[string]func(ChildProposal) bool{
		"windows-11":   func(p ChildProposal) bool { return p.Plain && len(p.KE) == 0 },
		"libreswan-5":  func(p ChildProposal) bool { return p.OfIKE && !p.Plain && len(p.KE) > 3 },
		"strongswan-6": func(p ChildProposal) bool { return p.Plain && len(p.KE) > 10 },
		"ios":          func(p ChildProposal) bool { return p.Plain && len(p.KE) == 1 },
		"android-12": func(p ChildProposal) bool {
			return p.Plain && len(p.Optional) > 0 && !p.IsOptional(proposals.Algorithm{})
		},
	} {
		p, _ := Named(name)
		if p.Child == nil || p.Child.Source == "" || !want(p.Child.Offer[0]) {
			t.Errorf("%s: %s", name, childTold(p.Child))
		}
	}
}
