package keymat

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"errors"
)

var errOpen = errors.New("message authentication failed")

// newGCM returns AES-GCM with a tag of 12 to 16 octets.
func newGCM(tagLen int) func(key []byte) (cipher.AEAD, error) {
	return func(key []byte) (cipher.AEAD, error) {
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		return cipher.NewGCMWithTagSize(block, tagLen)
	}
}

// newGCM8 returns AES-GCM with a tag of 8 octets, which the standard library
// refuses to make.
func newGCM8(key []byte) (cipher.AEAD, error) {
	full, err := newGCM(16)(key)
	if err != nil {
		return nil, err
	}
	return gcm8{full}, nil
}

// gcm8 sends the first 8 octets of the tag that GCM computes.
type gcm8 struct{ full cipher.AEAD }

func (g gcm8) NonceSize() int { return g.full.NonceSize() }
func (g gcm8) Overhead() int  { return 8 }

func (g gcm8) Seal(dst, nonce, plaintext, additionalData []byte) []byte {
	sealed := g.full.Seal(nil, nonce, plaintext, additionalData)
	return append(dst, sealed[:len(plaintext)+g.Overhead()]...)
}

// Open seals again to learn the whole tag: GCM adds a key stream, so sealing
// the ciphertext gives the plaintext, and sealing that the tag.
func (g gcm8) Open(dst, nonce, ciphertext, additionalData []byte) ([]byte, error) {
	n := len(ciphertext) - g.Overhead()
	if n < 0 {
		return nil, errOpen
	}
	plaintext := g.full.Seal(nil, nonce, ciphertext[:n], nil)[:n]
	sealed := g.full.Seal(nil, nonce, plaintext, additionalData)
	if subtle.ConstantTimeCompare(sealed[n:n+g.Overhead()], ciphertext[n:]) != 1 {
		return nil, errOpen
	}
	return append(dst, plaintext...), nil
}
