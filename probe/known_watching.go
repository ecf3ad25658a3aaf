package probe

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// watching returns an offer with the weak suites beside it, and the method of its
// KE payload. It reports false if they cannot be told from the offer by their
// methods, or the request would be longer than what was answered before.
func (k knowledge) watching(offer []proposals.Product) ([]proposals.Product, ike.KeyExchangeMethod, bool) {
	if len(k.weak) == 0 || k.oracle != byForeignKE || len(offer) == 0 {
		return nil, 0, false
	}
	if _, many := offer[0].First(); len(offer) == 1 && many == proposals.NumAxes {
		return nil, 0, false // it is asked about alone
	}
	theirs := proposals.KeyExchangeMethods(offer)
	var beside []proposals.Product
	for _, p := range k.weak {
		p[proposals.KE] = slices.DeleteFunc(slices.Clone(p[proposals.KE]), func(a proposals.Algorithm) bool {
			return slices.Contains(theirs, proposals.MethodOf(a))
		})
		if p.Size() > 0 {
			beside = append(beside, p)
		}
	}
	if len(beside) == 0 {
		return nil, 0, false
	}
	sent := append(slices.Clone(offer), beside...)
	method, ok := offers.ForeignMethod(sent)
	return sent, method, ok && k.requestOctets(sent, method) <= k.longest
}

// impossiblePacket returns an offer of these kinds, whose proposals have a decoy
// among their methods, if there is one.
func (k knowledge) impossiblePacket(kinds ...offers.Impossibility) *initiator.FirstPacket {
	packet := &initiator.FirstPacket{Name: "control"}
	for _, kind := range kinds {
		for _, p := range offers.Impossible(k.control, kind) {
			if k.oracle == byDecoy {
				p = offers.WithMethod([]proposals.Product{p}, k.decoy)[0]
			}
			proposal := p.Proposal(uint8(len(packet.Proposals) + 1))
			if kind == offers.UnknownType {
				proposal.Transforms = append(proposal.Transforms, ike.Transform{Type: offers.NobodysType, ID: 1})
			}
			packet.Proposals = append(packet.Proposals, proposal)
		}
	}
	return packet
}
