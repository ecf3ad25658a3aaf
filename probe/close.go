package probe

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/closing"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// closeHalfOpen ends the half-open IKE SA of an accepted exchange by an
// IKE_AUTH that cannot succeed: a pre-shared key that nobody has. The gateway
// answers AUTHENTICATION_FAILED and forgets the SA (RFC 7296, Section
// 2.21.2), rather than keep it until it times out. Where an additional key
// exchange would be next (RFC 9370) the IKE_AUTH is out of turn, which ends
// the SA as well, strongSwan's with INVALID_SYNTAX. It goes on when ctx has
// ended, for this is what we owe the gateway. It reports whether the SA is
// closed.
//
// Before that use, unless nil, may ask in the IKE SA.
func (s *scan) closeHalfOpen(ctx context.Context, opened *initiator.Request, x initiator.Answer, use func(*session) (closed func(bool))) (closed bool) {
	ctx = context.WithoutCancel(ctx)
	keys, err := closing.Keys(opened, x)
	if err != nil {
		s.halfOpens.LackKeys()
		s.journal.Note(evidence.Note{Kind: evidence.NoteUnclosable, Exchanges: []int{x.ID}, Detail: err.Error()})
		return false
	}
	header := ike.Header{
		SPIi: opened.SPI(), SPIr: x.Message.SPIr, MajorVersion: 2,
		Exchange: ike.IKE_AUTH, Flags: ike.FlagInitiator, MessageID: 1,
	}
	if use != nil {
		in := &session{s: s, opened: opened, answer: x, keys: keys, header: header}
		tell := use(in)
		defer func() { tell(closed) }()
		if in.over {
			s.halfOpens.Closed()
			return true
		}
		header = in.header
	}
	mac := make([]byte, 32)
	if _, err := io.ReadFull(s.random, mac); err != nil {
		s.journal.Fail(err)
		return false
	}
	a, ok := s.askSealed(ctx, evidence.PurposeClose, keys, x, header, closing.Auth(mac))
	if !ok {
		return false
	}
	switch {
	case a.Outcome == initiator.OtherError:
		if a.Genuine {
			s.journal.Confirm(x.ID)
		}
		s.halfOpens.Closed()
		return true
	case a.Outcome == initiator.NoAnswer:
		return s.halfOpens.ClosedUnseen(x.ID)
	case a.Outcome == initiator.Accepted && a.Genuine:
		s.journal.Confirm(x.ID)
		_, eap := ike.Find[*ike.EAP](a.Message)
		if s.deleteSA(ctx, keys, x, header) && !eap {
			s.halfOpens.Closed()
			return true
		}
	}
	s.journal.Note(evidence.Note{Kind: evidence.NoteNotClosed, Exchanges: []int{x.ID}, Outcome: a.Outcome})
	return false
}

// deleteSA ends an IKE SA of which the gateway answered the IKE_AUTH without an
// error: it authenticates everyone, or asks for EAP. It reports whether a Delete
// was answered. The gateway forgets the IKE SA then (RFC 7296, Section 1.4.1), but
// for some that wait for EAP: strongSwan answers and keeps it.
func (s *scan) deleteSA(ctx context.Context, keys *keymat.Keys, opened initiator.Answer, header ike.Header) bool {
	header.Exchange, header.MessageID = ike.INFORMATIONAL, header.MessageID+1
	a, ok := s.askSealed(ctx, evidence.PurposeClose, keys, opened, header, []ike.Payload{&ike.Delete{Protocol: ike.ProtocolIKE}})
	return ok && a.Outcome == initiator.Accepted && a.Genuine
}

// askSealed sends a protected request of the IKE SA that an exchange opened until
// it is answered, or that is too unlikely to come: soon, where answers
// contradicted each other. It reports false if something is wrong on our side.
func (s *scan) askSealed(ctx context.Context, purpose evidence.Purpose, keys *keymat.Keys, opened initiator.Answer, header ike.Header, payloads []ike.Payload) (initiator.Answer, bool) {
	octets, err := keys.Seal(keymat.Initiator, header, payloads, s.random)
	if err != nil {
		s.journal.Fail(err)
		return initiator.Answer{}, false
	}
	enough := s.enoughToClose
	if opened.Conflict != initiator.NotTried {
		enough = s.conn.Attempts
	}
	r := sealed{purpose: purpose, answer: keys.Reassembly(keymat.Responder), opened: opened, octets: octets}
	a, ok := s.sendSealed(ctx, &r, enough)
	if ok && a.Outcome == initiator.NoAnswer && purpose == evidence.PurposeClose && opened.Conflict == initiator.NotTried {
		s.mu.Lock()
		s.silent = append(s.silent, r)
		s.mu.Unlock()
	}
	return a, ok
}

