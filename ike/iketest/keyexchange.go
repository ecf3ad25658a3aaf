package iketest

import (
	"errors"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
)

// secrets come of a key exchange. Where it could not be done both are nil, and
// no key will ever open what the initiator sends.
type secrets struct{ public, shared []byte }

// exchangeKeys answers a KE payload of the method that was selected. The reaction
// is AsAccepted if it is to be accepted.
func (s *server) exchangeKeys(ke *ike.KE) (secrets, Reaction, error) {
	if want, _, ok := keyexchange.Sizes(ke.Method); ok && len(ke.Data) != want {
		return secrets{}, s.profile.WrongLengthKE, nil
	}
	if !keyexchange.Supported(ke.Method) {
		return secrets{}, AsAccepted, nil
	}
	public, shared, err := s.respond(ke)
	switch {
	case errors.Is(err, keyexchange.ErrInvalidPublicValue):
		return secrets{}, s.profile.InvalidKE, nil
	case err != nil:
		return secrets{}, 0, err
	}
	return secrets{public, shared}, AsAccepted, nil
}

// respond makes our public value and the secret.
func (s *server) respond(ke *ike.KE) (public, shared []byte, err error) {
	if !s.profile.OneKey {
		return keyexchange.Respond(ke.Method, s.rand, ke.Data)
	}
	key := s.keys[ke.Method]
	if key == nil {
		if key, err = keyexchange.Generate(ke.Method, s.rand); err != nil {
			return nil, nil, err
		}
		if s.keys == nil {
			s.keys = make(map[ike.KeyExchangeMethod]*keyexchange.PrivateKey)
		}
		s.keys[ke.Method] = key
	}
	shared, err = key.SharedSecret(ke.Data)
	return key.Public(), shared, err
}

// registered reports whether a method has a number and a known size.
func registered(m ike.KeyExchangeMethod) bool {
	_, _, ok := keyexchange.Sizes(m)
	return ok
}

// publicLength is that of our KE Data in octets; a guess for a method of which
// nothing is known.
func publicLength(m ike.KeyExchangeMethod) int {
	if _, length, ok := keyexchange.Sizes(m); ok {
		return length
	}
	return 64
}

// anotherMethod is a common one that m is not.
func anotherMethod(m ike.KeyExchangeMethod) ike.KeyExchangeMethod {
	if m == ike.KE_MODP_2048 {
		return ike.KE_ECP_256
	}
	return ike.KE_MODP_2048
}
