package iketest

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/internal/offers"
)

// A request is what selection looks at in an IKE_SA_INIT request.
type request struct {
	offer []ike.Proposal
	// ke is the method of the KE payload.
	ke ike.KeyExchangeMethod
	// intermediate: INTERMEDIATE_EXCHANGE_SUPPORTED was notified, without
	// which there are no additional key exchanges (RFC 9370, Section 2.2.1).
	intermediate bool
}

// Choose returns the Proposal that answers an offer, as a Responder with the
// profile and the policy would. ke is the method of the KE payload, and the
// initiator supports the IKE_INTERMEDIATE exchange. It is false where nothing is
// acceptable.
func (p *Profile) Choose(policy, offer []ike.Proposal, ke ike.KeyExchangeMethod) (ike.Proposal, bool) {
	return p.choose(policy, request{offer, ke, true})
}

// Accepts reports whether an IKE SA of suite, which has one transform of each
// type, can come about between the profile with the policy and an initiator
// that offers it alone, with a KE payload of its method. A suite is not accepted
// where the answer leaves out or adds a transform.
func (p *Profile) Accepts(policy []ike.Proposal, suite ike.Proposal) bool {
	offer, method := []ike.Proposal{suite}, offers.MethodOf(suite)
	if wanted, ok := p.wantedKE(policy, offer); ok && wanted != method {
		return false
	}
	if p.DeafAboveKE > 0 && method > p.DeafAboveKE {
		return false
	}
	chosen, ok := p.Choose(policy, offer, method)
	return ok && offers.SameSuite(chosen, suite)
}

// choose returns the Proposal that answers r, with one transform of each type
// but those that are none, and its number from the offer; false where nothing
// is acceptable.
func (p *Profile) choose(policy []ike.Proposal, r request) (ike.Proposal, bool) {
	if p.AcceptAll {
		return offers.First(r.offer)
	}
	r.offer = p.readProposals(r.offer)
	if p.WholeOffer && !offers.HoldsAll(r.offer, policy) {
		return ike.Proposal{}, false
	}
	if p.Preference == PreferInitiator {
		for _, offered := range r.offer {
			for _, own := range policy {
				if chosen, ok := p.matchKE(own, offered, r); ok {
					return chosen, true
				}
			}
		}
		return ike.Proposal{}, false
	}
	for _, own := range policy {
		var met []ike.Proposal
		for _, offered := range r.offer {
			if chosen, ok := p.matchKE(own, offered, r); ok {
				met = append(met, chosen)
			}
		}
		switch {
		case len(met) > 0 && p.Preference == PreferOwnBest:
			return slices.MinFunc(met, func(a, b ike.Proposal) int { return offers.Places(own, a) - offers.Places(own, b) }), true
		case len(met) > 0:
			return met[0], true
		}
	}
	return ike.Proposal{}, false
}

// matchKE selects from one Proposal of each side, with the method of the KE
// payload if the profile follows that and both have it.
func (p *Profile) matchKE(own, offered ike.Proposal, r request) (ike.Proposal, bool) {
	if p.FollowKE {
		if chosen, ok := p.match(own, offered, r, true); ok {
			return chosen, true
		}
	}
	return p.match(own, offered, r, false)
}

// match selects from one Proposal of each side.
func (p *Profile) match(own, offered ike.Proposal, r request, followKE bool) (ike.Proposal, bool) {
	ours, ok := new(Profile).byType(own) // the policy is known whole
	if !ok {
		return ike.Proposal{}, false
	}
	theirs, ok := p.byType(offered)
	if !ok || (p.RefuseMixed && theirs.Mixed()) || (p.RefuseNoneBeside && theirs.NoneBeside()) {
		return ike.Proposal{}, false
	}
	encryption, ok := p.selectEncryption(&ours, &theirs)
	if !ok {
		return ike.Proposal{}, false
	}
	prf := p.common(ours[ike.TransformPRF], theirs[ike.TransformPRF])
	if len(prf) == 0 {
		return ike.Proposal{}, false
	}
	kes := p.keyExchanges(&ours, &theirs, r, followKE)
	methods, ok := offers.Distinct(kes, nil)
	if !ok {
		return ike.Proposal{}, false
	}
	chosen := slices.Concat(encryption, prf[:1], methods)
	chosen = slices.DeleteFunc(chosen, offers.IsNone)
	p.order(chosen, offered)
	return ike.Proposal{Number: offered.Number, Protocol: ike.ProtocolIKE, Transforms: chosen}, true
}

