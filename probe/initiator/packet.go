package initiator

import (
	"errors"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// FirstPacket is a client's IKE_SA_INIT request, to be sent as that client
// sends it.
type FirstPacket struct {
	// Name is the client's. It is not sent.
	Name string
	// Proposals are sent octet for octet in their order, whatever they hold.
	Proposals []ike.Proposal
	// KE is the method of the KE payload.
	KE ike.KeyExchangeMethod
	// Payloads are those of a captured packet, and are sent in their order:
	// Proposals and KE as above in the places of its SA and KE payloads; a
	// nonce of our own, as long as the captured one; NAT detection hashes of
	// our addresses; no COOKIE, which was the client's; all else as it is. Nil
	// stands for the payloads of our own requests.
	Payloads []ike.Payload
}

// Products returns what each proposal offers, as a product that is empty where
// there is none, and whether that is all that stands in it.
func (p *FirstPacket) Products() (products []proposals.Product, whole []bool) {
	for _, proposal := range p.Proposals {
		product, all := productOf(proposal)
		products, whole = append(products, product), append(whole, all)
	}
	return products, whole
}

// productOf returns what a proposal offers, as a product, and whether that is
// all that stands in it. A Proposal with a transform type that a responder does
// not know has to be refused; a transform with an attribute that it does not
// know, too (RFC 7296, Section 3.3.6), but strongSwan overlooks the attribute.
func productOf(p ike.Proposal) (product proposals.Product, whole bool) {
	product, err := proposals.ProductOf(p)
	if err == nil {
		return product, true
	}
	p = withoutAttributes(p)
	p.Transforms = slices.DeleteFunc(p.Transforms, func(t ike.Transform) bool {
		_, known := proposals.AxisOf(t.Type)
		_, err := proposals.AlgorithmOf(t)
		return known && err != nil
	})
	product, _ = proposals.ProductOf(p)
	return product, false
}

// withoutAttributes returns p with no attribute but Key Length.
func withoutAttributes(p ike.Proposal) ike.Proposal {
	p.Transforms = slices.Clone(p.Transforms)
	for i, t := range p.Transforms {
		p.Transforms[i].Attributes = slices.DeleteFunc(slices.Clone(t.Attributes), func(a ike.Attribute) bool {
			return a.Type != ike.AttributeKeyLength
		})
	}
	return p
}

// Check says why a packet cannot be sent, or returns nil.
func (p *FirstPacket) Check() error {
	if len(p.Proposals) == 0 {
		return errors.New("it offers nothing")
	}
	if _, _, err := ike.AppendPayloads(nil, append([]ike.Payload{&ike.SA{Proposals: p.Proposals}}, p.Payloads...)); err != nil {
		return err
	}
	m := &ike.Message{Payloads: p.Payloads}
	_, sa := ike.Find[*ike.SA](m)
	_, ke := ike.Find[*ike.KE](m)
	_, nonce := ike.Find[*ike.Nonce](m)
	if p.Payloads != nil && !(sa && ke && nonce) {
		return errors.New("its packet lacks an SA, KE or Nonce payload")
	}
	return nil
}

// nonceLen returns how long the nonce of the packet is.
func (p *FirstPacket) nonceLen() int {
	if nonce, ok := ike.Find[*ike.Nonce](&ike.Message{Payloads: p.Payloads}); ok {
		return len(nonce.Data)
	}
	return nonceLen
}

// payloads returns those of the captured packet, with ours, which are payloads
// of each type in question, in place of what has to be ours.
func (p *FirstPacket) payloads(ours []ike.Payload) []ike.Payload {
	var out []ike.Payload
	for _, theirs := range p.Payloads {
		switch n, _ := theirs.(*ike.Notify); {
		case n != nil && n.Notification == ike.COOKIE:
			continue
		case n != nil && n.Notification != ike.NAT_DETECTION_SOURCE_IP && n.Notification != ike.NAT_DETECTION_DESTINATION_IP:
		default:
			if i := slices.IndexFunc(ours, func(o ike.Payload) bool { return sameKind(o, theirs) }); i >= 0 {
				theirs = ours[i]
			}
		}
		out = append(out, theirs)
	}
	return out
}

// sameKind reports whether two payloads are of one type, and notifies of one
// type.
func sameKind(p, q ike.Payload) bool {
	n, ok := p.(*ike.Notify)
	m, _ := q.(*ike.Notify)
	return p.Type() == q.Type() && (!ok || n.Notification == m.Notification)
}
