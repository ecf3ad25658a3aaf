package ike

import (
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte"
)

// An Encrypted payload (SK) carries other payloads. It is the last of its
// message. RFC 7296, Section 3.14.
type Encrypted struct {
	// First is the Next Payload of its generic header: the type of the first
	// payload inside.
	First PayloadType

	// Body is the initialization vector, the ciphertext and the integrity
	// checksum.
	Body []byte
}

// An EncryptedFragment payload (SKF) carries a part of the payloads of a
// message that was split. RFC 7383, Section 2.5.
type EncryptedFragment struct {
	// First is as in Encrypted in fragment 1, and 0 in the others.
	First PayloadType

	// Number counts from 1 to Total.
	Number, Total uint16

	// Body is the initialization vector, the ciphertext and the integrity
	// checksum.
	Body []byte
}

var (
	_ Payload = (*Encrypted)(nil)
	_ Payload = (*EncryptedFragment)(nil)
)

// Type returns PayloadEncrypted.
func (e *Encrypted) Type() PayloadType { return PayloadEncrypted }

// Type returns PayloadEncryptedFragment.
func (f *EncryptedFragment) Type() PayloadType { return PayloadEncryptedFragment }

func parseEncryptedFragment(first PayloadType, s cryptobyte.String) (*EncryptedFragment, *ParseError) {
	have := len(s)
	f := &EncryptedFragment{First: first}
	if !s.ReadUint16(&f.Number) || !s.ReadUint16(&f.Total) {
		return nil, tooShort("SKF payload", have, 4)
	}
	f.Body = readRest(&s)
	return f, nil
}

func (e *Encrypted) appendBody(b []byte) ([]byte, error) { return append(b, e.Body...), nil }

func (f *EncryptedFragment) appendBody(b []byte) ([]byte, error) {
	b = binary.BigEndian.AppendUint16(b, f.Number)
	b = binary.BigEndian.AppendUint16(b, f.Total)
	return append(b, f.Body...), nil
}
