package gateway

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// MaxDatagram is the most octets of a request that every path carries whole.
const MaxDatagram = 1232

// RequestOctets returns the size of the request that offers products with a KE
// payload of method.
func (k Known) RequestOctets(offer []proposals.Product, method ike.KeyExchangeMethod) int {
	return initiator.Offer{Products: offer, KE: method, NoRedirect: k.NoRedirect}.Octets()
}

// Brief leaves out of a request what a question about suites needs not, if the gateway
// answers none that is long: then more suites fit one.
func (k Known) Brief(o initiator.Offer) initiator.Offer {
	if k.Limit > 0 {
		o.NoRedirect, o.NATDetection = true, initiator.NoNATDetection
		o.Without = []ike.NotifyType{ike.IKEV2_FRAGMENTATION_SUPPORTED, ike.SIGNATURE_HASH_ALGORITHMS}
	}
	return o
}

// briefOctets is RequestOctets of a question about suites.
func (k Known) briefOctets(offer []proposals.Product, method ike.KeyExchangeMethod) int {
	return k.Brief(initiator.Offer{Products: offer, KE: method, NoRedirect: k.NoRedirect}).Octets()
}

// Overhead returns the most octets that a request with a KE payload of method has
// beside its proposals.
func Overhead(method ike.KeyExchangeMethod) int {
	const intermediate = 8 // INTERMEDIATE_EXCHANGE_SUPPORTED, beside additional key exchanges
	return initiator.Offer{KE: method}.Octets() + intermediate
}

// OctetsAs returns the size of the request that asks offer.
func (k Known) OctetsAs(offer []proposals.Product) int {
	sent, method, _ := k.Payload(offer)
	return k.briefOctets(sent, method)
}

// Padded returns the control offer, its proposals repeated, the last ones in part,
// until the request has so many octets, if a datagram can hold them.
func (k Known) Padded(octets int) []proposals.Product {
	offer := slices.Clone(k.Control)
	for i := 0; k.OctetsAs(offer) < octets; i++ {
		again := k.Control[i%len(k.Control)]
		longer := append(slices.Clip(offer), again)
		if suite, _ := again.First(); k.OctetsAs(longer) > octets {
			longer = append(slices.Clip(offer), suite.Product())
		}
		if k.OctetsAs(longer) > MaxDatagram {
			break
		}
		offer = longer
	}
	return offer
}

// Allowed returns the most octets of a request.
func (k Known) Allowed() int {
	if k.Limit > 0 {
		return min(k.Limit, MaxDatagram)
	}
	return MaxDatagram
}

// Room returns how many octets of an offer a request with a KE payload of m
// holds.
func (k Known) Room(m ike.KeyExchangeMethod) int { return k.Allowed() - Overhead(m) }
