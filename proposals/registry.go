package proposals

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// IKEAlgorithms returns every registered algorithm that an IKE SA can use on
// axis, in the order of the registry, each cipher with each of its key
// lengths. Of the ciphers with keys of any length (RFC 2451, Section 2.1), RC5
// and CAST come with 128 bits, and Blowfish with 128, 192 and 256, which are
// what implementations offer. The ADDKE axes begin with none; INTEG does not
// hold it, since it goes with AEAD alone. Left out are ENCR_NULL, the ciphers
// for ESP except Camellia-CTR, the GMACs for AH, and reserved, uncertain and
// private use ids.
func IKEAlgorithms(axis Axis) []Algorithm {
	var list []Algorithm
	switch axis {
	case ENCR:
		for _, id := range ike.EncryptionIDs() {
			// RFC 5529 registers Camellia-CTR for ESP alone, but
			// strongSwan's default IKE proposal offers it.
			if id.IKEUse() || id == ike.ENCR_CAMELLIA_CTR {
				list = append(list, cipherAlgorithms(id)...)
			}
		}
	case PRF:
		for _, id := range ike.PRFIDs() {
			if id.IKEUse() {
				list = append(list, Algorithm{Axis: PRF, ID: uint16(id)})
			}
		}
	case INTEG:
		for _, id := range ike.IntegrityIDs() {
			if id.IKEUse() && id != ike.AUTH_NONE {
				list = append(list, Algorithm{Axis: INTEG, ID: uint16(id)})
			}
		}
	default:
		if axis.optional() {
			list = append(list, None(axis))
		}
		for _, id := range ike.KeyExchangeMethods() {
			if id.IKEUse() && id != ike.KE_NONE {
				list = append(list, Algorithm{Axis: axis, ID: uint16(id)})
			}
		}
	}
	return list
}

// cipherAlgorithms returns a cipher with each of its key lengths.
func cipherAlgorithms(id ike.EncryptionID) []Algorithm {
	lengths := id.KeyLengths()
	switch id {
	case ike.ENCR_RC5, ike.ENCR_CAST:
		lengths = []int{128}
	case ike.ENCR_BLOWFISH:
		lengths = []int{128, 192, 256}
	}
	if lengths == nil {
		return []Algorithm{{Axis: ENCR, ID: uint16(id)}}
	}
	list := make([]Algorithm, len(lengths))
	for i, bits := range lengths {
		list[i] = Algorithm{Axis: ENCR, ID: uint16(id), KeyBits: uint16(bits)}
	}
	return list
}

// classic reports whether a is a cipher that is known to need an integrity
// algorithm beside it: a registered one, or one of those that strongSwan
// numbers for private use. Of unknown ciphers neither classic nor AEAD is
// true.
func (a Algorithm) classic() bool {
	if a.Axis != ENCR || a.AEAD() {
		return false
	}
	_, named := keywords.keyword[a]
	return named || slices.Contains(ike.EncryptionIDs(), ike.EncryptionID(a.ID))
}
