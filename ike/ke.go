package ike

import (
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte"
)

// A KE payload carries a public value: of a Diffie-Hellman group, or a KEM's
// public key or ciphertext. RFC 7296, Section 3.4.
type KE struct {
	Method KeyExchangeMethod
	Data   []byte
}

var _ Payload = (*KE)(nil)

// Type returns PayloadKE.
func (k *KE) Type() PayloadType { return PayloadKE }

func parseKE(s cryptobyte.String) (*KE, *ParseError) {
	have := len(s)
	var method, reserved uint16
	if !s.ReadUint16(&method) || !s.ReadUint16(&reserved) {
		return nil, tooShort("KE payload", have, 4)
	}
	return &KE{KeyExchangeMethod(method), readRest(&s)}, nil
}

func (k *KE) appendBody(b []byte) ([]byte, error) {
	b = binary.BigEndian.AppendUint16(b, uint16(k.Method))
	b = append(b, 0, 0)
	return append(b, k.Data...), nil
}
