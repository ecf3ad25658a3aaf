package offers

// CommonSuites are those that most gateways take one of.
var CommonSuites = []string{
	"aes256gcm16-prfsha384-ecp384", "aes256-sha256-prfsha256-modp2048", "aes128gcm16-prfsha256-ecp256",
	"aes256-sha1-prfsha1-modp2048", "aes128-sha1-prfsha1-modp1024", "aes256-sha256-prfsha256-ecp256",
	"aes256-sha384-prfsha384-ecp384", "aes256gcm16-prfsha256-modp2048", "aes256-sha1-prfsha1-modp1024",
	"3des-sha1-prfsha1-modp1024", "aes256gcm16-prfsha384-x25519", "aes128-sha256-prfsha256-modp2048",
}

// Greeting holds what gateways commonly take, so that nearly each one answers
// it one way or another. ECP_256 is left for the KE payload, and the methods
// above 21 for later: some gateways do not answer these.
const Greeting = "aes256gcm16-aes128gcm16-prfsha256-prfsha384-prfsha512-prfsha1-" + commonMethods + "," +
	"aes256-aes128-3des-sha256-sha384-sha512-sha1-prfsha256-prfsha384-prfsha512-prfsha1-" + commonMethods

const commonMethods = "modp2048-modp3072-modp4096-ecp384-ecp521-modp1024-modp1536"

// ClientGreeting is what a client says: its KE payload is of the first method
// that it offers, and it offers more.
const ClientGreeting = "aes256gcm16-aes128gcm16-aes192gcm16-chacha20poly1305-prfsha256-prfsha384-prfsha512-prfsha1-" + moreMethods + "," +
	"aes256-aes128-aes192-3des-sha256-sha384-sha512-sha1-prfsha256-prfsha384-prfsha512-prfsha1-" + moreMethods

const moreMethods = "modp2048-ecp256-modp3072-modp4096-ecp384-ecp521-x25519-modp1024-modp1536-modp6144-modp8192-ecp256bp-ecp384bp-x448"
