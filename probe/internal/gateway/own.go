package gateway

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// MethodsByLength returns the methods that can be computed, those whose public values
// are long last.
func MethodsByLength() []ike.KeyExchangeMethod {
	methods := keyexchange.Methods()
	slices.SortStableFunc(methods, func(m, n ike.KeyExchangeMethod) int { return cmp.Compare(Overhead(m), Overhead(n)) })
	return methods
}

// mostOwnParts is in how many requests of a gateway that answers short ones alone
// suites of one method are asked about: with additional key exchanges there would be
// hundreds.
const mostOwnParts = 8

// OwnParts returns the offers in which suites of the method m are asked about with a KE
// payload of m, or what a client offers with it where there are no suites. It notes
// those that cannot be asked about for the length of the requests.
func (g *Memory) OwnParts(suites []proposals.Product, m ike.KeyExchangeMethod) [][]proposals.Product {
	k := g.Now()
	if len(suites) == 0 {
		offer := offers.OnlyMethod(offers.MustParse(offers.ClientGreeting), m)
		if parts := k.Shorten(offer); k.RequestOctets(offer, m) <= MaxDatagram && k.areShort(parts) {
			return parts
		}
		return nil
	}
	var parts [][]proposals.Product
	for _, offer := range OffersOf(suites, m) {
		parts = append(parts, k.Shorten(offer)...)
	}
	if k.areShort(parts) {
		return parts
	}
	tooLong := []proposals.Algorithm{{Axis: proposals.KE, ID: uint16(m)}}
	if _, hybrid := offers.Hybrid(suites); len(hybrid) > 0 {
		tooLong = nil // classical suites of m can be asked about
		for a := range offers.Algorithms(hybrid) {
			if a.Axis >= proposals.ADDKE1 && !a.IsNone() {
				tooLong = append(tooLong, a)
			}
		}
	}
	g.Learn(func(k *Known) {
		for _, a := range tooLong {
			k.TooLong = plus(k.TooLong, a, k.LimitShown)
		}
	})
	return nil
}

// areShort reports whether the gateway answers offers, and they are few if it answers
// short ones alone.
func (k Known) areShort(parts [][]proposals.Product) bool {
	return k.Limit == 0 || len(parts) <= mostOwnParts && !slices.ContainsFunc(parts, func(offer []proposals.Product) bool { return k.OctetsAs(offer) > k.Limit })
}
