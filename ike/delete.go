package ike

import (
	"encoding/binary"
	"fmt"
	"math"

	"golang.org/x/crypto/cryptobyte"
)

// A Delete payload says which SAs its sender has deleted. RFC 7296, Section
// 3.11.
type Delete struct {
	Protocol ProtocolID

	// SPISize is 0 for an IKE SA, which is the one of the message, and 4 for
	// AH and ESP.
	SPISize uint8

	// SPIs are of SPISize octets each.
	SPIs [][]byte
}

var _ Payload = (*Delete)(nil)

// Type returns PayloadDelete.
func (d *Delete) Type() PayloadType { return PayloadDelete }

func parseDelete(s cryptobyte.String) (*Delete, *ParseError) {
	have := len(s)
	var protocol, size uint8
	var count uint16
	if !s.ReadUint8(&protocol) || !s.ReadUint8(&size) || !s.ReadUint16(&count) {
		return nil, tooShort("Delete payload", have, 4)
	}
	// SPIs of no octets cannot be counted by what is there.
	if len(s) != int(size)*int(count) || size == 0 && count > 0 {
		return nil, &ParseError{0, "Delete payload", fmt.Sprintf("it should hold %d SPIs of %d octets, %d are left", count, size, len(s))}
	}
	d := &Delete{Protocol: ProtocolID(protocol), SPISize: size}
	for len(s) > 0 {
		spi, _ := readOctets(&s, int(size))
		d.SPIs = append(d.SPIs, spi)
	}
	return d, nil
}

func (d *Delete) appendBody(b []byte) ([]byte, error) {
	if len(d.SPIs) > math.MaxUint16 {
		return nil, fmt.Errorf("ike: Delete payload: %d SPIs do not fit their 16-bit number", len(d.SPIs))
	}
	b = append(b, byte(d.Protocol), d.SPISize)
	b = binary.BigEndian.AppendUint16(b, uint16(len(d.SPIs)))
	for _, spi := range d.SPIs {
		if len(spi) != int(d.SPISize) || d.SPISize == 0 {
			return nil, fmt.Errorf("ike: Delete payload: an SPI has %d octets, its SPI Size is %d", len(spi), d.SPISize)
		}
		b = append(b, spi...)
	}
	return b, nil
}
