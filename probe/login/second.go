package login

import (
	"context"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
)

// again is the second round, in which the user logs in by EAP: "the initiator sends the
// IDi payload again" (RFC 4739, Section 2.1), and what both sides sign from here on is of
// that identity. First is the exchange of the first round.
func (a *attempt) again(user, ctx context.Context, first int) {
	a.second = true
	switch {
	case a.sa.established:
		a.add(Step{Kind: EAPMethod, State: Failed, Cause: CauseRoundIgnored, Exchanges: []int{first}})
		return
	case user.Err() != nil:
		a.interrupted(EAPMethod)
		return
	}
	c := &a.Credentials
	c.Method, c.Identity = c.Second, Identity{}
	a.local = c.Local()
	x, ok := a.ask(ctx, ike.IKE_AUTH, []ike.Payload{a.local.payload(ike.PayloadIDi)}, a.Attempts)
	if !ok {
		return
	}
	payloads, ok := a.answered(x, EAPMethod, CauseSecondRefused)
	if !ok {
		return
	}
	if _, ok := ike.Find[*ike.EAP](x.Message); ok {
		a.sa.doubtful = false
	}
	a.converse(user, ctx, payloads, x.ID)
}

// establishes reports whether an answer to the first round has what belongs to the last
// one alone: about a Child SA, an address or the lifetime of the login.
func establishes(payloads []ike.Payload) bool {
	for _, p := range payloads {
		switch p := p.(type) {
		case *ike.SA, *ike.TS, *ike.CP:
			return true
		case *ike.Notify:
			if p.Notification.IsError() || p.Notification == ike.AUTH_LIFETIME {
				return true
			}
		}
	}
	return false
}

// settle ends an IKE SA that the first round may have established: where the gateway did
// not show that it does a second one. What is half-open ends by junk, and what is
// established by a Delete, which then shows that it was.
func (a *attempt) settle(ctx context.Context) {
	s := a.sa
	refused := s.over
	if !refused && !s.established && !s.unanswered {
		if x, ok := a.abandon(ctx); !ok || x.Genuine && x.Notify == ike.AUTHENTICATION_FAILED {
			a.ended(x, ok, false)
			return
		}
	}
	attempts := farewellAttempts
	if refused {
		attempts = refusedAttempts // mostly there is nobody left to answer
	}
	// Whether the gateway has counted what it did not answer is not known. If it has not,
	// it takes the next message only by the same Message ID, which the request used that
	// nobody saw; if it has, it drops what follows, or repeats its answer to it, which a
	// second message of that ID does not harm (RFC 7296, Section 2.1). Without it an IKE SA
	// would stay; it costs a silent gateway as many datagrams again.
	unanswered, id := s.unanswered, s.header.MessageID
	if unanswered {
		s.header.MessageID++
	}
	x, ok := a.leave(ctx, attempts)
	if unanswered && ok && !x.Genuine && x.Notify == 0 {
		s.header.MessageID = id
		x, ok = a.leave(ctx, attempts)
	}
	if refused && !x.Genuine {
		a.r.Left = Ended // as it said
		return
	}
	if ok && x.Genuine {
		a.ignored()
	}
	a.ended(x, ok, true)
}

// refusedAttempts is how often a Delete is sent after a refusal.
const refusedAttempts = 2

// leave sends a Delete of the IKE SA.
func (a *attempt) leave(ctx context.Context, attempts int) (initiator.Answer, bool) {
	return a.ask(ctx, ike.INFORMATIONAL, []ike.Payload{&ike.Delete{Protocol: ike.ProtocolIKE}}, attempts)
}

// ignored gives the second round that did not begin its cause, where the Delete has shown
// that the first one was all.
func (a *attempt) ignored() {
	for i := range a.r.Steps {
		if s := &a.r.Steps[i]; s.Second && s.State != Passed && s.Cause != CauseInterrupted {
			s.State, s.Cause, s.Detail = Failed, CauseRoundIgnored, ""
			return
		}
	}
}
