package ike

import (
	"encoding/binary"
	"fmt"
	"math"

	"golang.org/x/crypto/cryptobyte"
)

// A CP payload asks for settings such as an inner address, or answers with
// them. RFC 7296, Section 3.15.
type CP struct {
	ConfigType ConfigType
	Attributes []ConfigAttribute
}

// A ConfigAttribute is one setting. In a request its value is often empty.
// RFC 7296, Section 3.15.1.
type ConfigAttribute struct {
	Type  ConfigAttributeType // 15 bits
	Value []byte
}

var _ Payload = (*CP)(nil)

// Type returns PayloadCP.
func (c *CP) Type() PayloadType { return PayloadCP }

func parseCP(in cryptobyte.String) (*CP, *ParseError) {
	var configType uint8
	s := in
	if !s.ReadUint8(&configType) || !s.Skip(3) {
		return nil, tooShort("CP payload", len(in), 4)
	}
	c := &CP{ConfigType: ConfigType(configType)}
	for len(s) > 0 {
		off, left := len(in)-len(s), len(s)
		var attributeType uint16
		var value cryptobyte.String
		if !s.ReadUint16(&attributeType) || !s.ReadUint16LengthPrefixed(&value) {
			return nil, &ParseError{off, "Configuration Attribute", fmt.Sprintf("it is longer than the %d octets that are left", left)}
		}
		// The first bit is reserved.
		c.Attributes = append(c.Attributes, ConfigAttribute{ConfigAttributeType(attributeType & 0x7fff), readRest(&value)})
	}
	return c, nil
}

func (c *CP) appendBody(b []byte) ([]byte, error) {
	b = append(b, byte(c.ConfigType), 0, 0, 0)
	for _, a := range c.Attributes {
		if a.Type > 0x7fff || len(a.Value) > math.MaxUint16 {
			return nil, fmt.Errorf("ike: Configuration Attribute %v: its type does not fit 15 bits or its %d octets do not fit 16", a.Type, len(a.Value))
		}
		b = binary.BigEndian.AppendUint16(b, uint16(a.Type))
		b = binary.BigEndian.AppendUint16(b, uint16(len(a.Value)))
		b = append(b, a.Value...)
	}
	return b, nil
}
