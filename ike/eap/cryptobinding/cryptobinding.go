// Package cryptobinding computes cryptobinding of PEAP version 0 (MS-PEAP, Section
// 3.1.5.5): both sides show that who authenticated inside TLS is who has its keys, and
// make the key of the login from both. It has no sockets, clock or randomness.
package cryptobinding

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"slices"

	"github.com/ikescope/ikescope/ike/eap"
)

// Lengths in octets, of MS-PEAP, Sections 2.2.8.1.1 and 3.1.5.5.2.
const (
	tempKeyLen = 40 // what is used of the key of the tunnel
	innerLen   = 32 // and of that of the method inside
	ipmkLen    = 40
	cmkLen     = sha1.Size
	nonceLen   = 32
	valueLen   = 4 + nonceLen + sha1.Size
	tlvLen     = 4 + valueLen
	// mskLen is the size of the key of a login.
	mskLen = 64
)

// The types of TLVs that PEAP ends with, without the mandatory and the reserved bit.
const (
	TypeResult  = 3  // MS-PEAP, Section 2.2.8.1.2
	TypeBinding = 12 // that of cryptobinding
	typeMask    = 0x3fff
)

// Side is whose TLV it is.
type Side uint8

// The SubTypes of MS-PEAP, Section 2.2.8.1.1.
const (
	Server Side = 0
	Peer   Side = 1
)

// Keys are those of one login.
type Keys struct{ ipmk, cmk []byte }

// Derive returns the keys from that of the tunnel, of which 40 octets are used at least,
// and from that of the method inside, whose first 32 octets are used (zeros in place of
// what it lacks).
func Derive(tunnel, inner []byte) Keys {
	isk := make([]byte, innerLen)
	copy(isk, inner)
	imck := prfPlus(tunnel[:tempKeyLen], append([]byte("Inner Methods Compound Keys"), isk...), ipmkLen+cmkLen)
	return Keys{imck[:ipmkLen], imck[ipmkLen:]}
}

// MSK is the key of the login, in place of the tunnel's.
func (k Keys) MSK() []byte {
	// With the NUL, unlike the other label.
	return prfPlus(k.ipmk, []byte("Session Key Generating Function\x00"), mskLen)
}

// prfPlus is PRF+ of MS-PEAP, Section 3.1.5.5.2.2.
func prfPlus(key, seed []byte, size int) []byte {
	var out, last []byte
	for n := byte(1); len(out) < size; n++ {
		h := hmac.New(sha1.New, key)
		h.Write(slices.Concat(last, seed, []byte{n, 0, 0}))
		last = h.Sum(nil)
		out = append(out, last...)
	}
	return out[:size]
}

// TLV returns the TLV of a side, whose nonce has 32 octets: the server's own, which the
// peer repeats.
func (k Keys) TLV(side Side, nonce []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, TypeBinding)
	b = binary.BigEndian.AppendUint16(b, valueLen)
	b = append(b, 0, 0, 0, byte(side)) // reserved, the version of both sides, SubType
	b = append(b, nonce[:nonceLen]...)
	return append(b, k.mac(append(b, make([]byte, sha1.Size)...))...)
}

// mac is the Compound MAC of a TLV whose own is zeros.
func (k Keys) mac(tlv []byte) []byte {
	h := hmac.New(sha1.New, k.cmk)
	h.Write(tlv)
	h.Write([]byte{byte(eap.PEAP)})
	return h.Sum(nil)
}

// Find returns the first TLV of a type, nil if there is none. It need not have the length
// that it ought to.
func Find(tlvs []byte, of uint16) []byte {
	for len(tlvs) >= 4 {
		size := min(len(tlvs), 4+int(binary.BigEndian.Uint16(tlvs[2:])))
		if binary.BigEndian.Uint16(tlvs)&typeMask == of {
			return tlvs[:size]
		}
		tlvs = tlvs[size:]
	}
	return nil
}

// Verify reports whether a TLV is of a side that has the keys, and returns its nonce.
func (k Keys) Verify(side Side, tlv []byte) (nonce []byte, ok bool) {
	const subType, mac = 7, tlvLen - sha1.Size
	if len(tlv) != tlvLen || binary.BigEndian.Uint16(tlv[2:]) != valueLen || tlv[subType] != byte(side) {
		return nil, false
	}
	empty := append(slices.Clone(tlv[:mac]), make([]byte, sha1.Size)...)
	return tlv[8:mac], hmac.Equal(tlv[mac:], k.mac(empty))
}
