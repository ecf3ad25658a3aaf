// Package session holds IKE SAs that a gateway accepted in answer to a scan: what is
// asked in them, and what ends them, so that none is left half-open.
package session

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/closing"
	"github.com/ikescope/ikescope/probe/internal/ledger"
)

// Sessions are the IKE SAs of a scan. The fields are set before the first is closed.
type Sessions struct {
	Conn *initiator.Conn
	Rand io.Reader // safe for concurrent use

	Journal         *ledger.Journal
	HalfOpens       *ledger.HalfOpens
	Loss, CloseLoss *ledger.Loss // of IKE_SA_INIT requests, and of those that close IKE SAs
	// Begin counts an exchange, Record adds it to the journal.
	Begin  func(evidence.Purpose) bool
	Record func(*initiator.Request, initiator.Answer, evidence.Purpose)

	mu     sync.Mutex
	silent []sealed // requests to close IKE SAs that got no answer
}

// Session is an IKE SA that is half-open at the gateway, to ask in.
type Session struct {
	Opened *initiator.Request
	Answer initiator.Answer // that accepted it
	Keys   *keymat.Keys

	of     *Sessions
	header ike.Header // of the next request
	over   bool       // the gateway ended it
	// unheard: the last request got no answer, so that the gateway may await it still,
	// or the next one.
	unheard bool
	// established: the gateway took who we said we are.
	established bool
	answerLost  bool
}

// AnswerLost reports, once the IKE SA is closed, that the gateway had answered the last
// request of [Session.Ask] although nothing came: it took the next one.
func (in *Session) AnswerLost() bool { return in.answerLost }

// Use asks in an IKE SA before it is closed, and returns what is told then whether it
// could be.
type Use func(*Session) (closed func(bool))

// Ask sends payloads in an IKE_AUTH.
func (in *Session) Ask(ctx context.Context, payloads []ike.Payload) identity.Answer {
	var size size
	a, ok := in.of.ask(ctx, evidence.PurposeIdentity, in.Keys, in.Answer, in.header, payloads, &size)
	if !ok || a.Outcome == initiator.NotTried {
		return identity.Answer{}
	}
	out := identity.Answer{Exchange: a.ID, Heard: a.Outcome != initiator.NoAnswer, Answered: a.Genuine && (a.Outcome == initiator.Accepted || a.Outcome == initiator.OtherError)}
	in.unheard = !out.Answered
	if out.Answered {
		in.header.MessageID++
		in.of.Journal.Confirm(in.Answer.ID)
		out.Notify, out.Payloads = a.Notify, a.Message.Payloads
		out.Fragments, out.Octets = size.fragments, size.octets
		// A gateway that proves who it is and wants no EAP takes us as we are. What is wrong
		// with a Child SA then does not end the IKE SA.
		_, proven := ike.Find[*ike.Auth](a.Message)
		_, wantsMore := ike.Find[*ike.EAP](a.Message)
		in.established = proven && !wantsMore
		in.over = !in.established && (a.Notify != 0 || identity.Ends(out.Payloads))
	}
	return out
}

