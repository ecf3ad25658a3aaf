package remedy

import (
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

var libreswanWord = vocabulary(`
	3des=3des aes128=aes128 aes192=aes192 aes256=aes256
	aes128ctr=aes_ctr128 aes192ctr=aes_ctr192 aes256ctr=aes_ctr256
	aes128gcm8=aes_gcm_8_128 aes192gcm8=aes_gcm_8_192 aes256gcm8=aes_gcm_8_256
	aes128gcm12=aes_gcm_12_128 aes192gcm12=aes_gcm_12_192 aes256gcm12=aes_gcm_12_256
	aes128gcm16=aes_gcm128 aes192gcm16=aes_gcm192 aes256gcm16=aes_gcm256
	camellia128=camellia128 camellia192=camellia192 camellia256=camellia256
	chacha20poly1305=chacha20_poly1305
	prfmd5=md5 prfsha1=sha1 prfsha256=sha2_256 prfsha384=sha2_384 prfsha512=sha2_512
	md5=md5 sha1=sha1 sha256=sha2_256 sha384=sha2_384 sha512=sha2_512
	prfaesxcbc=aes_xcbc aesxcbc=aes_xcbc
	modp1536=modp1536 modp2048=modp2048 modp3072=modp3072 modp4096=modp4096
	modp6144=modp6144 modp8192=modp8192
	ecp256=dh19 ecp384=dh20 ecp521=dh21 x25519=dh31
`)

// libreswan's ipsec.conf: encryption-hash-group, with + between alternatives.
var libreswan = syntax{
	name: client.SyntaxLibreswan, title: "libreswan",
	client: true, gateway: true,
	clientPlace:  "ipsec.conf of libreswan on the client, in the connection's section; then ipsec auto --replace",
	gatewayPlace: "ipsec.conf of libreswan on the gateway, in the connection's section; then ipsec auto --replace",
	word:         libreswanWord,
	lacks: map[string]string{
		"modp1024":     "libreswan is built without KE_MODP_1024 unless USE_DH2=true is given",
		"modp1024s160": "libreswan is built without KE_MODP_1024_160 unless USE_DH22=true is given",
	},
	oneHash: true, hashLists: true,
	lines: func(connection string, _ Side, _ proposals.Suite, products []proposals.Product) []string {
		var texts []string
		for _, p := range products {
			texts = append(texts, joined(libreswanWord, p[proposals.ENCR], "+")+"-"+
				joined(libreswanWord, p[proposals.PRF], "+")+"-"+joined(libreswanWord, p[proposals.KE], "+"))
		}
		return []string{"conn " + connection, "    ike=" + strings.Join(texts, ",")}
	},
}
