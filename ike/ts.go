package ike

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"

	"golang.org/x/crypto/cryptobyte"
)

const selectorHeaderLen = 4

// A TS payload says which packets an SA is for. RFC 7296, Section 3.13.
type TS struct {
	// Payload is PayloadTSi or PayloadTSr.
	Payload PayloadType

	Selectors []TrafficSelector // at most 255
}

// A TrafficSelector is a range of addresses and ports. RFC 7296, Section
// 3.13.1.
type TrafficSelector struct {
	TSType TrafficSelectorType

	// Protocol is the number of an IP protocol, or 0 for any.
	Protocol uint8

	// StartPort and EndPort are inclusive; 0 to 65535 is any. For ICMP they
	// are type and code.
	StartPort, EndPort uint16

	// Start and End are inclusive, and IPv4 for TS_IPV4_ADDR_RANGE, IPv6 for
	// TS_IPV6_ADDR_RANGE.
	Start, End netip.Addr

	// Raw is what follows Selector Length if TSType is neither of these.
	Raw []byte
}

var _ Payload = (*TS)(nil)

// Type returns ts.Payload.
func (ts *TS) Type() PayloadType { return ts.Payload }

func parseTS(t PayloadType, in cryptobyte.String) (*TS, *ParseError) {
	var count uint8
	s := in
	if !s.ReadUint8(&count) || !s.Skip(3) {
		return nil, tooShort(t.String()+" payload", len(in), 4)
	}
	ts := &TS{Payload: t}
	for range count {
		off := len(in) - len(s)
		header, body, err := readSubstructure(&s, "Traffic Selector", selectorHeaderLen)
		if err != nil {
			return nil, err.within(off)
		}
		selector, err := parseSelector(header, body)
		if err != nil {
			return nil, err.within(off)
		}
		ts.Selectors = append(ts.Selectors, selector)
	}
	if len(s) != 0 {
		return nil, &ParseError{len(in) - len(s), t.String() + " payload", fmt.Sprintf("%d octets follow its %d Traffic Selectors", len(s), count)}
	}
	return ts, nil
}

func parseSelector(header, s cryptobyte.String) (TrafficSelector, *ParseError) {
	sel := TrafficSelector{TSType: TrafficSelectorType(header[0]), Protocol: header[1]}
	var addrLen int
	switch sel.TSType {
	case TS_IPV4_ADDR_RANGE:
		addrLen = 4
	case TS_IPV6_ADDR_RANGE:
		addrLen = 16
	default:
		sel.Raw = readRest(&s)
		return sel, nil
	}
	have := len(s)
	var start, end []byte
	if !s.ReadUint16(&sel.StartPort) || !s.ReadUint16(&sel.EndPort) ||
		!s.ReadBytes(&start, addrLen) || !s.ReadBytes(&end, addrLen) || !s.Empty() {
		return sel, &ParseError{0, "Traffic Selector", fmt.Sprintf("%v takes %d octets, it has %d",
			sel.TSType, selectorHeaderLen+4+2*addrLen, selectorHeaderLen+have)}
	}
	sel.Start, _ = netip.AddrFromSlice(start)
	sel.End, _ = netip.AddrFromSlice(end)
	return sel, nil
}

func (ts *TS) appendBody(b []byte) ([]byte, error) {
	if ts.Payload != PayloadTSi && ts.Payload != PayloadTSr {
		return nil, fmt.Errorf("ike: TS payload: its type is %v, not TSi or TSr", ts.Payload)
	}
	if len(ts.Selectors) > math.MaxUint8 {
		return nil, fmt.Errorf("ike: %v payload: %d Traffic Selectors do not fit an octet", ts.Payload, len(ts.Selectors))
	}
	b = append(b, byte(len(ts.Selectors)), 0, 0, 0)
	var err error
	for i := range ts.Selectors {
		if b, err = ts.Selectors[i].append(b); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (sel *TrafficSelector) append(b []byte) ([]byte, error) {
	start := len(b)
	b = append(b, byte(sel.TSType), sel.Protocol, 0, 0)
	switch sel.TSType {
	case TS_IPV4_ADDR_RANGE, TS_IPV6_ADDR_RANGE:
		is4 := sel.TSType == TS_IPV4_ADDR_RANGE
		if !sel.Start.IsValid() || !sel.End.IsValid() || sel.Start.Is4() != is4 || sel.End.Is4() != is4 {
			return nil, fmt.Errorf("ike: Traffic Selector: %v does not take %v to %v", sel.TSType, sel.Start, sel.End)
		}
		b = binary.BigEndian.AppendUint16(b, sel.StartPort)
		b = binary.BigEndian.AppendUint16(b, sel.EndPort)
		b = append(b, sel.Start.AsSlice()...)
		b = append(b, sel.End.AsSlice()...)
	default:
		b = append(b, sel.Raw...)
	}
	return putLength(b, start, "Traffic Selector")
}
