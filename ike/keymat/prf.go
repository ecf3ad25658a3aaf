package keymat

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"

	"github.com/ikescope/ikescope/ike"
)

// A prf is a pseudorandom function.
type prf struct {
	// size is that of its output, which is also its preferred key size, in
	// octets.
	size int

	sum func(key, data []byte) []byte

	// halfNonces says that SKEYSEED is made from the first 64 bits of each
	// nonce only.
	halfNonces bool
}

var prfs = map[ike.PRFID]prf{
	ike.PRF_HMAC_MD5:      {size: md5.Size, sum: hmacOf(md5.New)},
	ike.PRF_HMAC_SHA1:     {size: sha1.Size, sum: hmacOf(sha1.New)},
	ike.PRF_HMAC_SHA2_256: {size: sha256.Size, sum: hmacOf(sha256.New)},
	ike.PRF_HMAC_SHA2_384: {size: sha512.Size384, sum: hmacOf(sha512.New384)},
	ike.PRF_HMAC_SHA2_512: {size: sha512.Size, sum: hmacOf(sha512.New)},
	ike.PRF_AES128_XCBC:   {size: 16, sum: xcbcPRF, halfNonces: true},
	ike.PRF_AES128_CMAC:   {size: 16, sum: cmacPRF, halfNonces: true},
}

// PRFKeyLen returns the preferred key size of a PRF in octets; 0 if it is not known here.
func PRFKeyLen(id ike.PRFID) int { return prfs[id].size }

func hmacOf(h func() hash.Hash) func(key, data []byte) []byte {
	return func(key, data []byte) []byte {
		m := hmac.New(h, key)
		m.Write(data)
		return m.Sum(nil)
	}
}

// xcbcPRF is AES-XCBC-PRF-128: RFC 4434, Section 2. A shorter key is padded
// with zeros, a longer one is replaced by its own value under the zero key.
func xcbcPRF(key, data []byte) []byte {
	var k [16]byte
	if len(key) > len(k) {
		copy(k[:], xcbc(k[:], key))
	} else {
		copy(k[:], key)
	}
	return xcbc(k[:], data)
}

// cmacPRF is AES-CMAC-PRF-128: RFC 4615, Section 3. A key of any other length
// than 16 octets is replaced by its own value under the zero key.
func cmacPRF(key, data []byte) []byte {
	if len(key) != 16 {
		key = cmac(make([]byte, 16), key)
	}
	return cmac(key, data)
}

// plus is prf+ (RFC 7296, Section 2.13), n octets of it:
//
//	prf+ (K,S) = T1 | T2 | T3 | T4 | ...
//	T1 = prf (K, S | 0x01)
//	T2 = prf (K, T1 | S | 0x02)
//
// "This function is not defined beyond 255 times the size of the prf function
// output", of which the keys of an IKE SA need 16 at most.
func (p prf) plus(key, seed []byte, n int) []byte {
	if n > 255*p.size {
		panic(fmt.Sprintf("keymat: internal error: %d octets from a prf of %d", n, p.size))
	}
	var out, t []byte
	for i := byte(1); len(out) < n; i++ {
		input := append(t[:len(t):len(t)], seed...)
		t = p.sum(key, append(input, i))
		out = append(out, t...)
	}
	return out[:n]
}
