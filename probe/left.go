package probe

import (
	"context"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// awaitLate waits as long as a late answer may still come, if some did: what it
// opens is to be counted.
func (s *scan) awaitLate(ctx context.Context) {
	if len(s.denied()) == 0 {
		return
	}
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
	}
}

// countLeft counts the IKE SAs that were opened beside those that were meant to be:
// by answers that came late or were malformed, or twice where the gateway takes a
// request that is sent again for another one; and by requests that the gateway
// accepts, as is known now, but whose accepted answer did not come.
func (s *scan) countLeft() {
	result := s.result
	result.Exchanges, result.Notes = s.journal.Since(0), s.journal.Noted()
	denied := make(map[int]bool) // exchanges that refused what is accepted
	if len(s.denied()) > 0 {
		for _, c := range evidence.Contradictions(result) {
			denied[c.Exchange] = c.Says == matrix.Accepted
		}
	}
	var left []int                                // exchanges
	heard := make(map[ike.KeyExchangeMethod]bool) // KE payloads that were answered
	accepted := false
	for _, x := range result.Exchanges {
		heard[x.KE] = heard[x.KE] || x.Outcome.IsIKEv2()
		accepted = accepted || x.Type == ike.IKE_SA_INIT && x.Outcome == initiator.Accepted
	}
	for _, x := range result.Exchanges {
		if x.Type != ike.IKE_SA_INIT || x.Outcome == initiator.NoAnswer && accepted && !heard[x.KE] {
			continue // it is deaf to that method
		}
		opened := s.conn.Opened(x.ID)
		if opened == 0 && proposals.HasKeyExchange(x.Offer, x.KE) && (denied[x.ID] || s.gateway.Now().MayHaveTaken(x.Exchange, s.result.Matrix)) {
			opened = 1
		}
		if s.halfOpens.OpenedInAll(x.ID, opened) {
			left = append(left, x.ID)
		}
	}
	if len(left) > 0 {
		s.journal.Note(evidence.Note{Kind: evidence.NoteAcceptedLate, Exchanges: left})
	}
}

// noteUnseen notes the IKE SAs that were not seen to be closed.
func (s *scan) noteUnseen() {
	unseen, closed := s.halfOpens.ClosedLate()
	if closed && len(unseen) > 0 {
		s.journal.Note(evidence.Note{Kind: evidence.NoteClosedUnseen, Exchanges: unseen})
		return
	}
	for _, id := range unseen {
		s.journal.Note(evidence.Note{Kind: evidence.NoteNotClosed, Exchanges: []int{id}, Outcome: initiator.NoAnswer})
	}
}
