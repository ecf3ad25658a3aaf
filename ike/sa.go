package ike

import (
	"encoding/binary"
	"fmt"
	"math"

	"golang.org/x/crypto/cryptobyte"
)

const (
	proposalHeaderLen  = 8
	transformHeaderLen = 8

	moreProposals  = 2 // Last Substruc of a Proposal that is not the last
	moreTransforms = 3 // Last Substruc of a Transform that is not the last

	// attributeFormatBit set in an Attribute Type says that the value is the
	// next two octets.
	attributeFormatBit = 0x8000
)

// An SA payload offers proposals, in order of preference, or answers with the
// one that was chosen. RFC 7296, Section 3.3.
type SA struct {
	Proposals []Proposal // at least one
}

// A Proposal is a set of transforms for one protocol. It offers every
// combination that takes one transform of each type in it. RFC 7296, Section
// 3.3.1.
type Proposal struct {
	// Number counts from 1 in an offer. An answer repeats the number of what
	// it chose.
	Number   uint8
	Protocol ProtocolID

	// SPI is the sender's, and empty for an initial IKE SA. At most 255 octets.
	SPI        []byte
	Transforms []Transform // at most 255
}

// A Transform is one algorithm. RFC 7296, Section 3.3.2.
type Transform struct {
	Type TransformType

	// ID is an EncryptionID, a PRFID and so on, as Type says.
	ID         uint16
	Attributes []Attribute
}

// An Attribute completes a transform. RFC 7296, Section 3.3.5.
//
//	                     1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|A|       Attribute Type        |    AF=0  Attribute Length     |
//	|F|                             |    AF=1  Attribute Value      |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                   AF=0  Attribute Value                       |
//	|                   AF=1  Not Transmitted                       |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
type Attribute struct {
	Type AttributeType // 15 bits

	// TLV is the long format, with a length of its own (AF=0).
	TLV bool

	// Value is 2 octets unless TLV is set.
	Value []byte
}

var _ Payload = (*SA)(nil)

// Type returns PayloadSA.
func (sa *SA) Type() PayloadType { return PayloadSA }

// KeyLengthAttribute returns the attribute of a key of bits bits. It panics if
// they do not fit 16 bits, as no key length does.
func KeyLengthAttribute(bits int) Attribute {
	if bits < 0 || bits > math.MaxUint16 {
		panic(fmt.Sprintf("ike: internal error: key length of %d bits", bits))
	}
	return Attribute{Type: AttributeKeyLength, Value: binary.BigEndian.AppendUint16(nil, uint16(bits))}
}

// KeyLength returns the first Key Length attribute, in bits. The attribute is
// defined in the short format only (RFC 7296, Section 3.3.5), so one in the long
// format does not count.
func (t Transform) KeyLength() (bits int, ok bool) {
	for _, a := range t.Attributes {
		if a.Type == AttributeKeyLength && !a.TLV && len(a.Value) == 2 {
			return int(binary.BigEndian.Uint16(a.Value)), true
		}
	}
	return 0, false
}

// String returns the name of the algorithm, with the key length in bits if
// there is one, as in "ENCR_AES_CBC(256)".
func (t Transform) String() string {
	var name string
	switch t.Type {
	case TransformENCR:
		name = EncryptionID(t.ID).String()
	case TransformPRF:
		name = PRFID(t.ID).String()
	case TransformINTEG:
		name = IntegrityID(t.ID).String()
	case TransformKE:
		name = KeyExchangeMethod(t.ID).String()
	case TransformSN:
		name = SequenceNumbersID(t.ID).String()
	case TransformADDKE1, TransformADDKE2, TransformADDKE3, TransformADDKE4,
		TransformADDKE5, TransformADDKE6, TransformADDKE7:
		name = t.Type.String() + "=" + KeyExchangeMethod(t.ID).String()
	default:
		name = fmt.Sprintf("%v=%d", t.Type, t.ID)
	}
	if bits, ok := t.KeyLength(); ok {
		return fmt.Sprintf("%s(%d)", name, bits)
	}
	return name
}

func parseSA(body cryptobyte.String) (*SA, *ParseError) {
	ps, err := parseProposals(body)
	if err != nil {
		return nil, err
	}
	return &SA{ps}, nil
}

func parseProposals(in []byte) ([]Proposal, *ParseError) {
	var ps []Proposal
	s := cryptobyte.String(in)
	for {
		off := len(in) - len(s)
		header, body, err := readSubstructure(&s, "Proposal", proposalHeaderLen)
		if err != nil {
			return ps, err.within(off)
		}
		p := Proposal{Number: header[4], Protocol: ProtocolID(header[5])}
		spiSize, count := int(header[6]), int(header[7])
		var ok bool
		if p.SPI, ok = readOctets(&body, spiSize); !ok {
			return ps, &ParseError{off, "Proposal", fmt.Sprintf("its SPI Size is %d, %d octets are left", spiSize, len(body))}
		}
		if p.Transforms, err = parseTransforms(body, count); err != nil {
			return ps, err.within(off + proposalHeaderLen + spiSize)
		}
		ps = append(ps, p)
		switch more, left := header[0], len(s); {
		case more == 0 && left == 0:
			return ps, nil
		case more != moreProposals || left == 0:
			return ps, &ParseError{off, "Proposal", fmt.Sprintf("its Last Substruc is %d, %d octets follow", more, left)}
		}
	}
}

