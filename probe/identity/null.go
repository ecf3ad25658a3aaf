package identity

import (
	"context"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/proposals"
)

// null asks whether the gateway lets anyone in who authenticates with the NULL method
// (RFC 7619, Section 2): the MAC is keyed with SK_pi, and the identity is empty. No
// Child SA is asked for (RFC 6023), and the caller deletes the IKE SA that comes about.
func (a Asker) null(ctx context.Context, r *Result, suite proposals.Suite) *Reply {
	reply := &Reply{Question: Question{Suite: suite}}
	opened := a.Gateway.Open(ctx, suite, nil, func(sa SA, ask func([]ike.Payload) Answer) {
		reply.Exchanges = []int{sa.Exchange}
		if sa.Opening == nil {
			return
		}
		id := &ike.ID{Payload: ike.PayloadIDi, IDType: ike.ID_NULL}
		answer := ask([]ike.Payload{id, &ike.Auth{Method: ike.AuthNull, Data: sa.Keys.PSKAuth(keymat.Initiator, sa.Keys.SKpi, sa.Opening, sa.PeerNonce, []byte{byte(id.IDType), 0, 0, 0})}})
		if answer.Exchange != 0 {
			reply.Exchanges = append(reply.Exchanges, answer.Exchange)
		}
		_, proven := ike.Find[*ike.Auth](&ike.Message{Payloads: answer.Payloads})
		switch {
		case answer.Exchange == 0:
		case !answer.Heard:
			reply.State = Silent
		case !answer.Answered:
			reply.State = Unclear
		case proven:
			reply.State = Seen // whatever it says of the Child SA
		case answer.Notify != 0:
			reply.State, reply.Notify = Refused, answer.Notify
		default:
			reply.State = Unclear
		}
	})
	r.Unclosed = r.Unclosed || !opened.Closed
	if len(reply.Exchanges) == 0 && opened.Exchange != 0 {
		reply.Exchanges = []int{opened.Exchange}
	}
	r.Replies = append(r.Replies, reply)
	return reply
}
