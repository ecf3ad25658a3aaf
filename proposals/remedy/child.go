package remedy

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

// ChildSuite is a suite of Child SAs (ESP).
type ChildSuite struct {
	// ENCR is its cipher, and INTEG the integrity algorithm beside it: none of that axis
	// beside AEAD.
	ENCR, INTEG proposals.Algorithm
	// KE is the key exchange method at rekeying, nil for none.
	KE *proposals.Algorithm
}

// childSyntax is how a product names the suite of Child SAs.
type childSyntax struct {
	// suites are what it can be set to, as keywords, the first choice first: each cipher
	// with each key exchange method, "none" among these.
	suites, exchanges string
	lines             func(connection string, ike proposals.Suite, c ChildSuite) []string
	where             string
	// ofIKE: the lines have a suite of the IKE SA, too.
	ofIKE *syntax
}

var childSyntaxes = map[client.Syntax]*childSyntax{
	client.SyntaxWindows: {
		suites:    "aes256gcm16 aes128gcm16 aes256-sha256 aes128-sha256 aes256-sha1 aes128-sha1",
		exchanges: "ecp384 ecp256 modp2048 modp2048s256 none",
		lines:     powerShellChild,
		where:     powerShell.clientPlace,
		ofIKE:     &powerShell,
	},
	client.SyntaxMobileconfig: {
		suites:    "aes256gcm16 aes128gcm16 chacha20poly1305 aes256-sha512 aes256-sha384 aes256-sha256 aes128-sha256",
		exchanges: "ecp384 ecp256 ecp521 x25519 modp3072 modp4096 modp2048 none",
		lines:     mobileconfigChild,
		where:     "the configuration profile (.mobileconfig), in the IKEv2 dictionary of the VPN payload, in place of these keys there",
	},
}

// childOf is the entry of a syntax; that of rasphone.pbk is PowerShell's.
func childOf(s client.Syntax) *childSyntax {
	if s == client.SyntaxRasphone {
		s = client.SyntaxWindows
	}
	return childSyntaxes[s]
}

// ChildSuites returns the suites of Child SAs that a client of a syntax can be set to, the
// first choice first; none if its lines for them are not known.
func ChildSuites(s client.Syntax) []ChildSuite {
	at := childOf(s)
	if at == nil {
		return nil
	}
	algorithm := func(keyword string) proposals.Algorithm {
		a, err := proposals.ParseAlgorithm(keyword)
		if err != nil {
			panic("remedy: internal error: " + err.Error())
		}
		return a
	}
	var out []ChildSuite
	for words := range strings.FieldsSeq(at.suites) {
		encr, integ, classic := strings.Cut(words, "-")
		c := ChildSuite{ENCR: algorithm(encr), INTEG: proposals.None(proposals.INTEG)}
		if classic {
			c.INTEG = algorithm(integ)
		}
		for word := range strings.FieldsSeq(at.exchanges) {
			if c.KE = nil; word != "none" {
				ke := algorithm(word)
				c.KE = &ke
			}
			out = append(out, c)
		}
	}
	return out
}

// ChildLines writes what gives a client of a syntax one of [ChildSuites] for its Child SAs,
// to be pasted, and says where. The lines of some products have a suite of the IKE SA, too:
// it is the one of ike that is soundest and that the product can be set to, and has none
// where the lines say nothing of it. They are not ok where there is none, or the lines of
// the syntax are not known. A placeholder stands for the connection.
func ChildLines(s client.Syntax, ike []proposals.Product, c ChildSuite) (where string, lines []string, suite *proposals.Suite, ok bool) {
	at := childOf(s)
	if at == nil {
		return "", nil, nil, false
	}
	var own proposals.Suite
	if at.ofIKE != nil {
		var able []proposals.Product
		for _, p := range ike {
			able = append(able, at.ofIKE.writable(p)...)
		}
		if own, _, ok = nearest(able, ike); !ok {
			return "", nil, nil, false
		}
		suite = &own
	}
	return at.where, at.lines(placeholder, own, c), suite, true
}

// The values of Set-VpnConnectionIPsecConfiguration for Child SAs.
var (
	powerShellTransform = vocabulary("aes128=AES128 aes256=AES256 aes128gcm16=GCMAES128 aes256gcm16=GCMAES256 sha1=SHA196 sha256=SHA256128")
	powerShellPFS       = vocabulary("modp2048=PFS2048 modp2048s256=PFS24 ecp256=ECP256 ecp384=ECP384")
)

func powerShellChild(connection string, ike proposals.Suite, c ChildSuite) []string {
	auth, group := powerShellTransform(c.ENCR), "None"
	if !c.INTEG.IsNone() {
		auth = powerShellTransform(c.INTEG)
	}
	if c.KE != nil {
		group = powerShellPFS(*c.KE)
	}
	return []string{powerShellLine(connection, ike, powerShellTransform(c.ENCR), auth, group)}
}

func mobileconfigChild(_ string, _ proposals.Suite, c ChildSuite) []string {
	pfs := 0
	if c.KE != nil {
		pfs = 1
	}
	lines := []string{
		"<key>EnablePFS</key>",
		fmt.Sprintf("<integer>%d</integer>", pfs),
		"<key>ChildSecurityAssociationParameters</key>",
		"<dict>",
		"    <key>EncryptionAlgorithm</key>",
		"    <string>" + mobileconfigWord(c.ENCR) + "</string>",
	}
	if !c.INTEG.IsNone() {
		lines = append(lines, "    <key>IntegrityAlgorithm</key>", "    <string>"+mobileconfigWord(c.INTEG)+"</string>")
	}
	if c.KE != nil {
		lines = append(lines, "    <key>DiffieHellmanGroup</key>", "    <integer>"+mobileconfigWord(*c.KE)+"</integer>")
	}
	return append(lines, "</dict>")
}
