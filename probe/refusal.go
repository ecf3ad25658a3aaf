package probe

import (
	"context"
	"slices"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// learnRefusal finds out how the gateway refuses, by an offer that it cannot
// accept.
func (s *scan) learnRefusal(ctx context.Context) refusal {
	known := s.gateway.now()
	switch {
	case known.refusal.how != refusesAsUnknown:
		return known.refusal
	case known.refused:
		return s.gateway.setRefusal(refusal{how: refusesAloud})
	}
	nobodys := slices.Clone(known.control[:1])
	nobodys[0][proposals.ENCR] = []proposals.Algorithm{offers.NobodysCipher}
	a := s.sound(ctx, s.offering(ctx, nobodys))
	switch {
	case a.Outcome == initiator.NotTried:
		return refusal{} // later, perhaps
	case a.Outcome == initiator.NoProposalChosen:
		return s.gateway.setRefusal(refusal{how: refusesAloud})
	case a.Outcome == initiator.OtherError && known.taken && a.Notify.IsError():
		s.journal.Note(evidence.Note{Kind: evidence.NoteRefusesByError, Notify: a.Notify})
		return s.gateway.setRefusal(refusal{how: refusesByError, notify: a.Notify})
	case a.Outcome == initiator.NoAnswer && known.taken && s.reads(ctx, offers.NobodysCipher):
		s.conn.RestoreRate() // it was no loss
		return s.gateway.setRefusal(refusal{how: dropsRefused})
	}
	return s.gateway.setRefusal(refusal{how: refusesUnclearly})
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
