package ikev1

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/ikescope/ikescope/ike"
)

// doiIPsec is the domain of interpretation of IPsec, and identityOnly the situation
// of nearly every offer. RFC 2407, Sections 4.2 and 6.1.
const (
	doiIPsec     = 1
	identityOnly = 1
)

// keyIKE is the ID of a transform for the IKE SA. RFC 2407, Section 4.4.2.
const keyIKE = 1

// AppendBinary appends the message in the clear, with Length and the types of the
// payloads filled in. First and Encrypted are not looked at. The error is of a
// payload that is longer than its length can say.
func (m *Message) AppendBinary(b []byte) ([]byte, error) {
	start := len(b)
	first := PayloadType(0)
	if len(m.Payloads) > 0 {
		first = m.Payloads[0].Type
	}
	b = append(b, m.SPIi[:]...)
	b = append(b, m.SPIr[:]...)
	b = append(b, byte(first), m.MajorVersion<<4|m.MinorVersion&0xf, byte(m.Exchange), byte(m.Flags))
	b = binary.BigEndian.AppendUint32(b, m.MessageID)
	b = append(b, 0, 0, 0, 0)
	for i, p := range m.Payloads {
		next := PayloadType(0)
		if i+1 < len(m.Payloads) {
			next = m.Payloads[i+1].Type
		}
		length := 4 + len(p.Body)
		if length > math.MaxUint16 {
			return nil, fmt.Errorf("ikev1: a %v payload of %d octets", p.Type, length)
		}
		b = append(b, byte(next), 0)
		b = binary.BigEndian.AppendUint16(b, uint16(length))
		b = append(b, p.Body...)
	}
	binary.BigEndian.PutUint32(b[start+ike.HeaderLen-4:], uint32(len(b)-start))
	return b, nil
}

// Offer returns the SA payload that offers transforms for the IKE SA, numbered from
// 1, as one proposal. There may be 255 at most. RFC 2408, Sections 3.4 to 3.6.
func Offer(transforms []Transform) (Payload, error) {
	if len(transforms) > math.MaxUint8 {
		return Payload{}, fmt.Errorf("ikev1: %d transforms, 255 are the most", len(transforms))
	}
	var parts []byte
	for i, t := range transforms {
		part := t.append(nil, uint8(i+1))
		next := byte(3) // the type of a Transform payload
		if i == len(transforms)-1 {
			next = 0
		}
		parts = append(parts, next, 0)
		parts = binary.BigEndian.AppendUint16(parts, uint16(4+len(part)))
		parts = append(parts, part...)
	}
	proposal := append([]byte{1, protocolISAKMP, 0, byte(len(transforms))}, parts...)
	body := binary.BigEndian.AppendUint32(nil, doiIPsec)
	body = binary.BigEndian.AppendUint32(body, identityOnly)
	body = append(body, 0, 0)
	body = binary.BigEndian.AppendUint16(body, uint16(4+len(proposal)))
	return Payload{PayloadSA, append(body, proposal...)}, nil
}

// append appends the body of a Transform payload.
func (t Transform) append(b []byte, number uint8) []byte {
	b = append(b, number, keyIKE, 0, 0)
	attribute := func(kind, value uint16) {
		if value != 0 {
			b = binary.BigEndian.AppendUint16(b, kind|isShort)
			b = binary.BigEndian.AppendUint16(b, value)
		}
	}
	attribute(attributeEncryption, t.Encryption)
	attribute(attributeKeyLength, t.KeyLength)
	attribute(attributeHash, t.Hash)
	attribute(attributeAuthentication, t.Authentication)
	attribute(attributeGroup, t.Group)
	switch {
	case t.LifeSeconds == 0:
	case t.LifeSeconds <= math.MaxUint16:
		attribute(attributeLifeType, lifeSeconds)
		attribute(attributeLifeDuration, uint16(t.LifeSeconds))
	default:
		attribute(attributeLifeType, lifeSeconds)
		b = binary.BigEndian.AppendUint16(b, attributeLifeDuration)
		b = binary.BigEndian.AppendUint16(b, 4)
		b = binary.BigEndian.AppendUint32(b, t.LifeSeconds)
	}
	return b
}
