package probe

import (
	"maps"
	"sync"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// gateway holds what a scan knows of the gateway. Its methods may be called
// concurrently.
type gateway struct {
	mu    sync.Mutex
	known knowledge
}

// now returns what is known.
func (g *gateway) now() knowledge {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.known
}

// learn changes what is known. It must not call methods of g.
func (g *gateway) learn(change func(*knowledge)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(&g.known)
}

// answered takes in the end of an IKE_SA_INIT exchange, whose request had so many
// octets.
func (g *gateway) answered(x initiator.Exchange, octets int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	k := &g.known
	k.taken = k.taken || x.Taken()
	k.refused = k.refused || x.Outcome == initiator.NoProposalChosen
	k.failure.add(x)
	if !x.Outcome.IsIKEv2() {
		return
	}
	k.longest = max(k.longest, octets)
	if !x.Taken() && x.Outcome != initiator.NoProposalChosen {
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

// setControl makes offer the control offer.
func (g *gateway) setControl(offer []proposals.Product, taken bool) {
	g.learn(func(k *knowledge) { k.control, k.takesControl = offer, taken })
}

// doubtControl notes that the control offer may be refused from now on.
func (g *gateway) doubtControl() {
	g.learn(func(k *knowledge) { k.takesControl = false })
}

// setRefusal notes how the gateway refuses, and returns r.
func (g *gateway) setRefusal(r refusal) refusal {
	g.learn(func(k *knowledge) { k.refusal = r })
	return r
}

// addIntolerance notes that an exchange showed the gateway to be intolerant of a.
func (g *gateway) addIntolerance(a proposals.Algorithm, exchange int) {
	g.learn(func(k *knowledge) { k.intolerances = plus(k.intolerances, a, exchange) })
}

// addDescribed notes that an accepted answer over t described the gateway.
func (g *gateway) addDescribed(t initiator.Transport) {
	g.learn(func(k *knowledge) { k.described = plus(k.described, t, true) })
}
