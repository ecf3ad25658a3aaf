// Package keyexchange computes the Key Exchange payloads of IKEv2 and the
// secrets that follow from them: MODP and elliptic curve Diffie-Hellman and
// ML-KEM, in both roles.
//
// A gateway's answer is the better the more a request looks like a real
// client's, so every public value made here is fresh and valid. The keys live
// for one exchange with a gateway under test: the MODP groups and the curves
// that the standard library lacks are computed with math/big, which does not
// run in constant time. Do not protect anything of value with them.
package keyexchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ikescope/ikescope/ike"
)

var (
	// ErrUnsupported says that this package cannot compute the method.
	ErrUnsupported = errors.New("unsupported key exchange method")

	// ErrInvalidPublicValue says that the peer's Key Exchange Data is of the
	// wrong length, out of range, not on the curve, or leads to a secret that
	// the method's RFC forbids.
	ErrInvalidPublicValue = errors.New("invalid public value")
)

// A method is a key exchange method that this package can compute.
type method struct {
	initiator, responder int // octets of the Key Exchange Data
	generate             func(rand io.Reader) (key, error)
	respond              func(rand io.Reader, initiator []byte) (public, secret []byte, err error)
}

// A key is an initiator's private key. Its peer has the responder's length.
type key interface {
	public() []byte
	sharedSecret(peer []byte) ([]byte, error)
}

// diffieHellman returns the method whose two sides do the same: make a key,
// send size octets, combine.
func diffieHellman(size int, generate func(io.Reader) (key, error)) method {
	return method{
		initiator: size,
		responder: size,
		generate:  generate,
		respond: func(rand io.Reader, initiator []byte) (public, secret []byte, err error) {
			k, err := generate(rand)
			if err != nil {
				return nil, nil, err
			}
			secret, err = k.sharedSecret(initiator)
			if err != nil {
				return nil, nil, err
			}
			return k.public(), secret, nil
		},
	}
}

// Supported says whether this package can compute m.
func Supported(m ike.KeyExchangeMethod) bool {
	_, ok := methods[m]
	return ok
}

// Methods returns all methods that this package can compute, ascending.
func Methods() []ike.KeyExchangeMethod {
	all := make([]ike.KeyExchangeMethod, 0, len(methods))
	for m := range methods {
		all = append(all, m)
	}
	slices.Sort(all)
	return all
}

// Sizes returns how many octets the Key Exchange Data of m has in each
// direction. It knows some methods that Supported does not. NONE sends
// nothing: 0, 0, true.
func Sizes(m ike.KeyExchangeMethod) (initiator, responder int, ok bool) {
	if x, ok := methods[m]; ok {
		return x.initiator, x.responder, true
	}
	s, ok := sizesOnly[m]
	return s.initiator, s.responder, ok
}

// A PrivateKey is the initiator's half of one key exchange. Use it once.
type PrivateKey struct {
	method ike.KeyExchangeMethod
	key    key
	public []byte
}

// Generate makes a key from the octets of rand, which must not be nil. The
// same octets make the same key, so that a test can repeat itself.
// Errors: ErrUnsupported, or that of rand.
func Generate(m ike.KeyExchangeMethod, rand io.Reader) (*PrivateKey, error) {
	x, ok := methods[m]
	if !ok {
		return nil, fmt.Errorf("keyexchange: %v: %w", m, ErrUnsupported)
	}
	k, err := x.generate(rand)
	if err != nil {
		return nil, fmt.Errorf("keyexchange: %v: %w", m, err)
	}
	return &PrivateKey{method: m, key: k, public: k.public()}, nil
}

// Method returns the method that the key is for.
func (k *PrivateKey) Method() ike.KeyExchangeMethod { return k.method }

// Public returns the Key Exchange Data that the initiator sends.
func (k *PrivateKey) Public() []byte { return bytes.Clone(k.public) }

// SharedSecret returns g^ir (RFC 7296, Section 2.14), or the secret of the
// KEM, from the responder's Key Exchange Data. The secret of a MODP group has
// the length of the prime, that of a curve is the x coordinate alone, that of
// ML-KEM has 32 octets. Error: ErrInvalidPublicValue.
func (k *PrivateKey) SharedSecret(peer []byte) ([]byte, error) {
	if want := methods[k.method].responder; len(peer) != want {
		return nil, fmt.Errorf("keyexchange: %v: %w: %d octets, want %d", k.method, ErrInvalidPublicValue, len(peer), want)
	}
	secret, err := k.key.sharedSecret(peer)
	if err != nil {
		return nil, fmt.Errorf("keyexchange: %v: %w", k.method, err)
	}
	return secret, nil
}

// Respond does the responder's half of one key exchange: from the initiator's
// Key Exchange Data it makes its own and the shared secret. Errors:
// ErrUnsupported, ErrInvalidPublicValue, or that of rand, which must not be nil.
func Respond(m ike.KeyExchangeMethod, rand io.Reader, initiator []byte) (public, secret []byte, err error) {
	x, ok := methods[m]
	if !ok {
		return nil, nil, fmt.Errorf("keyexchange: %v: %w", m, ErrUnsupported)
	}
	if len(initiator) != x.initiator {
		return nil, nil, fmt.Errorf("keyexchange: %v: %w: %d octets, want %d", m, ErrInvalidPublicValue, len(initiator), x.initiator)
	}
	public, secret, err = x.respond(rand, initiator)
	if err != nil {
		return nil, nil, fmt.Errorf("keyexchange: %v: %w", m, err)
	}
	return public, secret, nil
}
