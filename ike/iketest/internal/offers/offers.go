// Package offers holds what a responder can say of an offer, and of a Proposal, without a
// profile.
package offers

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// SameSuite compares the transforms but those that are none.
func SameSuite(a, b ike.Proposal) bool {
	within := func(a, b ike.Proposal) bool {
		for _, t := range a.Transforms {
			if !IsNone(t) && !slices.ContainsFunc(b.Transforms, Same(t)) {
				return false
			}
		}
		return true
	}
	return within(a, b) && within(b, a)
}

// HoldsAll reports whether each of own is in one Proposal of an offer whole.
func HoldsAll(offer, own []ike.Proposal) bool {
	return !slices.ContainsFunc(own, func(p ike.Proposal) bool {
		return !slices.ContainsFunc(offer, func(q ike.Proposal) bool {
			return !slices.ContainsFunc(p.Transforms, func(t ike.Transform) bool { return !slices.ContainsFunc(q.Transforms, Same(t)) })
		})
	})
}

// IsNone reports whether a transform stands for the absence of its type.
func IsNone(t ike.Transform) bool {
	return t.ID == 0 && t.Type != ike.TransformENCR && t.Type != ike.TransformPRF
}

// Places returns the sum of the places that the chosen transforms have in own,
// among those of their type, weighed as OpenIKED does.
func Places(own, chosen ike.Proposal) int {
	sum := 0
	for _, c := range chosen.Transforms {
		for _, t := range own.Transforms {
			if Same(c)(t) {
				break
			}
			if t.Type == c.Type {
				switch t.Type {
				case ike.TransformENCR, ike.TransformINTEG:
					sum += 3
				case ike.TransformKE:
					sum += 2
				default:
					sum++
				}
			}
		}
	}
	return sum
}

// Distinct takes one method from each list, none of them twice but KE_NONE
// (RFC 9370, Section 2.2.2).
func Distinct(lists [][]ike.Transform, taken []ike.Transform) ([]ike.Transform, bool) {
	if len(lists) == 0 {
		return taken, true
	}
	for _, t := range lists[0] {
		again := func(o ike.Transform) bool { return o.ID == t.ID }
		if t.ID != uint16(ike.KE_NONE) && slices.ContainsFunc(taken, again) {
			continue
		}
		if all, ok := Distinct(lists[1:], append(taken[:len(taken):len(taken)], t)); ok {
			return all, true
		}
	}
	return nil, false
}

// Same compares the type, the ID and the Key Length.
func Same(a ike.Transform) func(ike.Transform) bool {
	bitsA, keyedA := a.KeyLength()
	return func(b ike.Transform) bool {
		bitsB, keyedB := b.KeyLength()
		return a.Type == b.Type && a.ID == b.ID && bitsA == bitsB && keyedA == keyedB
	}
}

// HasMethod reports whether any Proposal has the method as its first key exchange.
func HasMethod(offer []ike.Proposal, m ike.KeyExchangeMethod) bool {
	return slices.ContainsFunc(offer, func(p ike.Proposal) bool {
		return slices.ContainsFunc(p.Transforms, func(t ike.Transform) bool {
			return t.Type == ike.TransformKE && t.ID == uint16(m)
		})
	})
}

// UnknownAttribute reports whether an attribute is not Key Length.
func UnknownAttribute(a ike.Attribute) bool { return a.Type != ike.AttributeKeyLength }

// HasUnknownAttribute reports whether a transform has one.
func HasUnknownAttribute(t ike.Transform) bool {
	return slices.ContainsFunc(t.Attributes, UnknownAttribute)
}

// UnknownID reports whether a transform's ID has no registered number.
func UnknownID(t ike.Transform) bool {
	switch t.Type {
	case ike.TransformENCR:
		return !slices.Contains(ike.EncryptionIDs(), ike.EncryptionID(t.ID))
	case ike.TransformPRF:
		return !slices.Contains(ike.PRFIDs(), ike.PRFID(t.ID))
	case ike.TransformINTEG:
		return !slices.Contains(ike.IntegrityIDs(), ike.IntegrityID(t.ID))
	}
	return !slices.Contains(ike.KeyExchangeMethods(), ike.KeyExchangeMethod(t.ID))
}

// First returns the first transform of each type in the first Proposal, as
// one would who does not read them, but no INTEG beside an AEAD cipher.
func First(offer []ike.Proposal) (ike.Proposal, bool) {
	if len(offer) == 0 {
		return ike.Proposal{}, false
	}
	var chosen []ike.Transform
	taken := make(map[ike.TransformType]bool)
	aead := false
	for _, t := range offer[0].Transforms {
		if !taken[t.Type] {
			taken[t.Type] = true
			aead = aead || (t.Type == ike.TransformENCR && ike.EncryptionID(t.ID).AEAD())
			chosen = append(chosen, t)
		}
	}
	chosen = slices.DeleteFunc(chosen, func(t ike.Transform) bool {
		return IsNone(t) || (aead && t.Type == ike.TransformINTEG)
	})
	return ike.Proposal{Number: offer[0].Number, Protocol: ike.ProtocolIKE, Transforms: chosen}, len(chosen) > 0
}

// MethodOf returns the first key exchange of a chosen Proposal.
func MethodOf(p ike.Proposal) ike.KeyExchangeMethod {
	for _, t := range p.Transforms {
		if t.Type == ike.TransformKE {
			return ike.KeyExchangeMethod(t.ID)
		}
	}
	return ike.KE_NONE
}
