package probe

import (
	"context"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/proposals"
)

// decoys are methods that hardly a gateway takes any more, with short public
// values that every gateway knows.
var decoys = []ike.KeyExchangeMethod{ike.KE_MODP_768, ike.KE_ECP_521, ike.KE_MODP_1024, ike.KE_MODP_1536}

// findWay finds out how to ask the gateway, by the control offer, which it
// accepts: without opening IKE SAs, if that can be.
func (s *scan) findWay(ctx context.Context) {
	if !s.findNaming(ctx) {
		s.askOpening()
	}
}

// findNaming looks for a way in which the gateway names the key exchange method
// that it wants.
func (s *scan) findNaming(ctx context.Context) bool {
	known := methodsOf(s.control)[0]
	names := func(w way) bool {
		s.way = w
		a := s.insist(ctx, s.offering(ctx, s.control))
		return a.Outcome == InvalidKEPayload && a.Group == known
	}
	// What was accepted with a KE payload that does not fit stays at the
	// gateway until it times out, so there is no trying then.
	if s.halfOpen == 0 && names(byForeignKE) {
		return true
	}
	for _, s.decoy = range decoys {
		if s.halfOpen == 0 && s.decoy != known && names(byDecoy) {
			s.note("The gateway does not name the key exchange method that it wants where the KE payload is of one that was not offered; "+
				"so %v, which it does not take, was offered beside all others.", s.decoy)
			return true
		}
	}
	return false
}

// findWayAgain finds out how to ask a gateway of which it is known from an
// earlier scan what it takes, unless the greeting told. If it takes that no
// more, in no way, the earlier answers are given up.
func (s *scan) findWayAgain(ctx context.Context) {
	offer, ok := takenOf(s.target.Prior)
	if !ok || s.seen.taken {
		return
	}
	was := s.control
	s.control, s.controlTaken = offer, true
	if s.findNaming(ctx) {
		return
	}
	s.way = byOwnKE
	if a := s.insist(ctx, s.offering(ctx, s.control)); isTaken(a.Exchange) || a.Outcome == NotTried {
		s.askOpening()
		return
	}
	s.way, s.control, s.controlTaken = byForeignKE, was, false
	s.target.Prior, s.result.PriorDoubted = nil, true
	s.note("The gateway does not take what it took in the scan that this one went on from, so all was asked again: its policy changed.")
}

// takenOf returns an offer of one key exchange method that was taken.
func takenOf(prior []proposals.Asked) ([]proposals.Product, bool) {
	for _, a := range prior {
		method := a.KE
		if a.Suite != nil {
			method = a.Suite[proposals.KE]
		}
		if a.State == proposals.Accepted && method != (proposals.Algorithm{}) {
			return ofMethod(a.Products, ike.KeyExchangeMethod(method.ID)), true
		}
	}
	return nil, false
}

// askOpening has the gateway asked by accepted answers from now on.
func (s *scan) askOpening() {
	s.way = byOwnKE
	s.note("The gateway does not name the key exchange method that it wants, so the matrix was found by accepted answers, one method at a time, " +
		"each of which opens an IKE SA that has to be closed. Methods that this scanner cannot compute were not offered.")
}

// takesAnyway reports whether the gateway takes a common offer when the KE
// payload fits, though it took none when it did not. The control offer is then
// one that it takes.
func (s *scan) takesAnyway(ctx context.Context) bool {
	const longest = 512 // of a public value, to fit a datagram
	offer := mustParse(clientGreeting)
	was := s.way
	s.way = byOwnKE
	for _, m := range keyexchange.Methods() {
		if n, _, _ := keyexchange.Sizes(m); n > longest {
			continue
		}
		if a := s.insist(ctx, s.offering(ctx, onlyMethod(offer, m))); a.Outcome == Accepted {
			s.control, s.controlTaken = onlyMethod(offer, m), true
			s.way = was
			return true
		}
	}
	s.way = was
	return false
}
