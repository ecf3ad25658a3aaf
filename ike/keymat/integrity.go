package keymat

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"

	"github.com/ikescope/ikescope/ike"
)

// An integrity algorithm makes the Integrity Checksum Data of an Encrypted
// payload whose cipher does not.
type integrity struct {
	keyLen int // octets
	icvLen int // octets of sum that are sent
	sum    func(key, data []byte) []byte
}

var integrities = map[ike.IntegrityID]integrity{
	ike.AUTH_HMAC_MD5_96:       {keyLen: 16, icvLen: 12, sum: hmacOf(md5.New)},
	ike.AUTH_HMAC_SHA1_96:      {keyLen: 20, icvLen: 12, sum: hmacOf(sha1.New)},
	ike.AUTH_HMAC_SHA2_256_128: {keyLen: 32, icvLen: 16, sum: hmacOf(sha256.New)},
	ike.AUTH_HMAC_SHA2_384_192: {keyLen: 48, icvLen: 24, sum: hmacOf(sha512.New384)},
	ike.AUTH_HMAC_SHA2_512_256: {keyLen: 64, icvLen: 32, sum: hmacOf(sha512.New)},
	ike.AUTH_AES_XCBC_96:       {keyLen: 16, icvLen: 12, sum: xcbc},
	ike.AUTH_AES_CMAC_96:       {keyLen: 16, icvLen: 12, sum: cmac},
}
