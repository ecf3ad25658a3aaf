package gateway

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// OffersOf returns those of suites with the method m as offers that fit a
// datagram with a KE payload of m. Where that nearly fills it, the datagram
// comes in fragments.
func OffersOf(suites []proposals.Product, m ike.KeyExchangeMethod) [][]proposals.Product {
	const least, fragmented, most = 300, 600, 15 // octets, octets, transforms of a type
	room := MaxDatagram - Overhead(m)
	if room < least {
		room = fragmented
	}
	var out [][]proposals.Product
	var offer []proposals.Product
	for parts := offers.OfMethod(suites, m); len(parts) > 0; parts = parts[1:] {
		p := parts[:1:1]
		for offers.Octets(p) > room || slices.ContainsFunc(p[0][:], func(list []proposals.Algorithm) bool { return len(list) > most }) {
			first, rest := offers.Halve(p)
			if rest == nil {
				break
			}
			p, parts = first, slices.Concat(first, rest, parts[1:])
		}
		if offers.Octets(offer)+offers.Octets(p) > room && len(offer) > 0 {
			out = append(out, offer)
			offer = nil
		}
		offer = append(offer, p...)
	}
	if len(offer) > 0 {
		out = append(out, offer)
	}
	return out
}

// TakenOf returns an offer of one key exchange method that was taken.
func TakenOf(prior []matrix.Asked) ([]proposals.Product, bool) {
	for _, a := range prior {
		method := a.KE
		if a.Suite != nil {
			method = a.Suite[proposals.KE]
		}
		if a.State == matrix.Accepted && method != (proposals.Algorithm{}) {
			return offers.OfMethod(a.Products, ike.KeyExchangeMethod(method.ID)), true
		}
	}
	return nil, false
}
