package iketest

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/internal/esp"
	"github.com/ikescope/ikescope/ike/iketest/internal/offers"
)

// createChild answers a CREATE_CHILD_SA request for a Child SA (RFC 7296, Section 1.3.1),
// in the order of strongSwan: suite, key exchange method, traffic selectors.
func (s *server) createChild(sa *gatewaySA, m *ike.Message) (payloads []ike.Payload, answered bool) {
	refuse := func(n *ike.Notify) ([]ike.Payload, bool) { return []ike.Payload{n}, true }
	offer, hasSA := ike.Find[*ike.SA](m)
	nonce, hasNonce := ike.Find[*ike.Nonce](m)
	switch {
	case !sa.established || sa.login == nil:
		return nil, false
	case !hasSA || !hasNonce:
		return refuse(&ike.Notify{Notification: ike.INVALID_SYNTAX})
	}
	if len(offer.Proposals) > 0 && offer.Proposals[0].Protocol == ike.ProtocolIKE {
		return refuse(s.refuseRekey(sa, m, offer.Proposals))
	}
	chosen, ok := esp.Choose(sa.login.ESP, offer.Proposals)
	if !ok {
		return refuse(&ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN})
	}
	method := offers.MethodOf(chosen)
	if ke, ok := ike.Find[*ike.KE](m); method != ike.KE_NONE && (!ok || ke.Method != method) {
		return refuse(invalidKENotify(method))
	}
	if sa.login.Narrow {
		return refuse(&ike.Notify{Notification: ike.TS_UNACCEPTABLE})
	}
	chosen.SPI = []byte{0xc1, 0, 0, byte(s.stats.Children)}
	sa.children++
	s.stats.Children++
	s.stats.ChildrenLeft++
	out := []ike.Payload{&ike.SA{Proposals: []ike.Proposal{chosen}}, &ike.Nonce{Data: nonce.Data}}
	for _, p := range m.Payloads {
		if ts, ok := p.(*ike.TS); ok {
			out = append(out, ts)
		}
	}
	return out, true
}

// refuseRekey says why the IKE SA is not rekeyed as it is offered (RFC 7296, Section
// 1.3.2). With a KE payload of the right method it could be, which is not done here.
func (s *server) refuseRekey(sa *gatewaySA, m *ike.Message, offered []ike.Proposal) *ike.Notify {
	policy, method := s.policy, ike.KE_NONE
	if sa.login.Rekey != nil {
		policy = sa.login.Rekey
	}
	if ke, ok := ike.Find[*ike.KE](m); ok {
		method = ke.Method
	}
	offered = slices.Clone(offered)
	for i := range offered {
		if len(offered[i].SPI) != 8 {
			return &ike.Notify{Notification: ike.INVALID_SYNTAX}
		}
		offered[i].SPI = nil // as in IKE_SA_INIT
	}
	chosen, ok := s.profile.Choose(policy, offered, method)
	switch {
	case !ok:
		return &ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN}
	case offers.MethodOf(chosen) != method:
		return invalidKENotify(offers.MethodOf(chosen))
	}
	return &ike.Notify{Notification: ike.NO_ADDITIONAL_SAS}
}
