package ike

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"golang.org/x/crypto/cryptobyte"
)

// A Message is one IKE message: a request or a response, or a fragment of one.
// RFC 7296, Section 3.
type Message struct {
	Header

	// Payloads are in the order of the message. An Encrypted or
	// EncryptedFragment can only be the last.
	Payloads []Payload

	// Trailing are octets of the datagram after the header's Length.
	Trailing []byte
}

// ParseMessage reads the message in a datagram that has no non-ESP marker. The
// result is never nil: with an error, which is a *ParseError, it holds what
// was read before the fault. The major version is not judged. The message does
// not share memory with the datagram.
func ParseMessage(datagram []byte) (*Message, error) {
	m, err := parseMessage(bytes.Clone(datagram))
	if err != nil {
		return m, err
	}
	return m, nil
}

// parseMessage returns a message that refers to in.
func parseMessage(in []byte) (*Message, *ParseError) {
	h, first, length, err := parseHeader(in)
	if err != nil {
		return &Message{}, err
	}
	m := &Message{Header: h}
	s := cryptobyte.String(in[HeaderLen:])
	if length < HeaderLen {
		return m, &ParseError{0, "IKE header", fmt.Sprintf("its Length is %d, the header alone is %d octets", length, HeaderLen)}
	}
	if uint64(length) > uint64(len(in)) {
		err = &ParseError{0, "IKE header", fmt.Sprintf("its Length is %d, the datagram has %d octets", length, len(in))}
		m.Payloads, _ = parsePayloads(first, s)
		return m, err
	}
	body, _ := readOctets(&s, int(length)-HeaderLen)
	m.Trailing = readRest(&s)
	if m.Payloads, err = parsePayloads(first, body); err != nil {
		return m, err.within(HeaderLen)
	}
	return m, nil
}

// AppendBinary appends the message to b: the header with Next Payload and
// Length filled in, the payloads, and Trailing, which Length does not count.
func (m *Message) AppendBinary(b []byte) ([]byte, error) {
	start := len(b)
	b, err := m.Header.append(b)
	if err != nil {
		return nil, err
	}
	b, first, err := AppendPayloads(b, m.Payloads)
	if err != nil {
		return nil, err
	}
	length := len(b) - start
	if uint64(length) > math.MaxUint32 {
		return nil, fmt.Errorf("ike: message: %d octets do not fit its 32-bit Length", length)
	}
	b[start+16] = byte(first)
	binary.BigEndian.PutUint32(b[start+24:], uint32(length))
	return append(b, m.Trailing...), nil
}

// Notify returns the first Notify payload of type t.
func (m *Message) Notify(t NotifyType) (n *Notify, ok bool) {
	for _, p := range m.Payloads {
		if n, ok := p.(*Notify); ok && n.Notification == t {
			return n, true
		}
	}
	return nil, false
}

// Find returns the first payload of the Go type T, as in Find[*SA](m).
func Find[T Payload](m *Message) (payload T, ok bool) {
	for _, p := range m.Payloads {
		if p, ok := p.(T); ok {
			return p, true
		}
	}
	return payload, false
}
