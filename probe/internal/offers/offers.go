package offers

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/proposals"
)

// ForeignMethod returns a key exchange method that offer does not hold, so that the
// gateway cannot select it. The first ones are known to every gateway and
// their public values are short. It reports false if offer holds them all.
func ForeignMethod(offer []proposals.Product) (ike.KeyExchangeMethod, bool) {
	first := []ike.KeyExchangeMethod{ike.KE_ECP_256, ike.KE_ECP_384, ike.KE_ECP_521, ike.KE_MODP_1024, ike.KE_MODP_2048}
	for _, m := range append(first, keyexchange.Methods()...) {
		if !proposals.HasKeyExchange(offer, m) {
			return m, true
		}
	}
	return 0, false
}

// OnlyMethod returns offer with the key exchange method m in place of all
// others.
func OnlyMethod(offer []proposals.Product, m ike.KeyExchangeMethod) []proposals.Product {
	out := slices.Clone(offer)
	for i := range out {
		out[i][proposals.KE] = []proposals.Algorithm{{Axis: proposals.KE, ID: uint16(m)}}
	}
	return out
}

// WithMethod returns offer with the key exchange method m beside all others.
func WithMethod(offer []proposals.Product, m ike.KeyExchangeMethod) []proposals.Product {
	out := slices.Clone(offer)
	a := proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)}
	for i, p := range out {
		if !slices.Contains(p[proposals.KE], a) {
			out[i][proposals.KE] = append(slices.Clone(p[proposals.KE]), a)
		}
	}
	return out
}

// Halve splits the products of offer, or the longest list of the only one. The
// rest is nil for a single suite.
func Halve(offer []proposals.Product) (first, rest []proposals.Product) {
	if half := len(offer) / 2; half > 0 {
		return offer[:half:half], offer[half:]
	}
	p := offer[0]
	longest := proposals.ENCR
	for axis, list := range p {
		if len(list) > len(p[longest]) {
			longest = proposals.Axis(axis)
		}
	}
	list := p[longest]
	if len(list) < 2 {
		return offer, nil
	}
	q := p
	p[longest], q[longest] = list[:len(list)/2], list[len(list)/2:]
	return []proposals.Product{p}, []proposals.Product{q}
}

// OfMethod returns the part of offer with the key exchange method m.
func OfMethod(offer []proposals.Product, m ike.KeyExchangeMethod) []proposals.Product {
	a := proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)}
	var out []proposals.Product
	for _, p := range offer {
		if slices.Contains(p[proposals.KE], a) {
			p[proposals.KE] = []proposals.Algorithm{a}
			out = append(out, p)
		}
	}
	return out
}

// Algorithms ranges over the algorithms of offer, some perhaps again and again.
func Algorithms(offer []proposals.Product) iter.Seq[proposals.Algorithm] {
	return func(yield func(proposals.Algorithm) bool) {
		for _, p := range offer {
			for _, list := range p {
				for _, a := range list {
					if !yield(a) {
						return
					}
				}
			}
		}
	}
}

// Octets returns the size of the proposals of offer.
func Octets(offer []proposals.Product) int {
	n := 0
	for _, p := range offer {
		n += p.Octets()
	}
	return n
}

// Largest returns the n of offers that hold the most suites, and sorts offers for
// that.
func Largest(offers [][]proposals.Product, n int) [][]proposals.Product {
	slices.SortStableFunc(offers, func(a, b []proposals.Product) int { return cmp.Compare(Size(b), Size(a)) })
	return offers[:min(n, len(offers))]
}

// Size returns how many suites offer holds, at most.
func Size(offer []proposals.Product) float64 {
	size := 0.0
	for _, p := range offer {
		size += math.Min(float64(p.Size()), math.MaxInt64)
	}
	return size
}

// WithoutMethod returns offer with the method m taken away.
func WithoutMethod(offer []proposals.Product, m ike.KeyExchangeMethod) []proposals.Product {
	var out []proposals.Product
	for _, p := range offer {
		p[proposals.KE] = slices.DeleteFunc(slices.Clone(p[proposals.KE]), func(a proposals.Algorithm) bool { return a.ID == uint16(m) })
		if len(p[proposals.KE]) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// MustParse returns the offer that s writes, which is part of this program: it
// panics if s is not one.
func MustParse(s string) []proposals.Product {
	products, err := proposals.ParseProducts(s)
	if err != nil {
		panic("offers: internal error: " + err.Error())
	}
	return products
}

// Hybrid returns those of suites without additional key exchanges, and those with them.
func Hybrid(suites []proposals.Product) (classical, hybrid []proposals.Product) {
	for _, p := range suites {
		if slices.ContainsFunc(p[proposals.ADDKE1:], func(list []proposals.Algorithm) bool { return len(list) > 0 }) {
			hybrid = append(hybrid, p)
		} else {
			classical = append(classical, p)
		}
	}
	return classical, hybrid
}
