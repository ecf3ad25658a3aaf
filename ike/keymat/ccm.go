package keymat

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
)

// ccm is a block cipher in Counter with CBC-MAC mode: RFC 3610.
type ccm struct {
	block    cipher.Block
	nonceLen int // 15 - L of the RFC: what is left of a block are the flags and the length
	tagLen   int // M of the RFC: even, 4 to 16
}

const (
	// ccmNonceLen is the salt of 3 octets and the initialization vector of 8
	// (RFC 5282 for AES, RFC 5529 for Camellia).
	ccmNonceLen = 11

	// ccmBlockLen is that of the ciphers that the mode is defined for.
	ccmBlockLen = 16
)

func newCCM(newBlock func(key []byte) (cipher.Block, error), tagLen int) func(key []byte) (cipher.AEAD, error) {
	return func(key []byte) (cipher.AEAD, error) {
		block, err := newBlock(key)
		if err != nil {
			return nil, err
		}
		return ccm{block, ccmNonceLen, tagLen}, nil
	}
}

func (c ccm) NonceSize() int { return c.nonceLen }
func (c ccm) Overhead() int  { return c.tagLen }

func (c ccm) Seal(dst, nonce, plaintext, additionalData []byte) []byte {
	tag := c.mac(nonce, plaintext, additionalData)
	stream := c.stream(nonce)
	stream.XORKeyStream(tag, tag)
	ciphertext := make([]byte, len(plaintext))
	stream.XORKeyStream(ciphertext, plaintext)
	dst = append(dst, ciphertext...)
	return append(dst, tag[:c.tagLen]...)
}

func (c ccm) Open(dst, nonce, ciphertext, additionalData []byte) ([]byte, error) {
	n := len(ciphertext) - c.tagLen
	if n < 0 {
		return nil, errOpen
	}
	stream := c.stream(nonce)
	tag := make([]byte, ccmBlockLen)
	stream.XORKeyStream(tag, tag) // S_0 alone, until the plaintext is known
	plaintext := make([]byte, n)
	stream.XORKeyStream(plaintext, ciphertext[:n])
	subtle.XORBytes(tag, tag, c.mac(nonce, plaintext, additionalData))
	if subtle.ConstantTimeCompare(tag[:c.tagLen], ciphertext[n:]) != 1 {
		return nil, errOpen
	}
	return append(dst, plaintext...), nil
}

// stream returns the key stream S_0, S_1 and so on: the first block is for the
// tag, the others are for the text. RFC 3610, Section 2.3.
func (c ccm) stream(nonce []byte) cipher.Stream {
	var counter [ccmBlockLen]byte
	counter[0] = byte(c.lengthLen() - 1)
	copy(counter[1:], nonce)
	return cipher.NewCTR(c.block, counter[:])
}

// mac returns T of RFC 3610, Section 2.2, in a whole block.
func (c ccm) mac(nonce, plaintext, additionalData []byte) []byte {
	var length [ccmBlockLen]byte
	binary.BigEndian.PutUint64(length[8:], uint64(len(plaintext)))

	flags := byte((c.tagLen-2)/2<<3 | (c.lengthLen() - 1))
	if len(additionalData) > 0 {
		flags |= 1 << 6
	}
	b := append([]byte{flags}, nonce...)
	b = append(b, length[1+c.nonceLen:]...)

	if n := len(additionalData); n > 0 {
		if n < 0xff00 {
			b = binary.BigEndian.AppendUint16(b, uint16(n))
		} else {
			b = append(b, 0xff, 0xfe)
			b = binary.BigEndian.AppendUint32(b, uint32(n))
		}
		b = padBlock(append(b, additionalData...))
	}
	b = padBlock(append(b, plaintext...))

	sum := make([]byte, ccmBlockLen)
	for ; len(b) > 0; b = b[ccmBlockLen:] {
		subtle.XORBytes(sum, sum, b[:ccmBlockLen])
		c.block.Encrypt(sum, sum)
	}
	return sum
}

// lengthLen is L of RFC 3610: the octets of the plaintext's length.
func (c ccm) lengthLen() int { return ccmBlockLen - 1 - c.nonceLen }

// padBlock appends zeros up to the end of a block.
func padBlock(b []byte) []byte {
	return append(b, make([]byte, -len(b)&(ccmBlockLen-1))...)
}
