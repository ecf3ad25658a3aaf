package keymat

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// A Role is a side of an IKE SA: who sent its first message.
type Role bool

const (
	Initiator Role = true
	Responder Role = false
)

// String returns "initiator" or "responder".
func (r Role) String() string {
	if r == Initiator {
		return "initiator"
	}
	return "responder"
}

// Keys are the keys of an IKE SA: RFC 7296, Section 2.14.
type Keys struct {
	// SKd makes the keys of child SAs.
	SKd []byte

	// SKai and SKar protect the integrity of what initiator and responder
	// send. They are empty with an AEAD.
	SKai, SKar []byte

	// SKei and SKer encrypt it. The salt of the cipher, if it has one, is at
	// the end.
	SKei, SKer []byte

	// SKpi and SKpr go into the AUTH payloads.
	SKpi, SKpr []byte

	transforms Transforms
}

// String names the transforms and keeps the keys out of logs.
func (k Keys) String() string { return "keys for " + k.transforms.String() }

// GoString is String.
func (k Keys) GoString() string { return k.String() }

// Derive makes the keys of an IKE SA from g^ir or the KEM's secret, the Nonce
// Data of both sides and the SPIs:
//
//	SKEYSEED = prf(Ni | Nr, g^ir)
//	{SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr} = prf+ (SKEYSEED, Ni | Nr | SPIi | SPIr)
//
// RFC 7296, Section 2.14. It fails with ErrUnsupported, or if the secret or a
// nonce is too short to make a key from. It does not judge the lengths of the
// nonces otherwise.
func Derive(t Transforms, sharedSecret, ni, nr []byte, spii, spir ike.SPI) (*Keys, error) {
	a, err := algorithmsOf(t)
	if err != nil {
		return nil, err
	}
	if len(sharedSecret) == 0 {
		return nil, fmt.Errorf("keymat: empty shared secret")
	}
	seed, err := skeyseed(a.prf, sharedSecret, ni, nr)
	if err != nil {
		return nil, err
	}

	return expand(a, t, seed, ni, nr, spii, spir), nil
}

// expand makes the keys of SKEYSEED.
func expand(a algorithms, t Transforms, seed, ni, nr []byte, spii, spir ike.SPI) *Keys {
	k := &Keys{transforms: t}
	encrLen := a.keyLen + a.encryption.saltLen
	parts := []struct {
		key *[]byte
		n   int
	}{
		{&k.SKd, a.prf.size},
		{&k.SKai, a.integrity.keyLen},
		{&k.SKar, a.integrity.keyLen},
		{&k.SKei, encrLen},
		{&k.SKer, encrLen},
		{&k.SKpi, a.prf.size},
		{&k.SKpr, a.prf.size},
	}
	total := 0
	for _, p := range parts {
		total += p.n
	}
	material := a.prf.plus(seed, slices.Concat(ni, nr, spii[:], spir[:]), total)
	for _, p := range parts {
		*p.key, material = material[:p.n:p.n], material[p.n:]
	}
	return k
}

// skeyseed returns SKEYSEED.
func skeyseed(p prf, sharedSecret, ni, nr []byte) ([]byte, error) {
	need := 1
	if p.halfNonces {
		// RFC 7296, Section 2.14: "only the first 64 bits of Ni and the first
		// 64 bits of Nr are used in calculating SKEYSEED, but all the bits are
		// used for input to the prf+ function."
		need = 8
	}
	if len(ni) < need || len(nr) < need {
		return nil, fmt.Errorf("keymat: nonces of %d and %d octets, the PRF needs %d of each", len(ni), len(nr), need)
	}
	if p.halfNonces {
		ni, nr = ni[:need], nr[:need]
	}
	return p.sum(slices.Concat(ni, nr), sharedSecret), nil
}

// PRF returns prf(key, data). The keys must come from Derive.
func (k *Keys) PRF(key, data []byte) []byte {
	return prfs[k.transforms.PRF].sum(key, data)
}

// keyPad is 17 octets without a terminator.
const keyPad = "Key Pad for IKEv2"

// SignedOctets returns what role signs or authenticates in its AUTH payload, which is
// initMessage, role's whole IKE_SA_INIT message from the first octet of the header;
// peerNonce, the Nonce Data of the other side; and idBody, role's ID payload without
// the generic header, under SK_p. RFC 7296, Section 2.15.
func (k *Keys) SignedOctets(role Role, initMessage, peerNonce, idBody []byte) []byte {
	skp := k.SKpr
	if role == Initiator {
		skp = k.SKpi
	}
	return slices.Concat(initMessage, peerNonce, k.PRF(skp, idBody))
}

// PSKAuth returns the Authentication Data by which role shows that it knows the
// pre-shared key psk; the other arguments are those of [Keys.SignedOctets]:
//
//	prf( prf(Shared Secret, "Key Pad for IKEv2"), <SignedOctets>)
//
// RFC 7296, Section 2.15.
func (k *Keys) PSKAuth(role Role, psk, initMessage, peerNonce, idBody []byte) []byte {
	return k.SharedKeyAuth(psk, k.SignedOctets(role, initMessage, peerNonce, idBody))
}
