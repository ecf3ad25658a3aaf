package probe

import (
	"context"
	"time"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/ledger"
	"github.com/ikescope/ikescope/proposals"
)

// liveness is what the control offer shows of the gateway.
type liveness uint8

const (
	// livenessUnknown: the scan is over, or the gateway is gone.
	livenessUnknown liveness = iota
	// wasAway: it answers again, so what was met with silence before has to
	// be asked again.
	wasAway
	// isThere: it answers, so silence is its own.
	isThere
)

// Waits for a gateway that does not answer its control offer. strongSwan
// forgets half-open IKE SAs after 30 seconds.
const (
	firstWait  = time.Second
	longWait   = 16 * time.Second
	maxAbsence = 20
)

// checkLiveness asks the control offer until it is answered, and waits for that a
// while: a gateway that limits its rate, or blocks an address, answers again later.
func (s *scan) checkLiveness(ctx context.Context) liveness {
	if s.gateway.Now().Gone {
		return livenessUnknown
	}
	found := isThere
	for wait := firstWait; ; wait *= 2 {
		a := s.insist(ctx, s.offeringControl(ctx))
		if a.Outcome == initiator.NotTried {
			return livenessUnknown
		}
		if s.gateway.Now().TakesControl && a.Outcome == initiator.NoProposalChosen {
			s.gateway.DoubtControl()
			s.restart.Ask(evidence.NoteControlRefused)
			return livenessUnknown
		}
		if a.Outcome.IsIKEv2() {
			return found
		}
		if found == isThere {
			found = wasAway
			s.gateway.Learn(func(k *gateway.Known) { k.Absences++ })
		}
		if wait > longWait || s.gateway.Now().Absences > maxAbsence {
			s.gateway.Learn(func(k *gateway.Known) { k.Gone = true })
			s.journal.Note(evidence.Note{Kind: evidence.NoteGone})
			return livenessUnknown
		}
		s.journal.Note(evidence.Note{Kind: evidence.NoteAway})
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return livenessUnknown
		}
	}
}

// offering returns the question for an offer, to be asked once or several
// times.
func (s *scan) offering(ctx context.Context, offer []proposals.Product) func() initiator.Answer {
	return func() initiator.Answer { return s.ask(ctx, evidence.PurposeControl, offer) }
}

// offeringControl returns that for the control offer.
func (s *scan) offeringControl(ctx context.Context) func() initiator.Answer {
	return s.offering(ctx, s.gateway.Now().Control)
}

// insist asks until there is an answer, or enough silence for it not to be
// loss. The outcome is NotTried if the scan ends before.
func (s *scan) insist(ctx context.Context, ask func() initiator.Answer) initiator.Answer {
	for silent := 0; ; {
		a := ask()
		if a.Outcome == initiator.NoAnswer && ctx.Err() != nil {
			return initiator.Answer{}
		}
		if a.Outcome != initiator.NoAnswer {
			s.loss.Lost(silent)
			return a
		}
		if silent += a.Tries; silent >= s.loss.Enough() || a.Tries == 0 {
			return a
		}
	}
}

// sound asks something of which nothing is known, until there is an answer or
// the silence of a gateway that is there. The outcome is NotTried if that
// is not known.
func (s *scan) sound(ctx context.Context, ask func() initiator.Answer) initiator.Answer {
	for {
		a := s.insist(ctx, ask)
		if a.Outcome != initiator.NoAnswer {
			return a
		}
		switch s.checkLiveness(ctx) {
		case livenessUnknown:
			return initiator.Answer{}
		case isThere:
			return a
		}
	}
}

// measure asks the control offer until it is known how often a request is lost.
func (s *scan) measure(ctx context.Context) {
	for range ledger.Measured {
		if s.loss.IsMeasured() || s.insist(ctx, s.offeringControl(ctx)).Outcome == initiator.NotTried {
			return
		}
	}
}
