package probe

import (
	"context"
	"slices"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// learnRefusal finds out how the gateway refuses, by an offer that it cannot
// accept.
func (s *scan) learnRefusal(ctx context.Context) gateway.Refusal {
	known := s.gateway.Now()
	switch {
	case known.Refusal.How != gateway.RefusalUnknown:
		return known.Refusal
	case known.Refused:
		return s.gateway.SetRefusal(gateway.Refusal{How: gateway.RefusesAloud})
	}
	nobodys := slices.Clone(known.Control[:1])
	nobodys[0][proposals.ENCR] = []proposals.Algorithm{offers.NobodysCipher}
	a := s.sound(ctx, s.offering(ctx, nobodys))
	switch {
	case a.Outcome == initiator.NotTried:
		return gateway.Refusal{} // later, perhaps
	case a.Outcome == initiator.NoProposalChosen:
		return s.gateway.SetRefusal(gateway.Refusal{How: gateway.RefusesAloud})
	case a.Outcome == initiator.OtherError && known.Taken && a.Notify.IsError():
		s.journal.Note(evidence.Note{Kind: evidence.NoteRefusesByError, Notify: a.Notify})
		return s.gateway.SetRefusal(gateway.Refusal{How: gateway.RefusesByError, Notify: a.Notify})
	case a.Outcome == initiator.NoAnswer && known.Taken:
		if _, read := s.reads(ctx, offers.NobodysCipher); read {
			s.conn.RestoreRate() // it was no loss
			return s.gateway.SetRefusal(gateway.Refusal{How: gateway.DropsRefused})
		}
	}
	return s.gateway.SetRefusal(gateway.Refusal{How: gateway.RefusesUnclearly})
}

// refusesLike reports whether the error that answers q is how the gateway
// refuses.
func (s *scan) refusesLike(ctx context.Context, q *question) bool {
	if q.notify == 0 {
		return false
	}
	r := s.learnRefusal(ctx)
	return r.How == gateway.RefusesByError && r.Notify == q.notify
}
