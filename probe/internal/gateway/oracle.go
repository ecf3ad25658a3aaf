package gateway

import (
	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// Oracle is which KE payload goes with an offer, so that the answer shows what the
// gateway thinks of the offer.
type Oracle uint8

// The oracles, best first.
const (
	// ByForeignKE: with a KE payload of a method that is not in the offer.
	// The gateway selects a suite first and then asks for its method with
	// INVALID_KE_PAYLOAD, or has no proposal to choose. It keeps nothing.
	ByForeignKE Oracle = iota
	// ByDecoy: with a KE payload of a method that is put into the offer, and
	// that the gateway does not take. For gateways that refuse a method that
	// is not offered.
	ByDecoy
	// ByOwnKE: with a KE payload of the only method that is offered, so that
	// an acceptable offer is accepted, and the IKE SA has to be closed.
	ByOwnKE
)

// Payload returns the offer as it is sent and the method of its KE payload. It
// reports false if there is no such method that can be computed.
func (k Known) Payload(offer []proposals.Product) ([]proposals.Product, ike.KeyExchangeMethod, bool) {
	switch k.Oracle {
	case ByForeignKE:
		m, ok := offers.ForeignMethod(offer)
		return offer, m, ok
	case ByDecoy:
		return offers.WithMethod(offer, k.Decoy), k.Decoy, true
	default:
		methods := proposals.KeyExchangeMethods(offer)
		best := methods[0]
		for _, m := range methods {
			switch was := k.briefOctets(offer, best); {
			case keyexchange.Supported(best) && was <= k.Allowed():
				return offer, best, true
			case keyexchange.Supported(m) && (!keyexchange.Supported(best) || k.briefOctets(offer, m) < was):
				best = m
			}
		}
		return offer, best, keyexchange.Supported(best)
	}
}
