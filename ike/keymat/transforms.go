package keymat

import (
	"errors"
	"fmt"

	"github.com/ikescope/ikescope/ike"
)

// ErrUnsupported says that this package lacks an algorithm of the transforms,
// or that they do not fit together.
var ErrUnsupported = errors.New("unsupported transforms")

// Transforms are the algorithms that protect an IKE SA.
type Transforms struct {
	Encr ike.EncryptionID

	// KeyBits is the Key Length attribute of Encr in bits, without the salt.
	// It is 0 if there is none, as with ciphers that have one key length only.
	KeyBits int

	PRF ike.PRFID

	// Integ is AUTH_NONE with a cipher that authenticates by itself.
	Integ ike.IntegrityID
}

// String returns the transforms as in
// "ENCR_AES_CBC(256), PRF_HMAC_SHA2_256, AUTH_HMAC_SHA2_256_128".
func (t Transforms) String() string {
	s := t.Encr.String()
	if t.KeyBits != 0 {
		s = fmt.Sprintf("%s(%d)", s, t.KeyBits)
	}
	s += ", " + t.PRF.String()
	if t.Integ != ike.AUTH_NONE {
		s += ", " + t.Integ.String()
	}
	return s
}

// TransformsOf reads the transforms from the proposal that a responder chose,
// which has one of each type; those of key exchanges do not matter here. The
// algorithms may be ones that Supported does not know. It fails if the
// proposal is not for an IKE SA, if ENCR or PRF is missing or a type comes
// twice, or if INTEG does not fit the cipher. RFC 7296, Section 3.3.3.
func TransformsOf(p ike.Proposal) (Transforms, error) {
	if p.Protocol != ike.ProtocolIKE {
		return Transforms{}, fmt.Errorf("keymat: proposal %d: the protocol is %v", p.Number, p.Protocol)
	}
	var t Transforms
	count := make(map[ike.TransformType]int)
	for _, transform := range p.Transforms {
		count[transform.Type]++
		switch transform.Type {
		case ike.TransformENCR:
			t.Encr = ike.EncryptionID(transform.ID)
			t.KeyBits, _ = transform.KeyLength()
		case ike.TransformPRF:
			t.PRF = ike.PRFID(transform.ID)
		case ike.TransformINTEG:
			t.Integ = ike.IntegrityID(transform.ID)
		}
	}
	for _, need := range []ike.TransformType{ike.TransformENCR, ike.TransformPRF} {
		if count[need] != 1 {
			return Transforms{}, fmt.Errorf("keymat: proposal %d: %d transforms of type %v, want 1", p.Number, count[need], need)
		}
	}
	if count[ike.TransformINTEG] > 1 {
		return Transforms{}, fmt.Errorf("keymat: proposal %d: %d transforms of type %v", p.Number, count[ike.TransformINTEG], ike.TransformINTEG)
	}
	if t.Encr.AEAD() != (t.Integ == ike.AUTH_NONE) {
		return Transforms{}, fmt.Errorf("keymat: proposal %d: %v with integrity algorithm %v", p.Number, t.Encr, t.Integ)
	}
	return t, nil
}

// Supported says whether Derive can make keys for t, and Seal and Open work
// with them.
func Supported(t Transforms) bool {
	_, err := algorithmsOf(t)
	return err == nil
}

// algorithms are what Transforms stand for.
type algorithms struct {
	encryption encryption
	keyLen     int // of the encryption, in octets, without the salt
	prf        prf
	integrity  integrity // zero with an AEAD
}

// algorithmsOf looks t up. The error is ErrUnsupported.
func algorithmsOf(t Transforms) (algorithms, error) {
	e, ok := encryptions[t.Encr]
	if !ok {
		return algorithms{}, fmt.Errorf("keymat: %w: %v", ErrUnsupported, t.Encr)
	}
	keyLen, ok := e.keyLen(t.KeyBits)
	if !ok {
		return algorithms{}, fmt.Errorf("keymat: %w: %v with a key of %d bits", ErrUnsupported, t.Encr, t.KeyBits)
	}
	p, ok := prfs[t.PRF]
	if !ok {
		return algorithms{}, fmt.Errorf("keymat: %w: %v", ErrUnsupported, t.PRF)
	}
	i, ok := integrities[t.Integ]
	if e.newAEAD != nil {
		ok = t.Integ == ike.AUTH_NONE
	}
	if !ok {
		return algorithms{}, fmt.Errorf("keymat: %w: %v with %v", ErrUnsupported, t.Encr, t.Integ)
	}
	return algorithms{e, keyLen, p, i}, nil
}