// selectEncryption returns a cipher and the integrity algorithm that goes with
// it. An AEAD cipher takes none.
func (p *Profile) selectEncryption(ours, theirs *offers.Transforms) ([]ike.Transform, bool) {
	offered := theirs.OrNone(ike.TransformINTEG)
	for _, cipher := range p.common(ours[ike.TransformENCR], theirs[ike.TransformENCR]) {
		if !ike.EncryptionID(cipher.ID).AEAD() {
			if integ := p.common(ours.OrNone(ike.TransformINTEG), offered); len(integ) > 0 {
				return []ike.Transform{cipher, integ[0]}, true
			}
			continue
		}
		if p.takesAEAD(theirs[ike.TransformINTEG]) {
			return []ike.Transform{cipher}, true
		}
	}
	return nil, false
}

// takesAEAD reports whether an AEAD cipher may be selected beside the offered
// INTEG transforms.
func (p *Profile) takesAEAD(offered []ike.Transform) bool {
	none := ike.Transform{Type: ike.TransformINTEG, ID: uint16(ike.AUTH_NONE)}
	switch p.AEADInteg {
	case AEADIntegIgnored:
		return true
	case AEADIntegAbsent:
		return len(offered) == 0
	}
	return len(offered) == 0 || slices.ContainsFunc(offered, offers.Same(none))
}

// keyExchanges returns what both sides accept for KE and for ADDKE1 to ADDKE7.
func (p *Profile) keyExchanges(ours, theirs *offers.Transforms, r request, followKE bool) [][]ike.Transform {
	first := p.common(ours[ike.TransformKE], theirs[ike.TransformKE])
	if followKE {
		first = slices.DeleteFunc(first, func(t ike.Transform) bool { return t.ID != uint16(r.ke) })
	}
	kes := [][]ike.Transform{first}
	for t := ike.TransformADDKE1; t <= ike.TransformADDKE7; t++ {
		additional := p.common(ours.OrNone(t), theirs.OrNone(t))
		if !r.intermediate && !p.LateIntermediate {
			additional = slices.DeleteFunc(additional, func(t ike.Transform) bool { return t.ID != uint16(ike.KE_NONE) })
		}
		kes = append(kes, additional)
	}
	return kes
}

// common returns the offered transforms that ours has too, the preferred first.
func (p *Profile) common(ours, offered []ike.Transform) []ike.Transform {
	var both []ike.Transform
	if p.Preference == PreferInitiator {
		for _, t := range offered {
			if slices.ContainsFunc(ours, p.alike(t)) || (p.AcceptUnknown && offers.UnknownID(t)) {
				both = append(both, t)
			}
		}
		return both
	}
	for _, t := range ours {
		if i := slices.IndexFunc(offered, p.alike(t)); i >= 0 {
			both = append(both, offered[i])
		}
	}
	for _, t := range offered {
		if p.AcceptUnknown && offers.UnknownID(t) {
			both = append(both, t)
		}
	}
	return both
}

// alike compares what the profile reads of a transform.
func (p *Profile) alike(a ike.Transform) func(ike.Transform) bool {
	if !p.IgnoreKeyLength {
		return offers.Same(a)
	}
	return func(b ike.Transform) bool { return a.Type == b.Type && a.ID == b.ID }
}

// order sorts the chosen transforms as the profile sends them.
func (p *Profile) order(chosen []ike.Transform, offered ike.Proposal) {
	place := func(t ike.Transform) int { return slices.IndexFunc(offered.Transforms, offers.Same(t)) }
	if p.TransformOrder != nil {
		place = func(t ike.Transform) int {
			if i := slices.Index(p.TransformOrder, t.Type); i >= 0 {
				return i
			}
			return len(p.TransformOrder) + int(t.Type)
		}
	}
	slices.SortStableFunc(chosen, func(a, b ike.Transform) int { return place(a) - place(b) })
}
