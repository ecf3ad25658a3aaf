package probe

import (
	"context"
	"math"
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

// octetsOf returns the size of the proposals of offer.
func octetsOf(offer []proposals.Product) int {
	n := 0
	for _, p := range offer {
		n += p.Octets()
	}
	return n
}

// findLimit looks for the longest request that the gateway answers, if that is
// shorter than octets, by repeating the proposals of the control offer. It
// reports whether there is such a limit.
func (s *scan) findLimit(ctx context.Context, octets int) bool {
	known := s.gateway.now()
	if known.limit > 0 {
		return octets > known.limit
	}
	longest := known.longest
	silent := math.MaxInt // octets of the shortest request without an answer
	for try := octets; ; try = (longest + silent) / 2 {
		offer := known.padded(try)
		n := known.octetsAs(offer)
		if n <= longest || n >= silent {
			break // no proposal fits between
		}
		switch s.sound(ctx, s.offering(ctx, offer)).Outcome {
		case initiator.NotTried:
			return false
		case initiator.NoAnswer:
			silent = n
		}
		if longest = s.gateway.now().longest; longest >= octets {
			return false
		}
	}
	if silent == math.MaxInt {
		return false // the control offer cannot be made as long
	}
	s.gateway.learn(func(k *knowledge) { k.limit = longest })
	s.journal.note(Note{Kind: NoteLimit, Count: longest, Of: min(silent, octets)})
	return true
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

// maxParts bounds the parts in place of one offer.
const maxParts = 512

// shorten splits offer until no part is longer than the gateway answers. What
// would take too many parts stays whole.
func (k knowledge) shorten(offer []proposals.Product) [][]proposals.Product {
	if len(offer) == 0 {
		return nil
	}
	parts := [][]proposals.Product{offer}
	for i := 0; i < len(parts); {
		if !k.tooLong(parts[i]) {
			i++
			continue
		}
		first, rest := halve(parts[i])
		if rest == nil || len(parts) == maxParts {
			return [][]proposals.Product{offer}
		}
		parts[i] = first
		parts = append(parts, rest)
	}
	return parts
}

// tooLong reports whether offer is longer than the gateway answers, or more than
// it reads.
func (k knowledge) tooLong(offer []proposals.Product) bool {
	return k.readsLess(offer) || k.limit > 0 && k.octetsAs(offer) > k.limit
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
