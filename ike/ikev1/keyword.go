package ikev1

import (
	"fmt"
	"strings"
)

// Algorithms of an IKE SA of IKEv1 as strongSwan writes them. RFC 2409, Appendix
// A, and the registry "Internet Key Exchange (IKE) Attributes" of IANA.
var (
	encryptions = map[uint16]string{1: "des", 2: "idea", 3: "blowfish", 4: "rc5", 5: "3des", 6: "cast128", 7: "aes", 8: "camellia"}
	hashes      = map[uint16]string{1: "md5", 2: "sha1", 3: "tiger", 4: "sha256", 5: "sha384", 6: "sha512"}
	groups      = map[uint16]string{
		1: "modp768", 2: "modp1024", 5: "modp1536", 14: "modp2048", 15: "modp3072", 16: "modp4096", 17: "modp6144",
		18: "modp8192", 19: "ecp256", 20: "ecp384", 21: "ecp521", 22: "modp1024s160", 23: "modp2048s224",
		24: "modp2048s256", 25: "ecp192", 26: "ecp224", 27: "ecp224bp", 28: "ecp256bp", 29: "ecp384bp", 30: "ecp512bp",
	}
	methods = map[uint16]string{
		1: "pre-shared key", 2: "DSS signatures", 3: "RSA signatures", 4: "RSA encryption", 5: "revised RSA encryption",
		9: "ECDSA-256", 10: "ECDSA-384", 11: "ECDSA-521",
		64221: "hybrid RSA", 65001: "XAUTH with a pre-shared key", 65003: "XAUTH with DSS signatures",
		65005: "XAUTH with RSA signatures", 65007: "XAUTH with RSA encryption",
	}
)

// String returns the algorithms in the notation of strongSwan, such as
// "aes256-sha1-modp1024". What has no keyword is named by its number, and what
// is not there is left out.
func (t Transform) String() string {
	var words []string
	if t.Encryption != 0 {
		cipher := word(encryptions, t.Encryption, "encr")
		if t.KeyLength != 0 {
			cipher += fmt.Sprint(t.KeyLength)
		}
		words = append(words, cipher)
	}
	if t.Hash != 0 {
		words = append(words, word(hashes, t.Hash, "hash"))
	}
	if t.Group != 0 {
		words = append(words, word(groups, t.Group, "group"))
	}
	return strings.Join(words, "-")
}

// Method names how the sides authenticate themselves, "" if that is not said.
func (t Transform) Method() string {
	if t.Authentication == 0 {
		return ""
	}
	if name := methods[t.Authentication]; name != "" {
		return name
	}
	return fmt.Sprintf("method %d", t.Authentication)
}

// PreSharedKey reports whether authentication is by a pre-shared key, with or
// without XAUTH.
func (t Transform) PreSharedKey() bool { return t.Authentication == 1 || t.Authentication == 65001 }

func word(names map[uint16]string, number uint16, kind string) string {
	if name := names[number]; name != "" {
		return name
	}
	return fmt.Sprintf("%s_%d", kind, number)
}
