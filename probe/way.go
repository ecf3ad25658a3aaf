package probe

import (
	"context"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
)

// decoys are methods that hardly a gateway takes any more, with short public
// values that every gateway knows.
var decoys = []ike.KeyExchangeMethod{ike.KE_MODP_768, ike.KE_ECP_521, ike.KE_MODP_1024, ike.KE_MODP_1536}

// findWay finds out how to ask the gateway, by the control offer, which it
// accepts: without opening IKE SAs, if that can be.
func (s *scan) findWay(ctx context.Context) {
	known := methodsOf(s.control)[0]
	names := func(w way) bool {
		s.way = w
		a := s.insist(ctx, s.offering(ctx, s.control))
		return a.Outcome == InvalidKEPayload && a.Group == known
	}
	// What was accepted with a KE payload that does not fit stays at the
	// gateway until it times out, so there is no trying then.
	if s.halfOpen == 0 && names(byForeignKE) {
		return
	}
	for _, s.decoy = range decoys {
		if s.halfOpen == 0 && s.decoy != known && names(byDecoy) {
			s.note("The gateway does not name the key exchange method that it wants where the KE payload is of one that was not offered; "+
				"so %v, which it does not take, was offered beside all others.", s.decoy)
			return
		}
	}
	s.askOpening()
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
