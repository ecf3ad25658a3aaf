package ike

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// HeaderLen is the size of the IKE header in octets.
const HeaderLen = 28

// An SPI names one side of an IKE SA. The responder's is zero in the first
// request.
type SPI [8]byte

// String returns 16 hexadecimal digits.
func (s SPI) String() string { return hex.EncodeToString(s[:]) }

// Flags are the flags of the IKE header.
type Flags uint8

const (
	// FlagInitiator is set in messages of the original initiator of the IKE SA.
	FlagInitiator Flags = 0x08

	// FlagVersion says that the sender could speak a higher major version.
	FlagVersion Flags = 0x10

	// FlagResponse is set in responses.
	FlagResponse Flags = 0x20
)

// A Header is the IKE header without Next Payload and Length, which are
// computed when a message is written. RFC 7296, Section 3.1.
//
//	                     1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|  Next Payload | MjVer | MnVer | Exchange Type |     Flags     |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
type Header struct {
	SPIi, SPIr SPI

	// MajorVersion and MinorVersion are 2 and 0 for IKEv2. Each is 4 bits.
	MajorVersion, MinorVersion uint8

	Exchange  ExchangeType
	Flags     Flags
	MessageID uint32
}

// ParseHeader reads the IKE header, the first 28 octets of datagram. It returns
// the fields that Header leaves out, too: the type of the first payload, and
// the Length of the message in octets, header included, which it does not
// compare with the datagram. The error is a *ParseError.
func ParseHeader(datagram []byte) (h Header, next PayloadType, length uint32, err error) {
	h, next, length, parseErr := parseHeader(datagram)
	if parseErr != nil {
		return Header{}, 0, 0, parseErr
	}
	return h, next, length, nil
}

func parseHeader(in []byte) (h Header, next PayloadType, length uint32, err *ParseError) {
	var first, version, exchange, flags uint8
	s := cryptobyte.String(in)
	if !s.CopyBytes(h.SPIi[:]) ||
		!s.CopyBytes(h.SPIr[:]) ||
		!s.ReadUint8(&first) ||
		!s.ReadUint8(&version) ||
		!s.ReadUint8(&exchange) ||
		!s.ReadUint8(&flags) ||
		!s.ReadUint32(&h.MessageID) ||
		!s.ReadUint32(&length) {
		return Header{}, 0, 0, tooShort("IKE header", len(in), HeaderLen)
	}
	h.MajorVersion, h.MinorVersion = version>>4, version&0x0f
	h.Exchange, h.Flags = ExchangeType(exchange), Flags(flags)
	return h, PayloadType(first), length, nil
}

// append writes the header with zeros for Next Payload and Length.
func (h Header) append(b []byte) ([]byte, error) {
	if h.MajorVersion > 0x0f || h.MinorVersion > 0x0f {
		return nil, fmt.Errorf("ike: version %d.%d does not fit 4 bits each", h.MajorVersion, h.MinorVersion)
	}
	b = append(b, h.SPIi[:]...)
	b = append(b, h.SPIr[:]...)
	b = append(b, 0, h.MajorVersion<<4|h.MinorVersion, byte(h.Exchange), byte(h.Flags))
	b = binary.BigEndian.AppendUint32(b, h.MessageID)
	return append(b, 0, 0, 0, 0), nil
}
