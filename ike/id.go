package ike

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// An ID payload says who its sender is, or whom it asks for. RFC 7296, Section
// 3.5.
type ID struct {
	// Payload is PayloadIDi or PayloadIDr.
	Payload PayloadType

	IDType IDType
	Data   []byte
}

var _ Payload = (*ID)(nil)

// Type returns id.Payload.
func (id *ID) Type() PayloadType { return id.Payload }

func parseID(t PayloadType, s cryptobyte.String) (*ID, *ParseError) {
	have := len(s)
	var idType uint8
	if !s.ReadUint8(&idType) || !s.Skip(3) {
		return nil, tooShort(t.String()+" payload", have, 4)
	}
	return &ID{t, IDType(idType), readRest(&s)}, nil
}

func (id *ID) appendBody(b []byte) ([]byte, error) {
	if id.Payload != PayloadIDi && id.Payload != PayloadIDr {
		return nil, fmt.Errorf("ike: ID payload: its type is %v, not IDi or IDr", id.Payload)
	}
	b = append(b, byte(id.IDType), 0, 0, 0)
	return append(b, id.Data...), nil
}
