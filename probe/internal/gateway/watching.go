package gateway

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// Watching returns an offer with the weak suites beside it, and the method of its
// KE payload. It reports false if they cannot be distinguished from the offer by their
// methods, or the request would be longer than what was answered before.
func (k Known) Watching(offer []proposals.Product) ([]proposals.Product, ike.KeyExchangeMethod, bool) {
	if len(k.Weak) == 0 || k.Oracle != ByForeignKE || len(offer) == 0 {
		return nil, 0, false
	}
	if _, many := offer[0].First(); len(offer) == 1 && many == proposals.NumAxes {
		return nil, 0, false // it is asked about alone
	}
	theirs := proposals.KeyExchangeMethods(offer)
	var beside []proposals.Product
	for _, p := range k.Weak {
		p[proposals.KE] = slices.DeleteFunc(slices.Clone(p[proposals.KE]), func(a proposals.Algorithm) bool {
			return slices.Contains(theirs, proposals.MethodOf(a))
		})
		if p.Size() > 0 {
			beside = append(beside, p)
		}
	}
	if len(beside) == 0 {
		return nil, 0, false
	}
	sent := append(slices.Clone(offer), beside...)
	method, ok := offers.ForeignMethod(sent)
	return sent, method, ok && k.RequestOctets(sent, method) <= k.Longest
}
