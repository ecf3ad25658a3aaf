package remedy

import (
	"fmt"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

var fortiOSWord = vocabulary(`
	des=des 3des=3des aes128=aes128 aes192=aes192 aes256=aes256
	aes128gcm16=aes128gcm aes256gcm16=aes256gcm chacha20poly1305=chacha20poly1305
	sha1=sha1 sha256=sha256 sha384=sha384 sha512=sha512
	prfsha1=prfsha1 prfsha256=prfsha256 prfsha384=prfsha384 prfsha512=prfsha512
	modp768=1 modp1024=2 modp1536=5 modp2048=14 modp3072=15 modp4096=16 modp6144=17 modp8192=18
	ecp256=19 ecp384=20 ecp521=21 ecp224bp=27 ecp256bp=28 ecp384bp=29 ecp512bp=30 x25519=31 curve448=32
`)

// fortiOS pairs each cipher and hash with each group of the phase. On the
// gateway the lines append, as FortiOS does since 5.0.
var fortiOS = syntax{
	name: client.SyntaxFortiGate, title: "FortiOS",
	client: true, gateway: true,
	clientPlace:  "FortiOS as the client, in its CLI",
	gatewayPlace: "FortiOS as the gateway, in its CLI",
	word:         fortiOSWord,
	lacks:        map[string]string{"prfmd5": "FortiOS has no PRF_HMAC_MD5 with AES-GCM, and does not propose it otherwise"},
	oneHash:      true, additive: true, everyPair: true,
	lines: func(connection string, side Side, s proposals.Suite, _ []proposals.Product) []string {
		verb := "set"
		if side == GatewaySide {
			verb = "append"
		}
		hash := s[proposals.INTEG]
		if hash.IsNone() {
			hash = s[proposals.PRF]
		}
		return []string{
			"config vpn ipsec phase1-interface",
			fmt.Sprintf("    edit %q", connection),
			"        set ike-version 2",
			fmt.Sprintf("        %s proposal %s-%s", verb, fortiOSWord(s[proposals.ENCR]), fortiOSWord(hash)),
			fmt.Sprintf("        %s dhgrp %s", verb, fortiOSWord(s[proposals.KE])),
			"    next",
			"end",
		}
	},
	notes: func(side Side, _ proposals.Suite) []string {
		if side == ClientSide {
			return nil
		}
		return []string{"FortiOS combines each proposal with each group: what is appended is also combined with what is there"}
	},
}
