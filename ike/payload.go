package ike

import (
	"bytes"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// payloadHeaderLen is the size of the generic payload header in octets.
const payloadHeaderLen = 4

// criticalBit is the C bit in the second octet of the generic payload header.
const criticalBit = 0x80

// A Payload is a part of a message. Its Go types are those of this package,
// and Unknown stands for the payloads that it does not read.
//
// The generic header in front of each (RFC 7296, Section 3.2) is not part of
// the value. Its Critical bit is ignored in payloads that are not Unknown, and
// written as 0: "MUST be set to zero for payload types defined in this
// document".
//
//	                     1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	| Next Payload  |C|  RESERVED   |         Payload Length        |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
type Payload interface {
	// Type returns the number of the payload.
	Type() PayloadType

	// appendBody appends what follows the generic header.
	appendBody(b []byte) ([]byte, error)
}

// ParsePayloads reads a chain of payloads, which begins with one of type first
// and fills body, as the octets of a decrypted Encrypted payload do. With an
// error, which is a *ParseError, it returns the payloads before the fault. They
// do not share memory with body.
func ParsePayloads(first PayloadType, body []byte) ([]Payload, error) {
	ps, err := parsePayloads(first, bytes.Clone(body))
	if err != nil {
		return ps, err
	}
	return ps, nil
}

// parsePayloads returns payloads that refer to in.
func parsePayloads(first PayloadType, in []byte) ([]Payload, *ParseError) {
	var ps []Payload
	s := cryptobyte.String(in)
	for next := first; next != PayloadNone; {
		off := len(in) - len(s)
		header, body, err := readSubstructure(&s, "payload", payloadHeaderLen)
		if err != nil {
			err.Structure = next.String() + " payload"
			return ps, err.within(off)
		}
		p, err := parsePayload(next, header, body)
		if err != nil {
			return ps, err.within(off + payloadHeaderLen)
		}
		if ps == nil {
			ps = make([]Payload, 0, 8) // as many as a typical IKE_SA_INIT has
		}
		ps = append(ps, p)

		// "The Encrypted payload, if present in a message, MUST be the last
		// payload in the message", and its Next Payload is of the first
		// payload inside it (Section 3.14).
		if next == PayloadEncrypted || next == PayloadEncryptedFragment {
			break
		}
		next = PayloadType(header[0])
	}
	if len(s) != 0 {
		return ps, &ParseError{len(in) - len(s), "payload", fmt.Sprintf("%d octets follow the last payload", len(s))}
	}
	return ps, nil
}

func parsePayload(t PayloadType, header, body cryptobyte.String) (Payload, *ParseError) {
	next := PayloadType(header[0])
	switch t {
	case PayloadSA:
		return asPayload(parseSA(body))
	case PayloadKE:
		return asPayload(parseKE(body))
	case PayloadIDi, PayloadIDr:
		return asPayload(parseID(t, body))
	case PayloadCERT:
		return asPayload(parseCert(body))
	case PayloadCERTREQ:
		return asPayload(parseCertReq(body))
	case PayloadAUTH:
		return asPayload(parseAuth(body))
	case PayloadNonce:
		return &Nonce{readRest(&body)}, nil
	case PayloadNotify:
		return asPayload(parseNotify(body))
	case PayloadDelete:
		return asPayload(parseDelete(body))
	case PayloadVendorID:
		return &VendorID{readRest(&body)}, nil
	case PayloadTSi, PayloadTSr:
		return asPayload(parseTS(t, body))
	case PayloadEncrypted:
		return &Encrypted{next, readRest(&body)}, nil
	case PayloadCP:
		return asPayload(parseCP(body))
	case PayloadEAP:
		return &EAP{readRest(&body)}, nil
	case PayloadEncryptedFragment:
		return asPayload(parseEncryptedFragment(next, body))
	default:
		return &Unknown{t, header[1]&criticalBit != 0, readRest(&body)}, nil
	}
}

// asPayload keeps a nil pointer from becoming a Payload that is not nil.
func asPayload[T Payload](p T, err *ParseError) (Payload, *ParseError) {
	if err != nil {
		return nil, err
	}
	return p, nil
}

// AppendPayloads appends a chain of payloads to b and returns the type of the
// first, or PayloadNone if there is none. It fails if a value does not fit its
// field, or if an Encrypted or EncryptedFragment is not the last.
func AppendPayloads(b []byte, payloads []Payload) ([]byte, PayloadType, error) {
	first := PayloadNone
	if len(payloads) > 0 {
		first = payloads[0].Type()
	}
	for i, p := range payloads {
		last := i == len(payloads)-1
		if p.Type() == PayloadNone {
			return nil, 0, fmt.Errorf("ike: payload %d of %d has type 0, which ends a message", i+1, len(payloads))
		}
		next := PayloadNone
		if !last {
			next = payloads[i+1].Type()
		}
		var flags byte
		switch p := p.(type) {
		case *Encrypted:
			next = p.First
		case *EncryptedFragment:
			next = p.First
		case *Unknown:
			if p.Critical {
				flags = criticalBit
			}
		}
		if t := p.Type(); !last && (t == PayloadEncrypted || t == PayloadEncryptedFragment) {
			return nil, 0, fmt.Errorf("ike: %v payload: it is not the last of the message", t)
		}

		start := len(b)
		b = append(b, byte(next), flags, 0, 0)
		var err error
		if b, err = p.appendBody(b); err != nil {
			return nil, 0, err
		}
		if b, err = putLength(b, start, "payload"); err != nil {
			return nil, 0, fmt.Errorf("%w (%v)", err, p.Type())
		}
	}
	return b, first, nil
}
