package ikev1

import (
	"golang.org/x/crypto/cryptobyte"
)

// protocolISAKMP is the protocol of proposals for the IKE SA. RFC 2407, Section
// 4.4.1.
const protocolISAKMP = 1

// maxTransforms bounds those of an SA payload: real offers have up to a few
// dozen.
const maxTransforms = 512

// isShort is set in the type of an attribute whose value has two octets: "Attribute
// Format", RFC 2408, Section 3.3.
const isShort = 0x8000

// A Transform is one alternative of an offer for the IKE SA, or the one that
// was chosen. RFC 2408, Section 3.6; RFC 2409, Appendix A.
type Transform struct {
	Number uint8
	// Numbers of IANA, 0 where the attribute is missing. KeyLength is in bits.
	Encryption, Hash, Authentication, Group, KeyLength uint16
	// LifeSeconds is 0 if no lifetime in seconds is given.
	LifeSeconds uint32
}

// Attributes of an IKE SA. RFC 2409, Appendix A.
const (
	attributeEncryption     = 1
	attributeHash           = 2
	attributeAuthentication = 3
	attributeGroup          = 4
	attributeLifeType       = 11
	attributeLifeDuration   = 12
	attributeKeyLength      = 14

	lifeSeconds = 1
)

// Transforms returns what an SA payload offers or chooses for the IKE SA, in
// its order. It is not ok if the payload cannot be read to its end; the result
// is what was read before.
func (p Payload) Transforms() (all []Transform, ok bool) {
	s := cryptobyte.String(p.Body)
	if p.Type != PayloadSA || !s.Skip(4+4) { // the domain of interpretation, and the situation
		return nil, false
	}
	for more := true; more; {
		var body cryptobyte.String
		if more, body, ok = readPart(&s); !ok {
			return all, false
		}
		var protocol, spiSize, count uint8
		if !body.Skip(1) || !body.ReadUint8(&protocol) || !body.ReadUint8(&spiSize) || !body.ReadUint8(&count) || !body.Skip(int(spiSize)) {
			return all, false
		}
		for more := count > 0; more; {
			var transform cryptobyte.String
			if more, transform, ok = readPart(&body); !ok {
				return all, false
			}
			t, ok := readTransform(transform)
			if !ok || len(all) == maxTransforms {
				return all, false
			}
			if protocol == protocolISAKMP {
				all = append(all, t)
			}
		}
	}
	return all, true
}

// readPart takes a Proposal or a Transform: whether another one follows, and
// what is after its generic header.
func readPart(s *cryptobyte.String) (more bool, body cryptobyte.String, ok bool) {
	var (
		next   uint8
		length uint16
		octets []byte
	)
	if !s.ReadUint8(&next) || !s.Skip(1) || !s.ReadUint16(&length) || length < 4 || !s.ReadBytes(&octets, int(length)-4) {
		return false, nil, false
	}
	return next != 0, octets, true
}

func readTransform(s cryptobyte.String) (t Transform, ok bool) {
	if !s.ReadUint8(&t.Number) || !s.Skip(1+2) { // the transform's ID, which is KEY_IKE, and two reserved octets
		return t, false
	}
	inSeconds := false
	for !s.Empty() {
		var kind, short uint16
		if !s.ReadUint16(&kind) || !s.ReadUint16(&short) {
			return t, false
		}
		value := uint32(short)
		if kind&isShort == 0 {
			var octets []byte
			if !s.ReadBytes(&octets, int(short)) {
				return t, false
			}
			value = 0
			for _, b := range octets {
				if value >= 1<<24 {
					value = 1<<32 - 1 // larger than can be shown
					break
				}
				value = value<<8 | uint32(b)
			}
		}
		number := uint16(min(value, 1<<16-1))
		switch kind &^ isShort {
		case attributeEncryption:
			t.Encryption = number
		case attributeHash:
			t.Hash = number
		case attributeAuthentication:
			t.Authentication = number
		case attributeGroup:
			t.Group = number
		case attributeKeyLength:
			t.KeyLength = number
		case attributeLifeType:
			inSeconds = number == lifeSeconds
		case attributeLifeDuration:
			if inSeconds {
				t.LifeSeconds = value
			}
		}
	}
	return t, true
}
