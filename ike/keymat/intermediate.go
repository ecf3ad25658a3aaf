package keymat

import (
	"encoding/binary"
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// Further returns the keys that an additional key exchange makes of those that protect
// it, from its shared secret and what [Derive] takes beside:
//
//	SKEYSEED(n) = prf(SK_d(n-1), SK(n) | Ni | Nr)
//
// RFC 9370, Section 2.2.2.
func (k *Keys) Further(sharedSecret, ni, nr []byte, spii, spir ike.SPI) (*Keys, error) {
	a, err := algorithmsOf(k.transforms)
	if err != nil {
		return nil, err
	}
	return expand(a, k.transforms, a.prf.sum(k.SKd, slices.Concat(sharedSecret, ni, nr)), ni, nr, spii, spir), nil
}

// IntAuth returns the IntAuth of one side with a message of it in an IKE_INTERMEDIATE
// exchange, after the earlier ones, nil for the first: inside are its payloads, of which
// the first is of type first. The keys are those that protect it.
//
//	IntAuth_i1 = prf(SK_pi1, IntAuth_i1A [| IntAuth_i1P])
//	IntAuth_i2 = prf(SK_pi2, IntAuth_i1 | IntAuth_i2A [| IntAuth_i2P])
//
// The message counts as one that is not fragmented, with lengths as if it had no
// initialization vector, padding and checksum. RFC 9242, Section 3.3.2.
func (k *Keys) IntAuth(role Role, earlier []byte, h ike.Header, first ike.PayloadType, inside []byte) ([]byte, error) {
	m := ike.Message{Header: h, Payloads: []ike.Payload{&ike.Encrypted{First: first, Body: inside}}}
	octets, err := m.AppendBinary(nil)
	if err != nil {
		return nil, err
	}
	key := k.SKpr
	if role == Initiator {
		key = k.SKpi
	}
	return k.PRF(key, slices.Concat(earlier, octets)), nil
}

// IntAuthOf is IntAuth for the message that r has put together, with its header.
func (r *Reassembly) IntAuthOf(earlier []byte, h ike.Header) ([]byte, error) {
	return r.keys.IntAuth(r.role, earlier, h, r.first, r.inside)
}

// Intermediate returns what both sides append to the octets that they sign, after
// IKE_INTERMEDIATE exchanges: the last IntAuth of either, and the Message ID of the first
// IKE_AUTH request. RFC 9242, Section 3.3.2.
func Intermediate(initiator, responder []byte, messageID uint32) []byte {
	return binary.BigEndian.AppendUint32(slices.Concat(initiator, responder), messageID)
}

// SharedKeyAuth is [Keys.PSKAuth] for octets that are put together already.
func (k *Keys) SharedKeyAuth(key, signed []byte) []byte {
	return k.PRF(k.PRF(key, []byte(keyPad)), signed)
}
