package probe

import (
	"context"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// examine finds out whether a yes of the gateway is one: whether it accepts the
// control offer with the KE payload that it asks for, and refuses what nobody can
// mean. It is done once, with a control offer that is taken. Weak suites are asked
// for with it.
func (s *scan) examine(ctx context.Context) {
	known := s.gateway.Now()
	if known.Examined || !known.TakesControl || known.Oracle == gateway.ByOwnKE || s.over(ctx) {
		return
	}
	s.gateway.Learn(func(k *gateway.Known) { k.Examined = true })
	var asking sync.WaitGroup
	var refused initiator.Answer
	asking.Go(func() { refused = s.askImpossible(ctx, offers.AllImpossible()...) })
	sound := s.redeem(ctx, known.Control)
	asking.Wait()
	s.watch(ctx) // by itself: what goes out by other ports is beyond the window
	if sound && refused.Outcome != initiator.NoProposalChosen && !s.over(ctx) {
		s.testUnderstanding(ctx)
	}
}

// redeemTries is how often an offer is asked with the KE payload that the gateway
// wants, before its no is taken for one; otherTries, if the no looks as if it were
// from another gateway at the address.
const redeemTries, otherTries = 2, 6

// redeem asks an offer of one key exchange method, which the gateway asked for,
// with that method. It reports false if that is refused, again and again: its
// INVALID_KE_PAYLOAD says nothing then, and it is asked by accepted answers from
// now on.
func (s *scan) redeem(ctx context.Context, offer []proposals.Product) bool {
	method := proposals.KeyExchangeMethods(offer)[0]
	if known := s.gateway.Now(); !keyexchange.Supported(method) || known.RequestOctets(offer, method) > known.Allowed() {
		return true // that cannot be tried
	}
	own := 0 // refusals that look as what asked for the method
	for try := 1; ; try++ {
		a := s.insist(ctx, func() initiator.Answer { return s.init(ctx, s.main, evidence.PurposeDetail, offer, method) })
		switch a.Outcome {
		case initiator.Accepted:
			if !s.gateway.Now().Described[s.main] {
				s.describe(a)
			}
			return true
		case initiator.NoProposalChosen, initiator.InvalidKEPayload:
		default:
			return true // silence, or an error, says nothing of the offer
		}
		if s.askedFor(method, evidence.LookOf(a)) {
			own++
		}
		if own == redeemTries || try == otherTries {
			s.distrustNames(a.ID)
			return false
		}
	}
}

// askedFor reports whether an INVALID_KE_PAYLOAD that asked for a method looks so.
func (s *scan) askedFor(method ike.KeyExchangeMethod, look evidence.Look) bool {
	return slices.ContainsFunc(s.journal.Since(0), func(x evidence.Exchange) bool {
		return x.Outcome == initiator.InvalidKEPayload && x.Group == method && x.Look == look
	})
}

// distrustNames has the gateway asked by accepted answers, as an exchange was
// refused with the method that it had asked for.
func (s *scan) distrustNames(exchange int) {
	s.gateway.Learn(func(k *gateway.Known) { k.Hollow, k.TakesControl = exchange, false })
	s.journal.DoubtOnly(func(x evidence.Exchange) bool { return evidence.KindOf(x) != evidence.OwnKE })
	s.disorder.Forget()
	s.askOpening()
}

// askImpossible offers what cannot be meant.
func (s *scan) askImpossible(ctx context.Context, kinds ...offers.Impossibility) initiator.Answer {
	known := s.gateway.Now()
	packet := known.ImpossiblePacket(kinds...)
	if len(packet.Proposals) == 0 {
		return initiator.Answer{Exchange: initiator.Exchange{Outcome: initiator.NoProposalChosen}}
	}
	method, ok := offers.ForeignMethod(known.Control)
	if known.Oracle == gateway.ByDecoy {
		method = known.Decoy
	}
	if !ok {
		return initiator.Answer{}
	}
	a := s.sound(ctx, func() initiator.Answer {
		return s.initiate(ctx, evidence.PurposeControl, initiator.Offer{Transport: s.main, Packet: packet, KE: method})
	})
	if a.Outcome == initiator.NoAnswer && len(kinds) > 1 {
		s.findLimit(ctx, len(a.Request)) // it is long
	}
	return a
}

// testUnderstanding offers one by one what only a gateway takes that does not
// read or understand it.
func (s *scan) testUnderstanding(ctx context.Context) {
	taken := make(map[offers.Impossibility]int) // exchanges
	for _, kind := range offers.AllImpossible() {
		switch a := s.askImpossible(ctx, kind); a.Outcome {
		case initiator.NotTried:
			return
		case initiator.InvalidKEPayload, initiator.Accepted:
			taken[kind] = a.ID
			if kind == offers.UnknownType && a.Outcome == initiator.InvalidKEPayload && !s.redeemUnknownType(ctx, a.Group) {
				return
			}
		case initiator.OtherError:
			// A gateway that refuses with this error anyway says nothing of types.
			if r := s.learnRefusal(ctx); kind == offers.UnknownType && r.How != gateway.RefusesUnclearly && r.Notify != a.Notify {
				s.findings.Habit(evidence.HabitRejectsTypes, 0, a.ID)
				s.findAdditional(ctx)
			}
		}
	}
	numbers := false
	for kind, id := range taken {
		switch kind {
		case offers.UnknownType:
			s.findings.Habit(evidence.HabitIgnoresTypes, 0, id)
		case offers.UnknownKeyLength:
			s.findings.Habit(evidence.HabitIgnoresKeyLength, 0, id)
		default:
			numbers = true
			s.findings.Doubt(evidence.DoubtUnread, nil, id)
		}
	}
	if taken[offers.UnknownType] != 0 && !numbers {
		s.findAdditional(ctx)
	}
}

// redeemUnknownType asks with the KE payload that the gateway asked for. It
// reports false if that is refused, so that the gateway's asking is no yes: it did
// not come to the proposal that it has to refuse.
func (s *scan) redeemUnknownType(ctx context.Context, method ike.KeyExchangeMethod) bool {
	if !keyexchange.Supported(method) {
		return true
	}
	packet := s.gateway.Now().ImpossiblePacket(offers.UnknownType)
	for try := 1; ; try++ {
		a := s.insist(ctx, func() initiator.Answer {
			return s.initiate(ctx, evidence.PurposeControl, initiator.Offer{Transport: s.main, Packet: packet, KE: method})
		})
		switch a.Outcome {
		case initiator.NoProposalChosen, initiator.InvalidKEPayload:
		default:
			return true
		}
		if try == redeemTries {
			s.distrustNames(a.ID)
			return false
		}
	}
}

// findAdditional offers an additional key exchange to a gateway that ignores
// transform types that it does not know, or answers them with an error. If it
// accepts and leaves the additional key exchange out, or answers so here, too, it
// has none.
func (s *scan) findAdditional(ctx context.Context) {
	offer := slices.Clone(s.gateway.Now().Control)
	for i := range offer {
		offer[i][proposals.ADDKE1] = []proposals.Algorithm{{Axis: proposals.ADDKE1, ID: uint16(ike.KE_ML_KEM_768)}}
	}
	method := proposals.KeyExchangeMethods(offer)[0]
	if !keyexchange.Supported(method) {
		return
	}
	a := s.insist(ctx, func() initiator.Answer { return s.init(ctx, s.main, evidence.PurposeDetail, offer, method) })
	if a.Outcome == initiator.Accepted && !a.Taken() || a.Outcome == initiator.OtherError && a.Notify == ike.INVALID_SYNTAX {
		s.gateway.Learn(func(k *gateway.Known) { k.NoAdditional = a.ID })
		s.findings.Habit(evidence.HabitNoAdditional, 0, a.ID)
	}
}
