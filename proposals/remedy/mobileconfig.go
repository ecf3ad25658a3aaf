package remedy

import (
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

var mobileconfigWord = vocabulary(`
	des=DES 3des=3DES aes128=AES-128 aes256=AES-256
	aes128gcm16=AES-128-GCM aes256gcm16=AES-256-GCM chacha20poly1305=ChaCha20Poly1305
	sha1=SHA1-96 sha256=SHA2-256 sha384=SHA2-384 sha512=SHA2-512
	prfsha1=SHA1-96 prfsha256=SHA2-256 prfsha384=SHA2-384 prfsha512=SHA2-512
	modp768=1 modp1024=2 modp1536=5 modp2048=14 modp3072=15 modp4096=16 modp6144=17 modp8192=18
	ecp256=19 ecp384=20 ecp521=21 x25519=31 curve448=32
`)

// mobileconfig is a configuration profile of Apple's: one suite for IKE, and
// one for Child SAs, which is the same unless it is given.
var mobileconfig = syntax{
	name: client.SyntaxMobileconfig, title: "Apple's configuration profile",
	client:      true,
	clientPlace: "the configuration profile (.mobileconfig), in the IKEv2 dictionary of the VPN payload",
	word:        mobileconfigWord,
	oneHash:     true,
	lines: func(_ string, _ Side, s proposals.Suite, _ []proposals.Product) []string {
		var lines []string
		for _, sa := range []string{"IKESecurityAssociationParameters", "ChildSecurityAssociationParameters"} {
			lines = append(lines,
				"<key>"+sa+"</key>",
				"<dict>",
				"    <key>EncryptionAlgorithm</key>",
				"    <string>"+mobileconfigWord(s[proposals.ENCR])+"</string>",
				"    <key>IntegrityAlgorithm</key>",
				"    <string>"+mobileconfigWord(s[proposals.PRF])+"</string>",
				"    <key>DiffieHellmanGroup</key>",
				"    <integer>"+mobileconfigWord(s[proposals.KE])+"</integer>",
				"</dict>",
			)
		}
		return lines
	},
	notes: func(Side, proposals.Suite) []string {
		return []string{"the second dictionary is for ESP, which a scan does not see: the gateway's ESP proposals must contain the same cipher and hash"}
	},
}
