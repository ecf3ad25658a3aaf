// Package ikev1 reads what IKEv1 messages hold in the clear: their offers and
// choices, vendor IDs, notifies and NAT detection. IKEv1 (RFC 2409) is ISAKMP
// (RFC 2408) with the domain of interpretation of IPsec (RFC 2407); RFC 9395
// retires it. It writes first messages, to ask whether IKEv1 is spoken. Nothing is
// answered, encrypted or decrypted.
package ikev1

import (
	"bytes"
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"github.com/ikescope/ikescope/ike"
)

// flagEncrypted is set where the payloads are encrypted. RFC 2408, Section 3.1.
const flagEncrypted = 0x01

// maxPayloads bounds those of a message, several times what honest ones have.
const maxPayloads = 128

// A Message is one ISAKMP message. RFC 2408, Section 3.1.
type Message struct {
	ike.Header

	// First is the type of the first payload, which is there even where the
	// payloads are encrypted.
	First PayloadType

	// Payloads are in the order of the message, and empty if it is encrypted.
	Payloads []Payload

	// Encrypted is how many octets are, 0 if the message is in the clear.
	Encrypted int
}

// A Payload is one payload: what follows its generic header.
type Payload struct {
	Type PayloadType
	Body []byte
}

// Parse reads a message. The result is never nil: with an error, which is an
// [*ike.ParseError], it holds what was read before the fault. It does not share
// memory with the octets.
func Parse(octets []byte) (*Message, error) {
	h, first, length, err := ike.ParseHeader(octets)
	if err != nil {
		return &Message{}, err
	}
	m := &Message{Header: h, First: PayloadType(first)}
	if length < ike.HeaderLen {
		return m, fault(0, "ISAKMP header", "its Length is %d, the header alone is %d octets", length, ike.HeaderLen)
	}
	// ISAKMP messages may have octets after their Length, as padding.
	if uint64(length) < uint64(len(octets)) {
		octets = octets[:length]
	}
	short := uint64(length) > uint64(len(octets))
	if uint8(h.Flags)&flagEncrypted != 0 {
		m.Encrypted = int(min(length, 1<<16)) - ike.HeaderLen
	} else if err := m.readPayloads(bytes.Clone(octets[ike.HeaderLen:])); err != nil && !short {
		return m, err
	}
	if short {
		return m, fault(0, "ISAKMP header", "its Length is %d, the datagram has %d octets", length, len(octets))
	}
	return m, nil
}

// readPayloads reads a chain of payloads. RFC 2408, Section 3.2.
func (m *Message) readPayloads(in []byte) error {
	s := cryptobyte.String(in)
	for kind := m.First; kind != 0; {
		var (
			next   uint8
			length uint16
			body   []byte
		)
		at := ike.HeaderLen + len(in) - len(s)
		if len(m.Payloads) == maxPayloads {
			return fault(at, "payload", "there are more than %d", maxPayloads)
		}
		have := len(s)
		if !s.ReadUint8(&next) || !s.Skip(1) || !s.ReadUint16(&length) || length < 4 || !s.ReadBytes(&body, int(length)-4) {
			return fault(at, kind.String()+" payload", "its length does not fit the %d octets that are left", have)
		}
		m.Payloads = append(m.Payloads, Payload{kind, body})
		kind = PayloadType(next)
	}
	return nil
}

// Find returns the first payload of a type.
func (m *Message) Find(t PayloadType) (Payload, bool) {
	for _, p := range m.Payloads {
		if p.Type == t {
			return p, true
		}
	}
	return Payload{}, false
}

// Notify returns the type of the first Notification payload. RFC 2408, Section
// 3.14.
func (m *Message) Notify() (NotifyType, bool) {
	p, ok := m.Find(PayloadNotification)
	if !ok {
		return 0, false
	}
	s := cryptobyte.String(p.Body)
	var t uint16
	// The domain of interpretation, the protocol and the SPI's size come first.
	if !s.Skip(4+1+1) || !s.ReadUint16(&t) {
		return 0, false
	}
	return NotifyType(t), true
}

// A Fragment is a part of a message of IKEv1, as Cisco and Microsoft split
// large ones ([MS-IKEE], Section 2.2.4): each has an ISAKMP header of its own.
type Fragment struct {
	ID     uint16
	Number uint8 // from 1
	Last   bool
}

// Fragment reports whether the message is a fragment of another one.
func (m *Message) Fragment() (f Fragment, ok bool) {
	p, ok := m.Find(PayloadFragment)
	if !ok {
		return f, false
	}
	s := cryptobyte.String(p.Body)
	var flags uint8
	if !s.ReadUint16(&f.ID) || !s.ReadUint8(&f.Number) || !s.ReadUint8(&flags) {
		return f, false
	}
	f.Last = flags&1 != 0
	return f, true
}

func fault(offset int, structure, problem string, args ...any) error {
	return &ike.ParseError{Offset: offset, Structure: structure, Problem: fmt.Sprintf(problem, args...)}
}
