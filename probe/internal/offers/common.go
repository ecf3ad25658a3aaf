package offers

// CommonSuites are those that most gateways take one of.
var CommonSuites = []string{
	"aes256gcm16-prfsha384-ecp384", "aes256-sha256-prfsha256-modp2048", "aes128gcm16-prfsha256-ecp256",
	"aes256-sha1-prfsha1-modp2048", "aes128-sha1-prfsha1-modp1024", "aes256-sha256-prfsha256-ecp256",
	"aes256-sha384-prfsha384-ecp384", "aes256gcm16-prfsha256-modp2048", "aes256-sha1-prfsha1-modp1024",
	"3des-sha1-prfsha1-modp1024", "aes256gcm16-prfsha384-x25519", "aes128-sha256-prfsha256-modp2048",
}
