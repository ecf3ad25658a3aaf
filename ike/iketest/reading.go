package iketest

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/internal/offers"
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
			return (p.UnknownAttribute == RejectUnknown && offers.HasUnknownAttribute(t)) ||
				(p.UnknownType == RejectUnknown && p.unknownType(t))
		})
	})
}

// byType returns the transforms of a Proposal that the profile can read. It is
// false for a Proposal that is not for IKE or, unless the profile ignores it, has
// a type that it does not know: "If the responder is presented with a Proposal that contains a Transform Type
// it does not understand [...] it MUST consider this proposal unacceptable"
// (RFC 7296, Section 3.3.6).
func (p *Profile) byType(proposal ike.Proposal) (offers.Transforms, bool) {
	var all offers.Transforms
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
		if offers.HasUnknownAttribute(t) {
			if p.UnknownAttribute != IgnoreUnknown {
				continue
			}
			t.Attributes = slices.DeleteFunc(slices.Clone(t.Attributes), offers.UnknownAttribute)
		}
		all[t.Type] = append(all[t.Type], t)
	}
	return all, true
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

// wantedKE returns the method that a KE payload must have before the offer is
// looked at; false where there is none.
func (p *Profile) wantedKE(policy, offer []ike.Proposal) (ike.KeyExchangeMethod, bool) {
	if p.KECheck == CheckSelected {
		return 0, false
	}
	for _, own := range policy {
		for _, t := range own.Transforms {
			m := ike.KeyExchangeMethod(t.ID)
			if t.Type == ike.TransformKE && (p.KECheck == CheckOwn || offers.HasMethod(p.readProposals(offer), m)) {
				return m, true
			}
		}
	}
	return 0, false
}
