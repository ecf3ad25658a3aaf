package probe

import (
	"context"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// refusal is how a gateway refuses an offer.
type refusal struct {
	how    refusalKind
	notify ike.NotifyType // of refusesByError
	// counts is how many offers count as refused for their silence, tries how
	// often they were sent.
	counts, tries int
}

type refusalKind uint8

const (
	refusesAsUnknown refusalKind = iota // not found out
	refusesAloud                        // NO_PROPOSAL_CHOSEN
	refusesByError                      // another error notify
	dropsRefused                        // silence
	refusesUnclearly                    // none of these is sure
)

// nobodysCipher is of private use: no gateway selects it.
var nobodysCipher = proposals.Algorithm{Axis: proposals.ENCR, ID: 65001, KeyBits: 256}

// learnRefusal finds out how the gateway refuses, by an offer that it cannot
// accept.
func (s *scan) learnRefusal(ctx context.Context) refusal {
	s.mu.Lock()
	seen := s.seen
	s.mu.Unlock()
	switch {
	case s.refusal.how != refusesAsUnknown:
		return s.refusal
	case seen.refused:
		s.refusal.how = refusesAloud
		return s.refusal
	}
	nobodys := slices.Clone(s.control[:1])
	nobodys[0][proposals.ENCR] = []proposals.Algorithm{nobodysCipher}
	a := s.sound(ctx, s.offering(ctx, nobodys))
	switch {
	case a.Outcome == initiator.NotTried:
		return refusal{} // later, perhaps
	case a.Outcome == initiator.NoProposalChosen:
		s.refusal.how = refusesAloud
	case a.Outcome == initiator.OtherError && seen.taken && a.Notify.IsError():
		s.refusal.how, s.refusal.notify = refusesByError, a.Notify
		s.note("The gateway refuses offers with %v in place of NO_PROPOSAL_CHOSEN.", s.refusal.notify)
	case a.Outcome == initiator.NoAnswer && seen.taken && s.reads(ctx, nobodysCipher):
		s.refusal.how = dropsRefused
		s.conn.RestoreRate() // it was no loss
	default:
		s.refusal.how = refusesUnclearly
	}
	return s.refusal
}

// refusesAloud reports whether the gateway was seen to refuse with an answer, so
// that silence is no refusal.
func (s *scan) refusesAloud() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.refused || s.refusal.how == refusesByError
}

// refusesLike reports whether the error that answers q is how the gateway
// refuses.
func (s *scan) refusesLike(ctx context.Context, q *question) bool {
	if q.notify == 0 {
		return false
	}
	r := s.learnRefusal(ctx)
	return r.how == refusesByError && r.notify == q.notify
}
