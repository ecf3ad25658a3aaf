package ike

import (
	"encoding/binary"
	"fmt"
	"math"

	"golang.org/x/crypto/cryptobyte"
)

// A Notify payload reports an error, a status or an ability. RFC 7296, Section
// 3.10. Methods such as Cookie read its data.
type Notify struct {
	// Protocol and SPI name the SA that it is about, and are 0 and empty if it
	// is about the IKE SA of its message or about none.
	Protocol ProtocolID
	SPI      []byte // at most 255 octets

	Notification NotifyType
	Data         []byte
}

var _ Payload = (*Notify)(nil)

// Type returns PayloadNotify.
func (n *Notify) Type() PayloadType { return PayloadNotify }

func parseNotify(s cryptobyte.String) (*Notify, *ParseError) {
	have := len(s)
	var protocol, spiSize uint8
	var notification uint16
	if !s.ReadUint8(&protocol) || !s.ReadUint8(&spiSize) || !s.ReadUint16(&notification) {
		return nil, tooShort("Notify payload", have, 4)
	}
	spi, ok := readOctets(&s, int(spiSize))
	if !ok {
		return nil, &ParseError{0, "Notify payload", fmt.Sprintf("its SPI Size is %d, %d octets are left", spiSize, len(s))}
	}
	return &Notify{ProtocolID(protocol), spi, NotifyType(notification), readRest(&s)}, nil
}

func (n *Notify) appendBody(b []byte) ([]byte, error) {
	if len(n.SPI) > math.MaxUint8 {
		return nil, fmt.Errorf("ike: Notify payload %v: its SPI of %d octets does not fit an octet", n.Notification, len(n.SPI))
	}
	b = append(b, byte(n.Protocol), byte(len(n.SPI)))
	b = binary.BigEndian.AppendUint16(b, uint16(n.Notification))
	b = append(b, n.SPI...)
	return append(b, n.Data...), nil
}
