package probe

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// maxDatagram is the most octets of a request that every path carries whole.
const maxDatagram = 1232

// requestOctets returns the size of the request that offers products with a KE
// payload of method.
func (k knowledge) requestOctets(offer []proposals.Product, method ike.KeyExchangeMethod) int {
	return initiator.Offer{Products: offer, KE: method, NoRedirect: k.noRedirect}.Octets()
}

// overhead returns the most octets that a request with a KE payload of method has
// beside its proposals.
func overhead(method ike.KeyExchangeMethod) int {
	const intermediate = 8 // INTERMEDIATE_EXCHANGE_SUPPORTED, beside additional key exchanges
	return initiator.Offer{KE: method}.Octets() + intermediate
}

// octetsAs returns the size of the request that asks offer.
func (k knowledge) octetsAs(offer []proposals.Product) int {
	sent, method, _ := k.payload(offer)
	return k.requestOctets(sent, method)
}

// padded returns the control offer, its proposals repeated until the request
// has so many octets, if a datagram can hold them.
func (k knowledge) padded(octets int) []proposals.Product {
	offer := slices.Clone(k.control)
	for i := 0; k.octetsAs(offer) < octets; i++ {
		longer := append(offer, k.control[i%len(k.control)])
		if k.octetsAs(longer) > maxDatagram {
			break
		}
		offer = longer
	}
	return offer
}

// allowed returns the most octets of a request.
func (k knowledge) allowed() int {
	if k.limit > 0 {
		return min(k.limit, maxDatagram)
	}
	return maxDatagram
}

// room returns how many octets of an offer a request with a KE payload of m
// holds.
func (k knowledge) room(m ike.KeyExchangeMethod) int { return k.allowed() - overhead(m) }
