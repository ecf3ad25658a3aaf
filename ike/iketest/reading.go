package iketest

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// readProposals returns those that the profile looks at.
func (p *Profile) readProposals(offer []ike.Proposal) []ike.Proposal {
	if p.ProposalsRead > 0 && len(offer) > p.ProposalsRead {
		return offer[:p.ProposalsRead]
	}
	return offer
}

// tooLong reports whether the SA payload is longer than the profile takes.
func (p *Profile) tooLong(sa *ike.SA) bool {
	if p.MostProposals > 0 && len(sa.Proposals) > p.MostProposals {
		return true
	}
	if p.MostOctets > 0 {
		octets, _, err := ike.AppendPayloads(nil, []ike.Payload{sa})
		if err != nil || len(octets) > p.MostOctets {
			return true
		}
	}
	return p.MostTransforms > 0 && slices.ContainsFunc(sa.Proposals, func(proposal ike.Proposal) bool {
		count := make(map[ike.TransformType]int)
		for _, t := range proposal.Transforms {
			count[t.Type]++
			if count[t.Type] > p.MostTransforms {
				return true
			}
		}
		return false
	})
}

// rejects reports whether an offer holds something that the profile answers
// with INVALID_SYNTAX.
func (p *Profile) rejects(offer []ike.Proposal) bool {
	if p.UnknownAttribute != RejectUnknown && p.UnknownType != RejectUnknown {
		return false
	}
	return slices.ContainsFunc(offer, func(proposal ike.Proposal) bool {
		return slices.ContainsFunc(proposal.Transforms, func(t ike.Transform) bool {
			return (p.UnknownAttribute == RejectUnknown && hasUnknownAttribute(t)) ||
				(p.UnknownType == RejectUnknown && p.unknownType(t))
		})
	})
}

// transforms holds those of one Proposal by their type.
type transforms [ike.TransformADDKE7 + 1][]ike.Transform

// byType returns the transforms of a Proposal that the profile can read. It is
// false for a Proposal that is not for IKE or, unless the profile ignores it, has
// a type that it does not know: "If the responder is presented with a Proposal that contains a Transform Type
// it does not understand [...] it MUST consider this proposal unacceptable"
// (RFC 7296, Section 3.3.6).
func (p *Profile) byType(proposal ike.Proposal) (transforms, bool) {
	var all transforms
	if proposal.Protocol != ike.ProtocolIKE || len(proposal.SPI) != 0 {
		return all, false
	}
	var read [len(all)]int
	for _, t := range proposal.Transforms {
		if p.unknownType(t) {
			if p.UnknownType != IgnoreUnknown {
				return all, false
			}
			continue
		}
		read[t.Type]++
		if p.TransformsRead > 0 && read[t.Type] > p.TransformsRead {
			continue
		}
		if hasUnknownAttribute(t) {
			if p.UnknownAttribute != IgnoreUnknown {
				continue
			}
			t.Attributes = slices.DeleteFunc(slices.Clone(t.Attributes), unknownAttribute)
		}
		all[t.Type] = append(all[t.Type], t)
	}
	return all, true
}

func unknownAttribute(a ike.Attribute) bool { return a.Type != ike.AttributeKeyLength }

func hasUnknownAttribute(t ike.Transform) bool {
	return slices.ContainsFunc(t.Attributes, unknownAttribute)
}

// unknownType reports whether the profile does not know a transform's type, or
// knows it for other protocols only.
func (p *Profile) unknownType(t ike.Transform) bool {
	last := ike.TransformADDKE7
	if p.NoAdditionalKE {
		last = ike.TransformKE
	}
	return t.Type == 0 || t.Type == ike.TransformSN || t.Type > last
}

// unknownID reports whether a transform's ID has no registered number.
func unknownID(t ike.Transform) bool {
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

// firstOf returns the first transform of each type in the first Proposal, as
// one would who does not read them, but no INTEG beside an AEAD cipher.
func firstOf(offer []ike.Proposal) (ike.Proposal, bool) {
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
		return isNone(t) || (aead && t.Type == ike.TransformINTEG)
	})
	return ike.Proposal{Number: offer[0].Number, Protocol: ike.ProtocolIKE, Transforms: chosen}, len(chosen) > 0
}

// wantedKE returns the method that a KE payload must have before the offer is
// looked at; false where there is none.
func (p *Profile) wantedKE(policy, offer []ike.Proposal) (ike.KeyExchangeMethod, bool) {
	if p.KECheck == CheckSelected {
		return 0, false
	}
	for _, own := range policy {
		for _, t := range own.Transforms {
			m := ike.KeyExchangeMethod(t.ID)
			if t.Type == ike.TransformKE && (p.KECheck == CheckOwn || offers(p.readProposals(offer), m)) {
				return m, true
			}
		}
	}
	return 0, false
}
