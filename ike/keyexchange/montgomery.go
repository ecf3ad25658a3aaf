package keyexchange

import (
	"crypto/ecdh"
	"fmt"
	"io"

	"github.com/cloudflare/circl/dh/x448"
)

// Octets of a Curve25519 and a Curve448 public value: RFC 8031, Section 2.
const (
	x25519Size = 32
	x448Size   = x448.Size
)

type x25519Key struct{ *ecdh.PrivateKey }

func generateX25519(rand io.Reader) (key, error) {
	// Not GenerateKey: it does not read rand.
	secret := make([]byte, x25519Size)
	if _, err := io.ReadFull(rand, secret); err != nil {
		return nil, err
	}
	k, err := ecdh.X25519().NewPrivateKey(secret)
	if err != nil {
		return nil, err
	}
	return x25519Key{k}, nil
}

func (k x25519Key) public() []byte { return k.PublicKey().Bytes() }

func (k x25519Key) sharedSecret(peer []byte) ([]byte, error) {
	u, err := k.Curve().NewPublicKey(peer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalidPublicValue, err)
	}
	// RFC 7748, Section 6.1: the sides may check for the all-zero value, which
	// ECDH does.
	secret, err := k.ECDH(u)
	if err != nil {
		return nil, fmt.Errorf("%w: the shared secret is zero", ErrInvalidPublicValue)
	}
	return secret, nil
}

type x448Key struct{ secret, share x448.Key }

func generateX448(rand io.Reader) (key, error) {
	k := new(x448Key)
	if _, err := io.ReadFull(rand, k.secret[:]); err != nil {
		return nil, err
	}
	x448.KeyGen(&k.share, &k.secret)
	return k, nil
}

func (k *x448Key) public() []byte { return k.share[:] }

func (k *x448Key) sharedSecret(peer []byte) ([]byte, error) {
	u, secret := x448.Key(peer), new(x448.Key)
	if !x448.Shared(secret, &k.secret, &u) {
		return nil, fmt.Errorf("%w: the shared secret is zero", ErrInvalidPublicValue)
	}
	return secret[:], nil
}
