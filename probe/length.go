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
func (s *scan) requestOctets(offer []proposals.Product, method ike.KeyExchangeMethod) int {
	return initiator.Offer{Products: offer, KE: method, NoRedirect: s.steadfast}.Octets()
}

// overhead returns the most octets that a request with a KE payload of method has
// beside its proposals.
func overhead(method ike.KeyExchangeMethod) int {
	const intermediate = 8 // INTERMEDIATE_EXCHANGE_SUPPORTED, beside additional key exchanges
	return initiator.Offer{KE: method}.Octets() + intermediate
}

// octetsAs returns the size of the request that asks offer.
func (s *scan) octetsAs(offer []proposals.Product) int {
	sent, method, _ := s.payload(offer)
	return s.requestOctets(sent, method)
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
	if s.limit > 0 {
		return octets > s.limit
	}
	silent := math.MaxInt // octets of the shortest request without an answer
	for try := octets; ; try = (s.longest() + silent) / 2 {
		offer := s.padded(try)
		n := s.octetsAs(offer)
		if n <= s.longest() || n >= silent {
			break // no proposal fits between
		}
		switch s.sound(ctx, s.offering(ctx, offer)).Outcome {
		case initiator.NotTried:
			return false
		case initiator.NoAnswer:
			silent = n
		}
		if s.longest() >= octets {
			return false
		}
	}
	if silent == math.MaxInt {
		return false // the control offer cannot be made as long
	}
	s.limit = s.longest()
	s.note("The gateway answers requests of %d octets, but not of %d or more: it drops what is long, or the path does. The scan asked in shorter requests.", s.limit, min(silent, octets))
	return true
}

// padded returns the control offer, its proposals repeated until the request
// has so many octets, if a datagram can hold them.
func (s *scan) padded(octets int) []proposals.Product {
	offer := slices.Clone(s.control)
	for i := 0; s.octetsAs(offer) < octets; i++ {
		longer := append(offer, s.control[i%len(s.control)])
		if s.octetsAs(longer) > maxDatagram {
			break
		}
		offer = longer
	}
	return offer
}

// longest returns the octets of the longest request that was answered.
func (s *scan) longest() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard.octets
}

// maxParts bounds the parts in place of one offer.
const maxParts = 512

// shorten splits offer until no part is longer than the gateway answers. What
// would take too many parts stays whole.
func (s *scan) shorten(offer []proposals.Product) [][]proposals.Product {
	if len(offer) == 0 {
		return nil
	}
	parts := [][]proposals.Product{offer}
	for i := 0; i < len(parts); {
		if !s.tooLong(parts[i]) {
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

// tooLong reports whether offer is longer than the gateway answers.
func (s *scan) tooLong(offer []proposals.Product) bool {
	return s.limit > 0 && s.octetsAs(offer) > s.limit
}