// parseTransforms reads the count transforms that fill in.
func parseTransforms(in []byte, count int) ([]Transform, *ParseError) {
	var ts []Transform
	// Each takes its header at least: a lie about the count claims no memory.
	if n := min(count, len(in)/transformHeaderLen); n > 0 {
		ts = make([]Transform, 0, n)
	}
	s := cryptobyte.String(in)
	for len(ts) < count {
		off := len(in) - len(s)
		header, body, err := readSubstructure(&s, "Transform", transformHeaderLen)
		if err != nil {
			return ts, err.within(off)
		}
		t := Transform{Type: TransformType(header[4]), ID: binary.BigEndian.Uint16(header[6:])}
		if t.Attributes, err = parseAttributes(body); err != nil {
			return ts, err.within(off + transformHeaderLen)
		}
		ts = append(ts, t)
		more, want := header[0], byte(moreTransforms)
		if len(ts) == count {
			want = 0
		}
		if more != want {
			return ts, &ParseError{off, "Transform", fmt.Sprintf("it is %d of %d, its Last Substruc is %d", len(ts), count, more)}
		}
	}
	if len(s) != 0 {
		return ts, &ParseError{len(in) - len(s), "Proposal", fmt.Sprintf("%d octets follow its %d transforms", len(s), count)}
	}
	return ts, nil
}

func parseAttributes(in []byte) ([]Attribute, *ParseError) {
	var as []Attribute
	s := cryptobyte.String(in)
	for len(s) > 0 {
		off, left := len(in)-len(s), len(s)
		var format, length uint16
		if !s.ReadUint16(&format) {
			return as, &ParseError{off, "Attribute", fmt.Sprintf("its type is 2 octets, %d are left", left)}
		}
		a := Attribute{Type: AttributeType(format &^ attributeFormatBit), TLV: format&attributeFormatBit == 0}
		ok := true
		if length = 2; a.TLV {
			ok = s.ReadUint16(&length)
		}
		if ok {
			a.Value, ok = readOctets(&s, int(length))
		}
		if !ok {
			return as, &ParseError{off, "Attribute", fmt.Sprintf("its value is %d octets, it has %d with its header", length, left)}
		}
		as = append(as, a)
	}
	return as, nil
}

func (sa *SA) appendBody(b []byte) ([]byte, error) {
	if len(sa.Proposals) == 0 {
		return nil, fmt.Errorf("ike: SA payload: it has no Proposal")
	}
	var err error
	for i := range sa.Proposals {
		if b, err = sa.Proposals[i].append(b, i == len(sa.Proposals)-1); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (p *Proposal) append(b []byte, last bool) ([]byte, error) {
	if len(p.SPI) > math.MaxUint8 || len(p.Transforms) > math.MaxUint8 {
		return nil, fmt.Errorf("ike: Proposal %d: an SPI of %d octets or %d transforms do not fit an octet",
			p.Number, len(p.SPI), len(p.Transforms))
	}
	start := len(b)
	b = append(b, moreUnless(last, moreProposals), 0, 0, 0,
		p.Number, byte(p.Protocol), byte(len(p.SPI)), byte(len(p.Transforms)))
	b = append(b, p.SPI...)
	var err error
	for i := range p.Transforms {
		if b, err = p.Transforms[i].append(b, i == len(p.Transforms)-1); err != nil {
			return nil, err
		}
	}
	return putLength(b, start, "Proposal")
}

func (t *Transform) append(b []byte, last bool) ([]byte, error) {
	start := len(b)
	b = append(b, moreUnless(last, moreTransforms), 0, 0, 0,
		byte(t.Type), 0, byte(t.ID>>8), byte(t.ID))
	var err error
	for i := range t.Attributes {
		if b, err = t.Attributes[i].append(b); err != nil {
			return nil, err
		}
	}
	return putLength(b, start, "Transform")
}

func (a *Attribute) append(b []byte) ([]byte, error) {
	switch {
	case a.Type >= attributeFormatBit:
		return nil, fmt.Errorf("ike: Attribute %d: its type does not fit 15 bits", uint16(a.Type))
	case !a.TLV && len(a.Value) != 2:
		return nil, fmt.Errorf("ike: Attribute %d: its value is %d octets, the short format takes 2", uint16(a.Type), len(a.Value))
	case len(a.Value) > math.MaxUint16:
		return nil, fmt.Errorf("ike: Attribute %d: its value of %d octets does not fit its 16-bit length", uint16(a.Type), len(a.Value))
	case a.TLV:
		b = binary.BigEndian.AppendUint16(b, uint16(a.Type))
		b = binary.BigEndian.AppendUint16(b, uint16(len(a.Value)))
	default:
		b = binary.BigEndian.AppendUint16(b, uint16(a.Type)|attributeFormatBit)
	}
	return append(b, a.Value...), nil
}

// moreUnless returns the Last Substruc octet.
func moreUnless(last bool, more byte) byte {
	if last {
		return 0
	}
	return more
}
