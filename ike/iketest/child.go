package iketest

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
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
	chosen, ok := sa.login.chooseESP(offer.Proposals)
	if !ok {
		return refuse(&ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN})
	}
	method := methodOf(chosen)
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

// chooseESP returns the first suite that it has and that is offered.
func (l *Login) chooseESP(offered []ike.Proposal) (ike.Proposal, bool) {
	for _, own := range l.ESP {
		for _, theirs := range offered {
			if chosen, ok := meet(own, theirs); ok {
				return chosen, true
			}
		}
	}
	return ike.Proposal{}, false
}

// meet returns the first transform of each type that both have. A type that one of them
// has not, the other may not have, but for short sequence numbers.
func meet(own, theirs ike.Proposal) (ike.Proposal, bool) {
	chosen := ike.Proposal{Number: theirs.Number, Protocol: ike.ProtocolESP}
	for _, t := range []ike.TransformType{ike.TransformENCR, ike.TransformINTEG, ike.TransformKE, ike.TransformSN} {
		of := func(p ike.Proposal) []ike.Transform {
			var out []ike.Transform
			for _, transform := range p.Transforms {
				if transform.Type == t {
					out = append(out, transform)
				}
			}
			if out == nil && t == ike.TransformSN {
				out = []ike.Transform{{Type: t}}
			}
			return out
		}
		ours, offered := of(own), of(theirs)
		if len(ours) == 0 && len(offered) == 0 {
			continue
		}
		i := slices.IndexFunc(ours, func(a ike.Transform) bool {
			return slices.ContainsFunc(offered, func(b ike.Transform) bool { return sameTransform(a, b) })
		})
		if i < 0 {
			return ike.Proposal{}, false
		}
		chosen.Transforms = append(chosen.Transforms, ours[i])
	}
	return chosen, true
}

func sameTransform(a, b ike.Transform) bool {
	x, _ := a.KeyLength()
	y, _ := b.KeyLength()
	return a.ID == b.ID && x == y
}
