package login

import (
	"context"
	"encoding/binary"
	"io"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/closing"
)

// childCause is the cause of an error that is about the Child SA or the address.
func childCause(n ike.NotifyType) string {
	switch n {
	case ike.NO_PROPOSAL_CHOSEN:
		return "child-proposal"
	case ike.TS_UNACCEPTABLE, ike.SINGLE_PAIR_REQUIRED, ike.INVALID_SELECTORS:
		return "traffic-selectors"
	case ike.INTERNAL_ADDRESS_FAILURE:
		return "no-address"
	case ike.FAILED_CP_REQUIRED:
		return "address-wanted"
	}
	return "child-refused"
}

// maxAttributes bounds the settings that are read of one answer.
const maxAttributes = 256

// welcome reads what the gateway says once both sides are authenticated.
func (a *attempt) welcome(payloads []ike.Payload, exchange int) {
	a.r.LoggedIn = true
	a.add(Step{Kind: Authenticate, State: Passed, Exchanges: []int{exchange}})
	step := Step{Kind: Session, State: Passed, Exchanges: []int{exchange}}
	for _, p := range payloads {
		switch p := p.(type) {
		case *ike.SA:
			// OpenIKED answers with one that holds no proposal.
			a.r.Child = a.r.Child || len(p.Proposals) > 0
		case *ike.CP:
			if p.ConfigType == ike.CFG_REPLY {
				a.r.Assigned = slices.Clone(p.Attributes[:min(len(p.Attributes), maxAttributes)])
			}
		case *ike.Notify:
			if p.Notification == ike.AUTH_LIFETIME && len(p.Data) == 4 {
				a.r.AuthLifetime = time.Duration(binary.BigEndian.Uint32(p.Data)) * time.Second
			}
			if p.Notification.IsError() && step.Notify == 0 {
				step.State, step.Notify, step.Cause = Warning, p.Notification, childCause(p.Notification)
				step.Words = map[string]string{"notify": p.Notification.String()}
			}
		}
	}
	if a.Address && step.State == Passed && !hasAddress(a.r.Assigned) {
		step.State, step.Cause = Warning, CauseNoAddress
	}
	if a.r.Child && a.r.Childless {
		step.State, step.Cause = Warning, CauseUnasked
	}
	if step.State == Passed && a.r.Childless && a.r.Assigned == nil {
		return // nothing was asked for, and nothing came
	}
	a.add(step)
}

// hasAddress reports whether an address is assigned.
func hasAddress(assigned []ike.ConfigAttribute) bool {
	return slices.ContainsFunc(assigned, func(c ike.ConfigAttribute) bool {
		return (c.Type == ike.INTERNAL_IP4_ADDRESS || c.Type == ike.INTERNAL_IP6_ADDRESS) && len(c.Value) > 0
	})
}

// end ends the IKE SA, in whatever state it is.
func (a *attempt) end(ctx context.Context) {
	s := a.sa
	switch {
	case s.doubtful && !s.silent:
		a.settle(ctx)
		return
	case s.over:
		a.r.Left = Ended
		if a.r.Stay != nil {
			a.add(Step{Kind: End, State: Passed, Detail: "the gateway deleted the IKE SA: none is left"})
		}
		return
	case s.silent:
		a.r.Left = MayBeLeft
		a.add(Step{Kind: End, State: Unknown, Detail: "the gateway did not prove who it is, so nothing more was sent to it"})
		return
	case !s.established && !s.unanswered:
		x, ok := a.abandon(ctx)
		a.ended(x, ok, false)
		return
	}
	// Where the answer to IKE_AUTH was lost, the gateway may have authenticated us.
	if s.unanswered {
		s.header.MessageID++
	}
	x, ok := a.leave(ctx, farewellAttempts)
	a.ended(x, ok, s.established)
	if a.r.IKE != nil && a.r.IKE.Rekeyed {
		a.r.Left = MayBeLeft
		last := &a.r.Steps[len(a.r.Steps)-1]
		last.State, last.Detail = Unknown, "it says that it rekeyed the IKE SA, to one whose keys nobody has"
	}
}

// farewellAttempts is how often what ends an IKE SA is sent at most.
const farewellAttempts = 4

// abandon ends an IKE SA that waits for us to authenticate: by an AUTH payload of junk,
// to which gateways answer AUTHENTICATION_FAILED and forget the IKE SA (RFC 7296,
// Section 2.21.2). A Delete does not end it at strongSwan.
func (a *attempt) abandon(ctx context.Context) (initiator.Answer, bool) {
	junk := make([]byte, 32)
	if _, err := io.ReadFull(a.Rand, junk); err != nil {
		a.err = err
		return initiator.Answer{}, false
	}
	return a.ask(ctx, ike.IKE_AUTH, closing.Auth(junk), farewellAttempts)
}

// ended adds the last step. Shown: the IKE SA is known to have been there.
func (a *attempt) ended(x initiator.Answer, ok, shown bool) {
	step := Step{Kind: End, State: Passed, Exchanges: []int{x.ID}}
	a.r.Left = Ended
	switch {
	case ok && x.Genuine && shown:
		step.Detail = "the gateway answered the Delete: no IKE SA is left"
	case ok && x.Genuine:
	case ok && x.Notify == ike.INVALID_IKE_SPI:
		step.Detail = "the gateway does not know the IKE SA any more"
	default:
		a.r.Left = MayBeLeft
		step.State, step.Detail = Unknown, "the gateway did not answer"
		if shown {
			step.Detail += " the Delete"
		}
	}
	a.add(step)
}
