package gateway

import (
	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// ImpossiblePacket returns an offer of these kinds, whose proposals have a decoy
// among their methods, if there is one.
func (k Known) ImpossiblePacket(kinds ...offers.Impossibility) *initiator.FirstPacket {
	packet := &initiator.FirstPacket{Name: "control"}
	for _, kind := range kinds {
		for _, p := range offers.Impossible(k.Control, kind) {
			if k.Oracle == ByDecoy {
				p = offers.WithMethod([]proposals.Product{p}, k.Decoy)[0]
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
