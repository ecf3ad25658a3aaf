package client

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// FromPacket returns the policy of a captured IKE_SA_INIT request, which has no
// name and no source yet: its offer in its order, and the packet without the
// COOKIE that a retry carries. Proposals that a product cannot express are in the
// packet alone, and in a note.
func FromPacket(m *ike.Message) (Policy, error) {
	if m.MajorVersion != 2 || m.Exchange != ike.IKE_SA_INIT || m.Flags&ike.FlagResponse != 0 {
		return Policy{}, errors.New("it is not an IKE_SA_INIT request")
	}
	sa, hasSA := ike.Find[*ike.SA](m)
	ke, hasKE := ike.Find[*ike.KE](m)
	if !hasSA || !hasKE {
		return Policy{}, errors.New("it lacks an SA or a KE payload")
	}
	p := Policy{Syntax: SyntaxCapture, KE: ke.Method, Confidence: "captured"}
	for _, proposal := range sa.Proposals {
		product, err := proposals.ProductOf(proposal)
		if err != nil {
			p.Notes = append(p.Notes, fmt.Sprintf("In its packet, %v: this proposal is not used for predictions, only sent live.", err))
			continue
		}
		p.Offer = append(p.Offer, product)
	}
	if len(p.Offer) == 0 {
		return Policy{}, errors.New("none of its proposals can be written as keywords")
	}
	if !slices.ContainsFunc(p.Offer, func(o proposals.Product) bool {
		return slices.Contains(o[proposals.KE], proposals.Algorithm{Axis: proposals.KE, ID: uint16(ke.Method)})
	}) {
		p.Notes = append(p.Notes, fmt.Sprintf("Its KE payload is of %v, which it does not offer: scanners do this, but clients do not.", ke.Method))
	}
	packet := *m
	packet.Trailing = nil
	packet.Payloads = slices.DeleteFunc(slices.Clone(m.Payloads), func(payload ike.Payload) bool {
		n, ok := payload.(*ike.Notify)
		return ok && n.Notification == ike.COOKIE
	})
	p.Packet = &packet
	return p, nil
}
