package gateway

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Watching returns an offer with the weak suites beside it, and the method of its
// KE payload. It reports false if they cannot be distinguished from the offer by their
// methods, or the request would be longer than what was answered before.
func (k Known) Watching(offer []proposals.Product) ([]proposals.Product, ike.KeyExchangeMethod, bool) {
	if len(offer) == 0 {
		return nil, 0, false
	}
	if _, many := offer[0].First(); len(offer) == 1 && many == proposals.NumAxes {
		return nil, 0, false // it is asked about alone
	}
	return k.WithWeak(offer, k.Weak)
}

// WithWeak is Watching for any offer, and for weak suites that need not be watched for.
func (k Known) WithWeak(offer, weak []proposals.Product) ([]proposals.Product, ike.KeyExchangeMethod, bool) {
	beside := withoutMethods(weak, proposals.KeyExchangeMethods(offer))
	if len(beside) == 0 || k.Oracle != ByForeignKE {
		return nil, 0, false
	}
	sent := append(slices.Clone(offer), beside...)
	method, ok := offers.ForeignMethod(sent)
	return sent, method, ok && k.RequestOctets(sent, method) <= k.Longest
}

// WatchingOwn is Watching for an offer that is asked with a KE payload of its own
// method m. It has one of the weak suites beside it where there is no room for all:
// no request becomes longer than a datagram by them.
func (k Known) WatchingOwn(offer []proposals.Product, m ike.KeyExchangeMethod) ([]proposals.Product, bool) {
	beside := withoutMethods(k.Weak, proposals.KeyExchangeMethods(offer))
	if len(beside) == 0 {
		return nil, false
	}
	room := k.Longest
	if k.RequestOctets(offer, m) <= MaxDatagram {
		room = min(room, MaxDatagram)
	}
	first, _ := beside[0].First()
	for _, weak := range [][]proposals.Product{beside, {first.Product()}} {
		if sent := append(slices.Clone(offer), weak...); k.RequestOctets(sent, m) <= room {
			return sent, true
		}
	}
	return nil, false
}

// withoutMethods returns suites but for those of methods.
func withoutMethods(suites []proposals.Product, methods []ike.KeyExchangeMethod) []proposals.Product {
	var out []proposals.Product
	for _, p := range suites {
		p[proposals.KE] = slices.DeleteFunc(slices.Clone(p[proposals.KE]), func(a proposals.Algorithm) bool {
			return slices.Contains(methods, proposals.MethodOf(a))
		})
		if p.Size() > 0 {
			out = append(out, p)
		}
	}
	return out
}

// RefusedOf returns what of offer the gateway refuses, which accepts what m says, as far
// as that fits the requests and the offers that it answers; else nothing.
func (k Known) RefusedOf(m *matrix.Matrix, offer []proposals.Product) []proposals.Product {
	var accepted, asked []proposals.Product
	for _, r := range m.Products {
		accepted = append(accepted, r.Product)
	}
	for _, p := range offer {
		for _, of := range m.Asked {
			if both, ok := p.Intersect(of); ok {
				asked = append(asked, both)
			}
		}
	}
	rest, err := matrix.Difference(asked, accepted)
	method, ok := offers.ForeignMethod(rest)
	if err != nil || len(rest) == 0 || !ok || k.ReadsLess(rest) || k.RequestOctets(rest, method) > k.Longest {
		return nil
	}
	return rest
}
