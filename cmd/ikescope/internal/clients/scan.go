package clients

import (
	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Hypotheses returns what a gateway may hold: what the named clients offer, and
// what is well-known.
func Hypotheses(clients []client.Policy) []matrix.Hypothesis {
	var all []matrix.Hypothesis
	for _, c := range clients {
		all = append(all, matrix.Hypothesis{Name: c.Name, Products: c.Offer})
	}
	for name, products := range client.Held() {
		all = append(all, matrix.Hypothesis{Name: name, Products: products})
	}
	return all
}

// Offers returns what clients offer.
func Offers(policies []client.Policy) []choice.Question {
	var out []choice.Question
	for _, p := range policies {
		if !p.Responder && len(p.Offer) > 0 {
			out = append(out, choice.Question{Offer: p.Offer, KE: p.KE})
		}
	}
	return out
}

// FirstPackets returns what clients send first.
func FirstPackets(clients []client.Policy) []initiator.FirstPacket {
	var out []initiator.FirstPacket
	for _, p := range clients {
		var payloads []ike.Payload
		if p.Packet != nil {
			payloads = p.Packet.Payloads
		}
		out = append(out, initiator.FirstPacket{Name: p.Name, Proposals: p.Proposals(), KE: p.KE, Payloads: payloads})
	}
	return out
}
