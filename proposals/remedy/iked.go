package remedy

import (
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

var ikedWord = vocabulary(`
	3des=3des aes128=aes-128 aes192=aes-192 aes256=aes-256
	aes128gcm16=aes-128-gcm aes256gcm16=aes-256-gcm
	aes128gcm12=aes-128-gcm-12 aes256gcm12=aes-256-gcm-12
	md5=hmac-md5 sha1=hmac-sha1 sha256=hmac-sha2-256 sha384=hmac-sha2-384 sha512=hmac-sha2-512
	prfmd5=hmac-md5 prfsha1=hmac-sha1 prfsha256=hmac-sha2-256 prfsha384=hmac-sha2-384 prfsha512=hmac-sha2-512
	modp768=modp768 modp1024=modp1024 modp1536=modp1536 modp2048=modp2048 modp3072=modp3072
	modp4096=modp4096 modp6144=modp6144 modp8192=modp8192
	ecp256=ecp256 ecp384=ecp384 ecp521=ecp521
	ecp224bp=brainpool224 ecp256bp=brainpool256 ecp384bp=brainpool384 ecp512bp=brainpool512
	x25519=curve25519
`)

// iked.conf: each ikesa is a proposal, in which a repeated word is an
// alternative.
var iked = syntax{
	name: client.SyntaxIked, title: "OpenIKED",
	client: true, gateway: true,
	clientPlace:  "iked.conf of the client, in the ikev2 rule, in place of its ikesa words; then ikectl reload",
	gatewayPlace: "iked.conf of the gateway, in the ikev2 rule, in place of its ikesa words; then ikectl reload",
	word:         ikedWord,
	lines: func(_ string, _ Side, _ proposals.Suite, products []proposals.Product) []string {
		var lines []string
		for _, p := range products {
			line := "    ikesa"
			for _, part := range []struct {
				word string
				axis proposals.Axis
			}{{"enc", proposals.ENCR}, {"auth", proposals.INTEG}, {"prf", proposals.PRF}, {"group", proposals.KE}} {
				for _, a := range p[part.axis] {
					line += " " + part.word + " " + ikedWord(a)
				}
			}
			lines = append(lines, line+` \`)
		}
		return lines
	},
	notes: func(Side, proposals.Suite) []string {
		return []string{`remove the last \ if nothing of the rule follows`}
	},
}
