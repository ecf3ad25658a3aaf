package baseline

import (
	"cmp"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// Strength estimates the security of a in bits against an attack that is no
// break of it: of the MODP groups and curves after NIST SP 800-56A Rev. 3,
// Appendix D, of a cipher the length of its key, of a PRF that of its output.
// More than 256 bits of a PRF, and 128 of an integrity algorithm, whose tags
// can only be guessed online, count no more; neither do the tags of AEAD
// ciphers, for which None of INTEG stands. It reports false where nothing is
// known.
func Strength(a proposals.Algorithm) (bits int, ok bool) {
	switch a.Axis {
	case proposals.ENCR:
		switch ike.EncryptionID(a.ID) {
		case ike.ENCR_DES, ike.ENCR_DES_IV64, ike.ENCR_DES_IV32:
			return 56, true
		case ike.ENCR_3DES:
			return 112, true
		case ike.ENCR_CHACHA20_POLY1305:
			return 256, true
		case ike.ENCR_NULL:
			return 0, true
		}
		return int(a.KeyBits), a.KeyBits > 0
	case proposals.PRF:
		return of(prfBits, ike.PRFID(a.ID))
	case proposals.INTEG:
		return of(integrityBits, ike.IntegrityID(a.ID))
	case proposals.KE:
		return of(keyExchangeBits, ike.KeyExchangeMethod(a.ID))
	}
	if a.IsNone() {
		return 0, true
	}
	return of(keyExchangeBits, ike.KeyExchangeMethod(a.ID))
}

func of[T comparable](table map[T]int, id T) (int, bool) {
	bits, ok := table[id]
	return bits, ok
}

var prfBits = map[ike.PRFID]int{
	ike.PRF_HMAC_MD5:      128,
	ike.PRF_HMAC_SHA1:     160,
	ike.PRF_AES128_XCBC:   128,
	ike.PRF_HMAC_SHA2_256: 256,
	ike.PRF_HMAC_SHA2_384: 256,
	ike.PRF_HMAC_SHA2_512: 256,
	ike.PRF_AES128_CMAC:   128,
}

var integrityBits = map[ike.IntegrityID]int{
	ike.AUTH_NONE:              128,
	ike.AUTH_HMAC_MD5_96:       96,
	ike.AUTH_HMAC_SHA1_96:      96,
	ike.AUTH_AES_XCBC_96:       96,
	ike.AUTH_HMAC_MD5_128:      128,
	ike.AUTH_HMAC_SHA1_160:     128,
	ike.AUTH_AES_CMAC_96:       96,
	ike.AUTH_HMAC_SHA2_256_128: 128,
	ike.AUTH_HMAC_SHA2_384_192: 128,
	ike.AUTH_HMAC_SHA2_512_256: 128,
}

var keyExchangeBits = map[ike.KeyExchangeMethod]int{
	ike.KE_MODP_768:         64,
	ike.KE_MODP_1024:        80,
	ike.KE_MODP_1536:        90,
	ike.KE_MODP_2048:        112,
	ike.KE_MODP_3072:        128,
	ike.KE_MODP_4096:        152,
	ike.KE_MODP_6144:        176,
	ike.KE_MODP_8192:        200,
	ike.KE_ECP_256:          128,
	ike.KE_ECP_384:          192,
	ike.KE_ECP_521:          256,
	ike.KE_MODP_1024_160:    80,
	ike.KE_MODP_2048_224:    112,
	ike.KE_MODP_2048_256:    112,
	ike.KE_ECP_192:          96,
	ike.KE_ECP_224:          112,
	ike.KE_BRAINPOOL_P224R1: 112,
	ike.KE_BRAINPOOL_P256R1: 128,
	ike.KE_BRAINPOOL_P384R1: 192,
	ike.KE_BRAINPOOL_P512R1: 256,
	ike.KE_CURVE25519:       128,
	ike.KE_CURVE448:         224,
	ike.KE_ML_KEM_512:       128,
	ike.KE_ML_KEM_768:       192,
	ike.KE_ML_KEM_1024:      256,
}

// Compare orders algorithms of one axis by what speaks against them, and then
// by their strength: it is negative if a is weaker than b. What is of unknown
// strength counts as the weakest of those that nothing speaks against.
func Compare(a, b proposals.Algorithm) int {
	bitsA, _ := Strength(a)
	bitsB, _ := Strength(b)
	return cmp.Or(cmp.Compare(Soundness(a), Soundness(b)), cmp.Compare(bitsA, bitsB))
}

// Sound is the [Soundness] of what nothing speaks against, the greatest: one
// more than that of Info.
const Sound = 5

// Soundness returns the [Severity.Rank] of a's weakness, so that less is worse,
// or Sound if it has none.
func Soundness(a proposals.Algorithm) int {
	if w := weakRowOf(a); w != nil {
		return w.Severity.Rank()
	}
	return Sound
}
