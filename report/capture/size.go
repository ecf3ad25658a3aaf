package capture

import (
	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
)

const (
	// sealedNotify is the most that an Encrypted payload with a single notify
	// has: an IV of 16 octets, 16 of ciphertext and 32 of ICV. The least that a
	// responder needs to authenticate itself, IDr and AUTH, is more, and so is
	// an SA payload with a nonce.
	sealedNotify = 64
	// sealedChild is less than what ends EAP in success has: an IV of 8 octets,
	// an AUTH payload of 24, an SA payload of 36, two traffic selectors of 24
	// each, and 12 of ICV.
	sealedChild = 127

	// The least sizes of payloads, each with its header of 4 octets.
	leastID        = 4 + 4 + 4         // an IPv4 address
	leastAuth      = 4 + 4             // and what proves it
	leastSA        = 4 + 8 + 4 + 8 + 8 // a proposal with its SPI, ENCR without a key length, and ESN
	leastSelectors = 2 * (4 + 4 + 16)  // TSi and TSr, of an IPv4 range each
	leastPadding   = 1                 // the Pad Length
)

// isSmall reports whether an encrypted message has room for so many octets, and
// for no more.
func isSmall(m *dialog.Message, room int) bool {
	return m != nil && m.Encrypted() && m.Fragments == 0 && m.Sealed <= room
}

// sizes are those of what a suite adds to, and of its AUTH payload with a
// pre-shared key, which is the shortest that proves anything.
type sizes struct{ iv, block, icv, proof int }

// sizesOf returns the sizes of a suite; of what is not known the least there
// are, so that a message is never called too small that is not.
func sizesOf(suite *ike.Proposal) sizes {
	s := sizes{iv: 8, block: 1, icv: 8, proof: 16}
	if suite == nil {
		return s
	}
	for _, t := range suite.Transforms {
		switch t.Type {
		case ike.TransformENCR:
			switch ike.EncryptionID(t.ID) {
			case ike.ENCR_AES_CBC, ike.ENCR_CAMELLIA_CBC:
				s.iv, s.block = 16, 16
			case ike.ENCR_3DES, ike.ENCR_DES:
				s.iv, s.block = 8, 8
			case ike.ENCR_AES_GCM_16, ike.ENCR_AES_CCM_16, ike.ENCR_CHACHA20_POLY1305:
				s.icv = 16
			case ike.ENCR_AES_GCM_12, ike.ENCR_AES_CCM_12:
				s.icv = 12
			}
		case ike.TransformINTEG:
			switch ike.IntegrityID(t.ID) {
			case ike.AUTH_HMAC_MD5_96, ike.AUTH_HMAC_SHA1_96, ike.AUTH_AES_XCBC_96, ike.AUTH_AES_CMAC_96:
				s.icv = 12
			case ike.AUTH_HMAC_SHA2_256_128:
				s.icv = 16
			case ike.AUTH_HMAC_SHA2_384_192:
				s.icv = 24
			case ike.AUTH_HMAC_SHA2_512_256:
				s.icv = 32
			}
		case ike.TransformPRF:
			switch ike.PRFID(t.ID) {
			case ike.PRF_HMAC_SHA1:
				s.proof = 20
			case ike.PRF_HMAC_SHA2_256:
				s.proof = 32
			case ike.PRF_HMAC_SHA2_384:
				s.proof = 48
			case ike.PRF_HMAC_SHA2_512:
				s.proof = 64 // as a signature of ECDSA with P-256, or of Ed25519
			}
		}
	}
	return s
}

// sealed returns the size of an Encrypted payload with so many octets in it.
func (s sizes) sealed(octets int) int {
	octets += leastPadding
	return s.iv + (octets+s.block-1)/s.block*s.block + s.icv
}

// authenticates reports whether an answer to IKE_AUTH has room for IDr and AUTH,
// and child whether it has room for a Child SA, too: SA, TSi and TSr.
func (s sizes) authenticates(m *dialog.Message) bool {
	return m.Sealed >= s.sealed(leastID+leastAuth+s.proof)
}

func (s sizes) child(m *dialog.Message) bool {
	return m.Sealed >= s.sealed(leastID+leastAuth+s.proof+leastSA+leastSelectors)
}
