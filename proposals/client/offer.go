package client

import (
	"fmt"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// What bounds the work that a configuration makes, far above what people have.
const (
	maxSections  = 1000 // of a file, and so its connections
	maxNesting   = 32   // of sections in each other, and of templates
	maxSettings  = 20_000
	maxValue     = 8192 // octets
	maxProposals = 255  // of an offer: their number is an octet
)

// policyOf returns the policy of the connection name that offers products. Its
// KE payload is of the first key exchange method, as the daemons send it.
func policyOf(product, name string, line int, offer []proposals.Product) (Policy, error) {
	if len(offer) > maxProposals {
		return Policy{}, fault(line, "", fmt.Sprintf(
			"%d proposals do not fit an SA payload, which holds at most %d", len(offer), maxProposals))
	}
	for i, p := range offer {
		if n := len(p.Proposal(1).Transforms); n > 255 {
			return Policy{}, fault(line, "", fmt.Sprintf(
				"proposal %d has %d algorithms, and a Proposal holds at most 255", i+1, n))
		}
	}
	return Policy{
		Name:    name,
		Product: product,
		line:    line,
		Offer:   offer,
		KE:      ike.KeyExchangeMethod(offer[0][proposals.KE][0].ID),
	}, nil
}

// defaultOf returns the policy of [Policies] that a daemon has where its
// configuration says nothing.
func defaultOf(name string) Policy {
	p, ok := Named(name)
	if !ok {
		panic("client: internal error: no policy " + name)
	}
	return p
}

// byDefault is [defaultOf] with a note on why it is this policy.
func byDefault(name, why string) Policy {
	p := defaultOf(name)
	p.Aliases = nil
	p.Notes = append([]string{why + " That is the policy " + p.Name + "."}, p.Notes...)
	return p
}
