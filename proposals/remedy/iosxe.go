package remedy

import (
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

var iosXEWord = vocabulary(`
	des=des 3des=3des aes128=aes-cbc-128 aes192=aes-cbc-192 aes256=aes-cbc-256
	aes128gcm16=aes-gcm-128 aes256gcm16=aes-gcm-256
	md5=md5 sha1=sha1 sha256=sha256 sha384=sha384 sha512=sha512
	prfmd5=md5 prfsha1=sha1 prfsha256=sha256 prfsha384=sha384 prfsha512=sha512
	modp768=1 modp1024=2 modp1536=5 modp2048=14 modp3072=15 modp4096=16
	ecp256=19 ecp384=20 ecp521=21 modp2048s256=24
`)

// iosXE is Cisco's IOS-XE. A proposal counts once a policy names it.
var iosXE = syntax{
	name: client.SyntaxCisco, title: "IOS-XE",
	client: true, gateway: true,
	clientPlace:  "IOS-XE as the client, in configuration mode",
	gatewayPlace: "IOS-XE as the gateway, in configuration mode",
	word:         iosXEWord,
	lacks:        map[string]string{"x25519": "IOS-XE has no KE_CURVE25519"},
	additive:     true,
	lines: func(connection string, _ Side, s proposals.Suite, _ []proposals.Product) []string {
		lines := []string{"crypto ikev2 proposal IKESCOPE", " encryption " + iosXEWord(s[proposals.ENCR])}
		if !s[proposals.INTEG].IsNone() {
			lines = append(lines, " integrity "+iosXEWord(s[proposals.INTEG]))
		}
		return append(lines,
			" prf "+iosXEWord(s[proposals.PRF]),
			" group "+iosXEWord(s[proposals.KE]),
			"crypto ikev2 policy "+connection,
			" proposal IKESCOPE",
		)
	},
	notes: func(Side, proposals.Suite) []string {
		return []string{"the policy is the one that names the proposals in force; a policy with a new name and without a match applies to all"}
	},
}