// sealed is a protected request of the IKE SA that an exchange opened, and how often
// it was sent.
type sealed struct {
	purpose evidence.Purpose
	opened  initiator.Answer
	octets  []byte
	tries   int
	answer  *keymat.Reassembly
}

// sendSealed sends r until it is answered, or was sent often enough.
func (s *scan) sendSealed(ctx context.Context, r *sealed, enough func() int) (a initiator.Answer, ok bool) {
	for a.Outcome == initiator.NotTried || a.Outcome == initiator.NoAnswer && r.tries < enough() {
		req, err := s.conn.Sealed(r.opened.Transport, r.octets, func(b []byte) (*ike.Message, error) {
			return r.answer.Open(b)
		})
		if err != nil {
			s.journal.Fail(err)
			return initiator.Answer{}, false
		}
		s.begin(r.purpose)
		req.Flow = r.opened.Flow
		req.Quiet = true // perhaps it was answered: that is done only once
		req.Prompt = true
		if a = s.conn.Exchange(ctx, req); a.Tries == 0 {
			break // the socket is closed
		}
		r.tries += a.Tries
		s.record(req, a, r.purpose)
	}
	return a, true
}

// surelySilent is how often what is to close an IKE SA is sent at least, in the end,
// where it got no answer: where several gateways share the packets, half of them may
// go to one that does not know the IKE SA, though nothing else is lost.
const surelySilent = 8

// closeAgain sends once more what was to close IKE SAs and got no answer, if it was
// sent less often than it takes for it to have been answered, as far as is known now.
func (s *scan) closeAgain(ctx context.Context) {
	s.closing.Wait()
	if _, closes := s.halfOpens.ClosedLate(); !closes {
		return // they count as left
	}
	ctx = context.WithoutCancel(ctx)
	enough := func() int { return max(s.enoughToClose(), surelySilent) }
	if len(evidence.Members(s.journal.Since(0))) > 1 {
		enough = func() int { return max(s.loss.Enough(), s.closeLoss.Enough()) }
	}
	var again sync.WaitGroup
	for _, r := range s.silent {
		if r.tries < enough() {
			again.Go(func() { s.sendSealed(ctx, &r, enough) })
		}
	}
	again.Wait()
}

// enoughToClose returns how often a request to close an IKE SA has to be silent to
// count as answered. Where several gateways share the packets, most of these go to
// one that does not know the IKE SA: one that had to be sent again says so, unless
// others are lost, too.
func (s *scan) enoughToClose() int {
	if s.closeLoss.IsSeen() || s.closeLoss.HasAny() && !s.loss.HasAny() {
		return max(s.loss.Enough(), s.closeLoss.Enough())
	}
	return s.loss.Enough()
}

// awaitLate waits as long as a late answer may still come, if some did: what it
// opens is to be counted.
func (s *scan) awaitLate(ctx context.Context) {
	if !s.answeredTwice() {
		return
	}
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
	}
}

// answeredTwice reports whether a late answer denied an earlier one.
func (s *scan) answeredTwice() bool {
	return slices.ContainsFunc(s.conn.Late(), func(a initiator.LateAnswer) bool { return a.Denies })
}

// countLeft counts the IKE SAs that were opened beside those that were meant to be:
// by answers that came late or were malformed, or twice where the gateway takes a
// request that is sent again for another one; and by requests that the gateway
// accepts, as is known now, but whose accepted answer did not come.
func (s *scan) countLeft() {
	result := s.result
	result.Exchanges = s.journal.Since(0)
	denied := make(map[int]bool) // exchanges that refused what is accepted
	if s.answeredTwice() {
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