// Close ends the half-open IKE SA of an accepted exchange by an
// IKE_AUTH that cannot succeed: a pre-shared key that nobody has. The gateway
// answers AUTHENTICATION_FAILED and forgets the SA (RFC 7296, Section
// 2.21.2), rather than keep it until it times out. Where an additional key
// exchange would be next (RFC 9370) the IKE_AUTH is out of turn, which ends
// the SA as well, strongSwan's with INVALID_SYNTAX. It goes on when ctx has
// ended, for this is what we owe the gateway. It reports whether the SA is
// closed.
//
// Before that use, unless nil, may ask in the IKE SA.
func (s *Sessions) Close(ctx context.Context, opened *initiator.Request, x initiator.Answer, use Use) (closed bool) {
	ctx = context.WithoutCancel(ctx)
	keys, err := closing.Keys(opened, x)
	if err != nil {
		s.HalfOpens.LackKeys()
		s.Journal.Note(evidence.Note{Kind: evidence.NoteUnclosable, Exchanges: []int{x.ID}, Detail: err.Error()})
		return false
	}
	header := ike.Header{
		SPIi: opened.SPI(), SPIr: x.Message.SPIr, MajorVersion: 2,
		Exchange: ike.IKE_AUTH, Flags: ike.FlagInitiator, MessageID: 1,
	}
	var in *Session
	if use != nil {
		in = &Session{Opened: opened, Answer: x, Keys: keys, of: s, header: header}
		tell := use(in)
		defer func() { tell(closed) }()
		if in.over {
			s.HalfOpens.Closed()
			return true
		}
		header = in.header
		if in.established {
			header.MessageID--
			if s.deleteSA(ctx, keys, x, header) {
				s.HalfOpens.Closed()
				return true
			}
			s.Journal.Note(evidence.Note{Kind: evidence.NoteNotClosed, Exchanges: []int{x.ID}, Outcome: initiator.NoAnswer})
			return false
		}
	}
	unheard := in != nil && in.unheard
	mac := make([]byte, 32)
	if _, err := io.ReadFull(s.Rand, mac); err != nil {
		s.Journal.Fail(err)
		return false
	}
	if unheard {
		// Most often it is the answer that was lost, and the gateway awaits the next
		// request.
		next := header
		next.MessageID++
		a, ok := s.ask(ctx, evidence.PurposeClose, keys, x, next, closing.Auth(mac), nil)
		if ok && a.Outcome == initiator.OtherError {
			if a.Genuine {
				s.Journal.Confirm(x.ID)
				in.answerLost = true
			}
			s.HalfOpens.Closed()
			return true
		}
	}
	a, ok := s.ask(ctx, evidence.PurposeClose, keys, x, header, closing.Auth(mac), nil)
	if !ok {
		return false
	}
	switch {
	case a.Outcome == initiator.OtherError:
		if a.Genuine {
			s.Journal.Confirm(x.ID)
		}
		s.HalfOpens.Closed()
		return true
	case a.Outcome == initiator.NoAnswer && (!unheard || s.HalfOpens.LosesAnswers()):
		return s.HalfOpens.ClosedUnseen(x.ID)
	case a.Outcome == initiator.Accepted && a.Genuine:
		s.Journal.Confirm(x.ID)
		_, eap := ike.Find[*ike.EAP](a.Message)
		if s.deleteSA(ctx, keys, x, header) && !eap {
			s.HalfOpens.Closed()
			return true
		}
	}
	s.Journal.Note(evidence.Note{Kind: evidence.NoteNotClosed, Exchanges: []int{x.ID}, Outcome: a.Outcome})
	return false
}

// deleteSA ends an IKE SA of which the gateway answered the IKE_AUTH without an
// error: it authenticates everyone, or asks for EAP. It reports whether a Delete
// was answered. The gateway forgets the IKE SA then (RFC 7296, Section 1.4.1), but
// for some that wait for EAP: strongSwan answers and keeps it.
func (s *Sessions) deleteSA(ctx context.Context, keys *keymat.Keys, opened initiator.Answer, header ike.Header) bool {
	header.Exchange, header.MessageID = ike.INFORMATIONAL, header.MessageID+1
	a, ok := s.ask(ctx, evidence.PurposeClose, keys, opened, header, []ike.Payload{&ike.Delete{Protocol: ike.ProtocolIKE}}, nil)
	return ok && a.Outcome == initiator.Accepted && a.Genuine
}

