package ike

import (
	"encoding/binary"
	"fmt"
	"math"

	"golang.org/x/crypto/cryptobyte"
)

// readSubstructure takes from s one structure whose third and fourth octets
// hold its own total length, header included: a payload (RFC 7296, Section
// 3.2), a Proposal (3.3.1), a Transform (3.3.2) or a Traffic Selector (3.13.1).
// cryptobyte's ReadUint16LengthPrefixed does not fit: there the length counts
// only what follows it. If it fails, s is where it was.
func readSubstructure(s *cryptobyte.String, structure string, headerLen int) (header, body cryptobyte.String, err *ParseError) {
	var length uint16
	peek := *s
	if len(peek) < headerLen || !peek.Skip(2) || !peek.ReadUint16(&length) {
		return nil, nil, &ParseError{0, structure, fmt.Sprintf("its header is %d octets, %d are left", headerLen, len(*s))}
	}
	if int(length) < headerLen {
		return nil, nil, &ParseError{0, structure, fmt.Sprintf("its length is %d, its header alone is %d octets", length, headerLen)}
	}
	var whole []byte
	if !s.ReadBytes(&whole, int(length)) {
		return nil, nil, &ParseError{0, structure, fmt.Sprintf("its length is %d, %d octets are left", length, len(*s))}
	}
	// Full slice expressions: an append to either result must not write into
	// the octets after it.
	return whole[:headerLen:headerLen], whole[headerLen:length:length], nil
}

// readOctets takes n octets from s. No octets are nil.
func readOctets(s *cryptobyte.String, n int) (octets []byte, ok bool) {
	if n == 0 {
		return nil, true
	}
	if !s.ReadBytes(&octets, n) {
		return nil, false
	}
	return octets[:n:n], true
}

// readRest takes what is left of s. No octets are nil.
func readRest(s *cryptobyte.String) []byte {
	octets, _ := readOctets(s, len(*s))
	return octets
}

// tooShort is the error of a structure whose fixed fields do not fit what
// there is of it.
func tooShort(structure string, have, want int) *ParseError {
	return &ParseError{0, structure, fmt.Sprintf("its fixed fields are %d octets, it has %d", want, have)}
}

// putLength fills in the length of the structure that begins at b[start] and
// ends with b: the third and fourth octets, which readSubstructure reads.
func putLength(b []byte, start int, structure string) ([]byte, error) {
	length := len(b) - start
	if length > math.MaxUint16 {
		return nil, fmt.Errorf("ike: %s: %d octets do not fit its 16-bit length", structure, length)
	}
	binary.BigEndian.PutUint16(b[start+2:], uint16(length))
	return b, nil
}
