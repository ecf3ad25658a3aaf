package probe

import (
	"context"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// decoys are methods that hardly a gateway takes any more, with short public
// values that every gateway knows.
var decoys = []ike.KeyExchangeMethod{ike.KE_MODP_768, ike.KE_ECP_521, ike.KE_MODP_1024, ike.KE_MODP_1536}

// findOracle finds out how to ask the gateway, by the control offer, which it
// accepts: without opening IKE SAs, if that can be.
func (s *scan) findOracle(ctx context.Context) {
	if !s.findNaming(ctx) {
		s.askOpening()
	}
}

// findNaming looks for an oracle with which the gateway names the key exchange
// method that it wants.
func (s *scan) findNaming(ctx context.Context) bool {
	method := proposals.KeyExchangeMethods(s.gateway.Now().Control)[0]
	names := func(o gateway.Oracle, decoy ike.KeyExchangeMethod) bool {
		if s.halfOpens.MayLackKeys() {
			// What was accepted with a KE payload that does not fit stays at
			// the gateway until it times out, so there is no trying then.
			return false
		}
		s.gateway.Learn(func(k *gateway.Known) { k.Oracle, k.Decoy = o, decoy })
		a := s.insist(ctx, s.offeringControl(ctx))
		return a.Outcome == initiator.InvalidKEPayload && a.Group == method
	}
	if names(gateway.ByForeignKE, 0) {
		return true
	}
	for _, decoy := range decoys {
		if decoy != method && names(gateway.ByDecoy, decoy) {
			s.journal.Note(evidence.Note{Kind: evidence.NoteDecoy, KE: decoy})
			return true
		}
	}
	return false
}

// findOracleAgain finds out how to ask a gateway of which it is known from an
// earlier scan what it takes, unless the greeting showed it. If it takes that no
// more, in no way, the earlier answers are given up.
func (s *scan) findOracleAgain(ctx context.Context) {
	offer, ok := gateway.TakenOf(s.target.Prior)
	was := s.gateway.Now()
	if !ok || was.Taken {
		return
	}
	s.gateway.SetControl(offer, true)
	if s.findNaming(ctx) {
		return
	}
	s.gateway.Learn(func(k *gateway.Known) { k.Oracle = gateway.ByOwnKE })
	if a := s.insist(ctx, s.offeringControl(ctx)); a.Taken() || a.Outcome == initiator.NotTried {
		s.askOpening()
		return
	}
	s.gateway.Learn(func(k *gateway.Known) { k.Oracle, k.Control, k.TakesControl = gateway.ByForeignKE, was.Control, false })
	s.target.Prior, s.result.PriorDoubted = nil, true
	s.journal.Note(evidence.Note{Kind: evidence.NotePriorRefused})
}

// askOpening has the gateway asked by accepted answers from now on.
func (s *scan) askOpening() {
	s.gateway.Learn(func(k *gateway.Known) { k.Oracle = gateway.ByOwnKE })
	s.journal.Note(evidence.Note{Kind: evidence.NoteOpening})
}

// takesAnyway reports whether the gateway takes something when the KE payload
// fits, though it took nothing when it did not: of a client's offer, or of the
// suites that are asked about. The control offer is then one that it takes.
func (s *scan) takesAnyway(ctx context.Context) bool {
	was := s.gateway.Now().Oracle
	s.gateway.Learn(func(k *gateway.Known) { k.Oracle = gateway.ByOwnKE })
	defer s.gateway.Learn(func(k *gateway.Known) { k.Oracle = was })
	if s.takesOf(ctx, nil) {
		return true
	}
	if s.gateway.Now().Failure.Count > 0 {
		return false // it does not come to the proposals
	}
	classical, hybrid := offers.Hybrid(s.universe().Products())
	return s.takesOf(ctx, classical) || s.takesOf(ctx, hybrid)
}

// takesOf asks suites, or where there are none what a client offers, by method, one
// offer after the other until one is accepted, whose suite is then the control offer.
// Methods whose public values are long come last. The gateway is intolerant of one
// with which requests are not answered, unless it answers none as long.
func (s *scan) takesOf(ctx context.Context, suites []proposals.Product) bool {
	for _, m := range gateway.MethodsByLength() {
		asAlgorithm := proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)}
		parts := s.gateway.OwnParts(suites, m)
		for len(parts) > 0 && s.gateway.Now().Intolerances[asAlgorithm] == 0 {
			a := s.askMethod(ctx, parts[0], m, len(suites) > 0)
			switch {
			case a.Outcome == initiator.NotTried:
				return false // the scan is over
			case a.Outcome == initiator.NoAnswer && s.gateway.Now().Limit == 0 && s.findLimit(ctx, s.gateway.Now().OctetsAs(parts[0])):
				parts = s.gateway.OwnParts(suites, m)
				continue
			case a.Outcome == initiator.NoAnswer:
				s.gateway.AddIntolerance(asAlgorithm, a.ID)
			case a.Outcome == initiator.Accepted && a.Taken():
				s.gateway.SetControl([]proposals.Product{a.Suite.Product()}, true)
				return true
			}
			parts = parts[1:]
		}
	}
	return false
}

// askMethod asks an offer of the method m with a KE payload of it, and to watch weak suites
// beside it. If one of these is chosen it is asked for with the KE payload that it needs: what
// is refused then was chosen by another gateway.
func (s *scan) askMethod(ctx context.Context, offer []proposals.Product, m ike.KeyExchangeMethod, watch bool) initiator.Answer {
	known := s.gateway.Now()
	if sent, ok := known.WatchingOwn(offer, m); ok && watch {
		send := func(offer []proposals.Product, m ike.KeyExchangeMethod) initiator.Answer {
			return s.insist(ctx, func() initiator.Answer { return s.init(ctx, s.main, evidence.PurposeControl, offer, m) })
		}
		switch a := send(sent, m); {
		case a.Outcome == initiator.InvalidKEPayload && a.Taken():
			if weak := send(offers.OfMethod(known.Weak, a.Group), a.Group); weak.Outcome == initiator.Accepted {
				return weak
			}
			s.seen(a.Exchange)
		case a.Outcome != initiator.NoAnswer:
			return a
		}
	}
	return s.sound(ctx, s.offering(ctx, offer))
}
