package keymat

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/ikescope/ikescope/ike"
)

// An encryption is a cipher in its mode, as the Encrypted payload uses it. It
// has newBlock or newAEAD.
type encryption struct {
	keyBits []int // one: the cipher has no Key Length attribute

	// saltLen is how many octets of the keying material follow the key and
	// begin each nonce or counter block. RFC 5282, RFC 5529 and RFC 5930.
	saltLen int

	// ivLen is how many octets of the payload come before the ciphertext.
	ivLen int

	// blockLen is what the length of the ciphertext is a multiple of.
	blockLen int

	newBlock func(key []byte) (cipher.Block, error) // CBC; counter mode if there is a salt
	newAEAD  func(key []byte) (cipher.AEAD, error)
}

var aesKeyBits = []int{128, 192, 256} // and Camellia's

var encryptions = map[ike.EncryptionID]encryption{
	ike.ENCR_DES:     {keyBits: []int{64}, ivLen: 8, blockLen: 8, newBlock: des.NewCipher},
	ike.ENCR_3DES:    {keyBits: []int{192}, ivLen: 8, blockLen: 8, newBlock: des.NewTripleDESCipher},
	ike.ENCR_AES_CBC: {keyBits: aesKeyBits, ivLen: 16, blockLen: 16, newBlock: aes.NewCipher},
	ike.ENCR_AES_CTR: {keyBits: aesKeyBits, saltLen: 4, ivLen: 8, blockLen: 1, newBlock: aes.NewCipher},

	ike.ENCR_AES_CCM_8:  {keyBits: aesKeyBits, saltLen: 3, ivLen: 8, blockLen: 1, newAEAD: newCCM(aes.NewCipher, 8)},
	ike.ENCR_AES_CCM_12: {keyBits: aesKeyBits, saltLen: 3, ivLen: 8, blockLen: 1, newAEAD: newCCM(aes.NewCipher, 12)},
	ike.ENCR_AES_CCM_16: {keyBits: aesKeyBits, saltLen: 3, ivLen: 8, blockLen: 1, newAEAD: newCCM(aes.NewCipher, 16)},

	ike.ENCR_AES_GCM_8:  {keyBits: aesKeyBits, saltLen: 4, ivLen: 8, blockLen: 1, newAEAD: newGCM8},
	ike.ENCR_AES_GCM_12: {keyBits: aesKeyBits, saltLen: 4, ivLen: 8, blockLen: 1, newAEAD: newGCM(12)},
	ike.ENCR_AES_GCM_16: {keyBits: aesKeyBits, saltLen: 4, ivLen: 8, blockLen: 1, newAEAD: newGCM(16)},

	// strongSwan's default offers Camellia-CTR, which RFC 5529 has for ESP alone.
	ike.ENCR_CAMELLIA_CBC:    {keyBits: aesKeyBits, ivLen: 16, blockLen: 16, newBlock: newCamellia},
	ike.ENCR_CAMELLIA_CTR:    {keyBits: aesKeyBits, saltLen: 4, ivLen: 8, blockLen: 1, newBlock: newCamellia},
	ike.ENCR_CAMELLIA_CCM_8:  {keyBits: aesKeyBits, saltLen: 3, ivLen: 8, blockLen: 1, newAEAD: newCCM(newCamellia, 8)},
	ike.ENCR_CAMELLIA_CCM_12: {keyBits: aesKeyBits, saltLen: 3, ivLen: 8, blockLen: 1, newAEAD: newCCM(newCamellia, 12)},
	ike.ENCR_CAMELLIA_CCM_16: {keyBits: aesKeyBits, saltLen: 3, ivLen: 8, blockLen: 1, newAEAD: newCCM(newCamellia, 16)},

	ike.ENCR_CHACHA20_POLY1305: {keyBits: []int{256}, saltLen: 4, ivLen: 8, blockLen: 1, newAEAD: chacha20poly1305.New},
}

// keyLen returns the octets of a key of that many bits, without the salt. Zero
// bits stand for the one length of a cipher that has no other; a peer that
// states it against RFC 7296, Section 3.3.5, is understood.
func (e encryption) keyLen(bits int) (octets int, ok bool) {
	if bits == 0 && len(e.keyBits) == 1 {
		return e.keyBits[0] / 8, true
	}
	for _, k := range e.keyBits {
		if k == bits {
			return k / 8, true
		}
	}
	return 0, false
}