// ask sends a protected request of the IKE SA that an exchange opened until
// it is answered, or that is too unlikely to come: soon, where answers
// contradicted each other. It notes the size of the answer, unless nil. It reports false if
// something is wrong on our side.
func (s *Sessions) ask(ctx context.Context, purpose evidence.Purpose, keys *keymat.Keys, opened initiator.Answer, header ike.Header, payloads []ike.Payload, of *size) (initiator.Answer, bool) {
	octets, err := keys.Seal(keymat.Initiator, header, payloads, s.Rand)
	if err != nil {
		s.Journal.Fail(err)
		return initiator.Answer{}, false
	}
	enough := s.enough
	if opened.Conflict != initiator.NotTried {
		enough = s.Conn.Attempts
	}
	r := sealed{purpose: purpose, answer: keys.Reassembly(keymat.Responder), opened: opened, octets: octets, size: of}
	a, ok := s.send(ctx, &r, enough)
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
	size    *size // of the answer, to be filled in; nil for none
}

// size is that of an answer: how many fragments it came in, 0 for whole, and the octets
// of its largest IKE message.
type size struct{ fragments, octets int }

// open opens a datagram of the answer.
func (r *sealed) open(datagram []byte) (*ike.Message, error) {
	m, err := r.answer.Open(datagram)
	if r.size != nil && (err == nil || errors.Is(err, keymat.ErrIncomplete)) {
		r.size.fragments, r.size.octets = r.answer.Fragments(), max(r.size.octets, len(datagram))
	}
	return m, err
}

// send sends r until it is answered, or was sent often enough.
func (s *Sessions) send(ctx context.Context, r *sealed, enough func() int) (a initiator.Answer, ok bool) {
	for a.Outcome == initiator.NotTried || a.Outcome == initiator.NoAnswer && r.tries < enough() {
		req, err := s.Conn.Sealed(r.opened.Transport, r.octets, r.open)
		if err != nil {
			s.Journal.Fail(err)
			return initiator.Answer{}, false
		}
		s.Begin(r.purpose)
		req.Flow = r.opened.Flow
		req.Quiet = true // perhaps it was answered: that is done only once
		req.Prompt = true
		if r.purpose == evidence.PurposeIdentity {
			req.Wary = true
			if r.tries == 0 {
				req.LeastWait = identityWait
			}
		}
		if a = s.Conn.Exchange(ctx, req); a.Tries == 0 {
			break // the socket is closed
		}
		r.tries += a.Tries
		s.Record(req, a, r.purpose)
	}
	return a, true
}

// identityWait is how long the first tries of a question wait at least: a RADIUS server refuses after a
// second, so that passwords cannot be tried fast, and strongSwan after two.
const identityWait = time.Second

// surelySilent is how often what is to close an IKE SA is sent at least, in the end,
// where it got no answer: where several gateways share the packets, half of them may
// go to one that does not know the IKE SA, though nothing else is lost.
const surelySilent = 8

// CloseAgain sends once more what was to close IKE SAs and got no answer, if it was
// sent less often than it takes for it to have been answered, as far as is known now.
func (s *Sessions) CloseAgain(ctx context.Context) {
	if _, closes := s.HalfOpens.ClosedLate(); !closes {
		return // they count as left
	}
	ctx = context.WithoutCancel(ctx)
	enough := func() int { return max(s.enough(), surelySilent) }
	if len(evidence.Members(s.Journal.Since(0))) > 1 {
		enough = func() int { return max(s.Loss.Enough(), s.CloseLoss.Enough()) }
	}
	var again sync.WaitGroup
	for _, r := range s.silent {
		if r.tries < enough() {
			again.Go(func() { s.send(ctx, &r, enough) })
		}
	}
	again.Wait()
}

// enough returns how often a request to close an IKE SA has to be silent to
// count as answered. Where several gateways share the packets, most of these go to
// one that does not know the IKE SA: one that had to be sent again says so, unless
// others are lost, too.
func (s *Sessions) enough() int {
	if s.CloseLoss.IsSeen() || s.CloseLoss.HasAny() && !s.Loss.HasAny() {
		return max(s.Loss.Enough(), s.CloseLoss.Enough())
	}
	return s.Loss.Enough()
}
