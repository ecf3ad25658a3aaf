package keyexchange

import (
	"crypto/ecdh"
	"crypto/elliptic"
	"fmt"
	"io"
)

// uncompressed is the first octet of a point as SEC 1 writes it, and as
// crypto/ecdh reads it. In IKEv2 a point is x followed by y, without it: RFC
// 5903, Section 7.
const uncompressed = 0x04

// nistCurve returns the method of a curve of RFC 5903.
func nistCurve(curve ecdh.Curve, params *elliptic.CurveParams) method {
	size := (params.BitSize + 7) / 8
	return diffieHellman(2*size, func(rand io.Reader) (key, error) {
		// Not curve.GenerateKey: it does not read rand.
		d, err := scalar(rand, params.N)
		if err != nil {
			return nil, err
		}
		k, err := curve.NewPrivateKey(d.FillBytes(make([]byte, size)))
		if err != nil {
			return nil, err
		}
		return nistKey{k}, nil
	})
}

type nistKey struct{ *ecdh.PrivateKey }

func (k nistKey) public() []byte { return k.PublicKey().Bytes()[1:] }

// sharedSecret returns x alone. RFC 5903, Section 7: "the Diffie-Hellman
// shared secret value consists of the x value of the Diffie-Hellman common
// value."
func (k nistKey) sharedSecret(peer []byte) ([]byte, error) {
	point, err := k.Curve().NewPublicKey(append([]byte{uncompressed}, peer...))
	if err != nil {
		return nil, fmt.Errorf("%w: not on the curve", ErrInvalidPublicValue)
	}
	return k.ECDH(point)
}
