package gateway

import (
	"maps"
	"sync"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// Memory holds what a scan knows of the gateway. Its methods may be called
// concurrently.
type Memory struct {
	mu    sync.Mutex
	known Known
}

// Now returns what is known.
func (g *Memory) Now() Known {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.known
}

// Learn changes what is known. It must not call methods of g.
func (g *Memory) Learn(change func(*Known)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(&g.known)
}

// Answered takes in the end of an IKE_SA_INIT exchange, whose request had so many
// octets.
func (g *Memory) Answered(x initiator.Exchange, octets int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	k := &g.known
	k.Taken = k.Taken || x.Taken()
	k.Refused = k.Refused || x.Outcome == initiator.NoProposalChosen
	k.Failure.add(x)
	if !x.Outcome.IsIKEv2() {
		return
	}
	k.Longest = max(k.Longest, octets)
	if !x.Taken() && x.Outcome != initiator.NoProposalChosen && x.Outcome != initiator.InvalidKEPayload {
		return // it did not like something in it
	}
	read := maps.Clone(k.read)
	if read == nil {
		read = make(map[proposals.Algorithm]bool)
	}
	for a := range offers.Algorithms(x.Offer) {
		read[a] = true
	}
	k.read = read
}

// SetControl makes offer the control offer.
func (g *Memory) SetControl(offer []proposals.Product, taken bool) {
	g.Learn(func(k *Known) { k.Control, k.TakesControl = offer, taken })
}

// DoubtControl notes that the control offer may be refused from now on.
func (g *Memory) DoubtControl() {
	g.Learn(func(k *Known) { k.TakesControl = false })
}

// SetRefusal notes how the gateway refuses, and returns r.
func (g *Memory) SetRefusal(r Refusal) Refusal {
	g.Learn(func(k *Known) { k.Refusal = r })
	return r
}

// AddIntolerance notes that an exchange showed the gateway to be intolerant of a.
func (g *Memory) AddIntolerance(a proposals.Algorithm, exchange int) {
	g.Learn(func(k *Known) { k.Intolerances = plus(k.Intolerances, a, exchange) })
}

// AddDescribed notes that an accepted answer over t described the gateway.
func (g *Memory) AddDescribed(t initiator.Transport) {
	g.Learn(func(k *Known) { k.Described = plus(k.Described, t, true) })
}
