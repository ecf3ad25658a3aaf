package probe

import (
	"cmp"
	"context"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
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
	if s.takesOf(ctx, func(m ike.KeyExchangeMethod) [][]proposals.Product {
		offer := offers.OnlyMethod(offers.MustParse(clientGreeting), m)
		if s.gateway.Now().RequestOctets(offer, m) > gateway.MaxDatagram {
			return nil
		}
		return [][]proposals.Product{offer}
	}) {
		return true
	}
	if s.gateway.Now().Failure.Count > 0 {
		return false // it does not come to the proposals
	}
	var classical, hybrid []proposals.Product
	for _, p := range s.universe().Products() {
		if slices.ContainsFunc(p[proposals.ADDKE1:], func(list []proposals.Algorithm) bool { return len(list) > 0 }) {
			hybrid = append(hybrid, p)
		} else {
			classical = append(classical, p)
		}
	}
	for _, suites := range [][]proposals.Product{classical, hybrid} {
		if s.takesOf(ctx, func(m ike.KeyExchangeMethod) [][]proposals.Product { return gateway.OffersOf(suites, m) }) {
			return true
		}
	}
	return false
}

// takesOf asks the offers of each method, one after the other until one is
// accepted, whose suite is then the control offer. Methods whose public values
// are long come last. The gateway is
// intolerant of one with which requests are not answered.
func (s *scan) takesOf(ctx context.Context, offersOf func(ike.KeyExchangeMethod) [][]proposals.Product) bool {
	methods := keyexchange.Methods()
	slices.SortStableFunc(methods, func(m, n ike.KeyExchangeMethod) int {
		return cmp.Compare(gateway.Overhead(m), gateway.Overhead(n))
	})
	for _, m := range methods {
		asAlgorithm := proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)}
		var parts [][]proposals.Product
		for _, offer := range offersOf(m) {
			parts = append(parts, s.gateway.Now().Shorten(offer)...)
		}
		for _, offer := range parts {
			if s.gateway.Now().Intolerances[asAlgorithm] != 0 {
				break
			}
			a := s.sound(ctx, s.offering(ctx, offer))
			switch {
			case a.Outcome == initiator.NotTried:
				return false // the scan is over
			case a.Outcome == initiator.NoAnswer:
				s.gateway.AddIntolerance(asAlgorithm, a.ID)
			case a.Outcome == initiator.Accepted && slices.ContainsFunc(offer, func(p proposals.Product) bool { return p.Contains(*a.Suite) }):
				s.gateway.SetControl([]proposals.Product{a.Suite.Product()}, true)
				return true
			}
		}
	}
	return false
}
