package keymat

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
)

// cmac is AES-CMAC (RFC 4493): 16 octets from a key of 16 octets.
func cmac(key, data []byte) []byte {
	block := newAES128(key)
	var zero, k1, k2 [16]byte
	block.Encrypt(k1[:], zero[:])
	double(&k1, &k1)
	double(&k2, &k1)
	return cbcMAC(block, data, &k1, &k2)
}

// xcbc is AES-XCBC-MAC (RFC 3566): 16 octets from a key of 16 octets.
func xcbc(key, data []byte) []byte {
	block := newAES128(key)
	var keys [3][16]byte
	for i := range keys {
		for j := range keys[i] {
			keys[i][j] = byte(i + 1)
		}
		block.Encrypt(keys[i][:], keys[i][:])
	}
	return cbcMAC(newAES128(keys[0][:]), data, &keys[1], &keys[2])
}

// cbcMAC chains data through block. The last block is masked with complete if
// it is a whole one, and with padded if it is filled up with a 1 bit and
// zeros, as an empty message is.
func cbcMAC(block cipher.Block, data []byte, complete, padded *[16]byte) []byte {
	sum := make([]byte, 16)
	for len(data) > 16 {
		subtle.XORBytes(sum, sum, data[:16])
		block.Encrypt(sum, sum)
		data = data[16:]
	}
	var last [16]byte
	mask := complete
	if copy(last[:], data) < 16 {
		last[len(data)] = 0x80
		mask = padded
	}
	subtle.XORBytes(sum, sum, last[:])
	subtle.XORBytes(sum, sum, mask[:])
	block.Encrypt(sum, sum)
	return sum
}

// double multiplies by x in GF(2^128): RFC 4493, Section 2.3.
func double(out, in *[16]byte) {
	carry := in[0] >> 7
	for i := range 15 {
		out[i] = in[i]<<1 | in[i+1]>>7
	}
	out[15] = in[15]<<1 ^ carry*0x87
}

func newAES128(key []byte) cipher.Block {
	if len(key) != 16 {
		panic("keymat: internal error: a key for AES-128 that is not 16 octets")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("keymat: internal error: " + err.Error())
	}
	return block
}
