package keyexchange

import (
	"fmt"
	"io"

	"github.com/cloudflare/circl/kem"
)

// moduleLattice returns the method of an ML-KEM parameter set (FIPS 203;
// draft-ietf-ipsecme-ikev2-mlkem): the initiator sends the encapsulation key,
// the responder the ciphertext.
//
// crypto/mlkem has no ML-KEM-512, and its encapsulation reads no randomness
// that the caller gives.
func moduleLattice(scheme kem.Scheme) method {
	return method{
		initiator: scheme.PublicKeySize(),
		responder: scheme.CiphertextSize(),
		generate: func(rand io.Reader) (key, error) {
			seed := make([]byte, scheme.SeedSize())
			if _, err := io.ReadFull(rand, seed); err != nil {
				return nil, err
			}
			return newMLKEMKey(scheme, seed)
		},
		respond: func(rand io.Reader, initiator []byte) (public, secret []byte, err error) {
			// FIPS 203, Section 7.2: the encapsulation key must pass the
			// modulus check.
			encapsulation, err := scheme.UnmarshalBinaryPublicKey(initiator)
			if err != nil {
				return nil, nil, fmt.Errorf("%w: %w", ErrInvalidPublicValue, err)
			}
			seed := make([]byte, scheme.EncapsulationSeedSize())
			if _, err := io.ReadFull(rand, seed); err != nil {
				return nil, nil, err
			}
			return scheme.EncapsulateDeterministically(encapsulation, seed)
		},
	}
}

type mlkemKey struct {
	encapsulation []byte
	decapsulation kem.PrivateKey
}

// newMLKEMKey makes the key of a seed d || z, as FIPS 203, Algorithm 16, has it.
func newMLKEMKey(scheme kem.Scheme, seed []byte) (*mlkemKey, error) {
	public, private := scheme.DeriveKeyPair(seed)
	encapsulation, err := public.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return &mlkemKey{encapsulation, private}, nil
}

func (k *mlkemKey) public() []byte { return k.encapsulation }

// sharedSecret decapsulates. A ciphertext that was tampered with is not an
// error: its secret differs from the peer's (FIPS 203, Section 6.3).
func (k *mlkemKey) sharedSecret(ciphertext []byte) ([]byte, error) {
	return k.decapsulation.Scheme().Decapsulate(k.decapsulation, ciphertext)
}
