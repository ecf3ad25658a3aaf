package probe

import (
	"context"
	"slices"

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

// takesAnyway reports whether the gateway takes something when the KE payload
// fits, though it took nothing when it did not: of a client's offer, or of the
// suites that are asked about. The control offer is then one that it takes.
func (s *scan) takesAnyway(ctx context.Context) bool {
	was := s.way
	s.way = byOwnKE
	defer func() { s.way = was }()
	common := mustParse(clientGreeting)
	if s.takesOf(ctx, func(m ike.KeyExchangeMethod) [][]proposals.Product {
		return [][]proposals.Product{onlyMethod(common, m)}
	}) {
		return true
	}
	if name, _ := s.onlyError(); name != "" {
		return false // it does not come to the proposals
	}
	return s.takesOf(ctx, s.classicalOffers)
}

// takesOf asks the offers of each method, one after the other, until one is
// accepted, whose suite is then the control offer.
func (s *scan) takesOf(ctx context.Context, offersOf func(ike.KeyExchangeMethod) [][]proposals.Product) bool {
	for _, m := range keyexchange.Methods() {
		for _, offer := range offersOf(m) {
			if requestOctets(offer, m) > maxDatagram {
				continue
			}
			a := s.insist(ctx, s.offering(ctx, offer))
			switch {
			case a.Outcome == NotTried:
				return false // the scan is over
			case a.Outcome == Accepted && slices.ContainsFunc(offer, func(p proposals.Product) bool { return p.Contains(*a.Suite) }):
				s.control, s.controlTaken = []proposals.Product{a.Suite.Product()}, true
				return true
			}
		}
	}
	return false
}

// classicalOffers returns the suites with the method m that are asked about,
// without additional key exchanges, as offers that fit a datagram with a KE
// payload of m, unless that alone nearly fills it.
func (s *scan) classicalOffers(m ike.KeyExchangeMethod) [][]proposals.Product {
	const most = 5 // ciphers at a time
	var out [][]proposals.Product
	var offer []proposals.Product
	for _, p := range ofMethod(s.universe().Products(), m) {
		if slices.ContainsFunc(p[proposals.ADDKE1:], func(list []proposals.Algorithm) bool { return len(list) > 0 }) {
			continue
		}
		for ciphers := range slices.Chunk(p[proposals.ENCR], most) {
			p[proposals.ENCR] = ciphers
			if len(offer) > 0 && requestOctets(append(offer, p), m) > maxDatagram {
				out = append(out, offer)
				offer = nil
			}
			offer = append(slices.Clip(offer), p)
		}
	}
	if len(offer) > 0 {
		out = append(out, offer)
	}
	return out
}
