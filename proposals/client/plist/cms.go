package plist

import "bytes"

// A signed profile is a CMS SignedData around the property list (RFC 5652,
// Section 5). Tools may write it in BER, with lengths that are not given at the
// beginning, which the DER readers of the standard library and of x/crypto refuse.

// The tags that matter here (X.690).
const (
	tagOctetString            = 0x04
	tagConstructedOctetString = 0x24
	tagSequence               = 0x30
	tagExplicit0              = 0xa0
	tagObjectIdentifier       = 0x06
)

// oidSignedData is 1.2.840.113549.1.7.2.
var oidSignedData = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}

// SignedContent returns the content of a SignedData, or false if data is not
// one. Signatures are not checked.
func SignedContent(data []byte) ([]byte, bool) {
	// ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT }
	info, ok := berContent(data, tagSequence)
	if !ok {
		return nil, false
	}
	tag, oid, rest, ok := berElement(info, 0)
	if !ok || tag != tagObjectIdentifier || !bytes.Equal(oid, oidSignedData) {
		return nil, false
	}
	content, ok := berContent(rest, tagExplicit0)
	if !ok {
		return nil, false
	}
	// SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo, … }
	signed, ok := berContent(content, tagSequence)
	for range 2 {
		if ok {
			_, _, signed, ok = berElement(signed, 0)
		}
	}
	if !ok {
		return nil, false
	}
	// EncapsulatedContentInfo ::= SEQUENCE { eContentType, eContent [0] EXPLICIT OCTET STRING }
	encap, ok := berContent(signed, tagSequence)
	if !ok {
		return nil, false
	}
	if _, _, encap, ok = berElement(encap, 0); !ok {
		return nil, false
	}
	if encap, ok = berContent(encap, tagExplicit0); !ok {
		return nil, false
	}
	tag, octets, _, ok := berElement(encap, 0)
	switch {
	case !ok:
		return nil, false
	case tag == tagOctetString:
		return octets, true
	case tag != tagConstructedOctetString:
		return nil, false
	}
	var whole []byte
	for len(octets) > 0 {
		var part []byte
		if tag, part, octets, ok = berElement(octets, 0); !ok || tag != tagOctetString {
			return nil, false
		}
		whole = append(whole, part...)
	}
	return whole, true
}

// berContent returns the content of the first element of b, which has that tag.
func berContent(b []byte, tag byte) ([]byte, bool) {
	got, content, _, ok := berElement(b, 0)
	return content, ok && got == tag
}

// berElement takes one element from b. Tags of more than one octet, which
// SignedData does not have, are refused.
func berElement(b []byte, depth int) (tag byte, content, rest []byte, ok bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f || depth > maxDepth {
		return 0, nil, nil, false
	}
	tag, length, b := b[0], int(b[1]), b[2:]
	switch {
	case length == 0x80: // until two zero octets
		const constructed = 0x20
		if tag&constructed == 0 {
			return 0, nil, nil, false
		}
		all := b
		for !bytes.HasPrefix(b, []byte{0, 0}) {
			if _, _, b, ok = berElement(b, depth+1); !ok {
				return 0, nil, nil, false
			}
		}
		return tag, all[:len(all)-len(b)], b[2:], true
	case length > 0x80:
		n := length & 0x7f
		if n > 4 || n > len(b) {
			return 0, nil, nil, false
		}
		length = 0
		for _, octet := range b[:n] {
			length = length<<8 | int(octet)
		}
		b = b[n:]
	}
	if length < 0 || length > len(b) { // below 0 where an int has 32 bits
		return 0, nil, nil, false
	}
	return tag, b[:length], b[length:], true
}
