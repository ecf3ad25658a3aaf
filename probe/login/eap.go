package login

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strconv"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/eap/eaptls"
	"github.com/ikescope/ikescope/ike/eap/peer"
	"github.com/ikescope/ikescope/ike/keymat"
)

// byEAP logs in by EAP (RFC 7296, Section 2.16). When user ends, it is broken off
// between two exchanges.
func (a *attempt) byEAP(user, ctx context.Context) {
	x, ok := a.ask(ctx, ike.IKE_AUTH, a.opening(nil, nil), a.Attempts)
	if !ok {
		return
	}
	payloads, ok := a.answered(x, EAPMethod, a.refused())
	if !ok || !a.meet(payloads, x.ID) {
		return
	}
	a.converse(user, ctx, payloads, x.ID)
}

// converse goes on from the first request of EAP.
func (a *attempt) converse(user, ctx context.Context, payloads []ike.Payload, exchange int) {
	e := &dialogue{attempt: a, conversation: &peer.Conversation{
		Identity: a.Credentials.eapIdentity(), Method: a.Credentials.eapMethod(a.Rand)}}
	if e.run(user, ctx, payloads, exchange) {
		a.finish(ctx, e.conversation.Method.MSK())
	}
	e.report()
}

// dialogue is EAP on its way.
type dialogue struct {
	*attempt
	conversation *peer.Conversation
	exchanges    []int // of EAP
}

// run answers requests until the server ends it. It reports whether it does so well.
func (e *dialogue) run(user, ctx context.Context, payloads []ike.Payload, exchange int) bool {
	for {
		e.exchanges = append(e.exchanges, exchange)
		request, err := packetIn(payloads)
		if m, ok := e.conversation.Method.(*tlsMethod); ok && err == nil && request.Type == m.of && eaptls.IsStart(request) && !e.conversation.Started {
			return e.byTLS(user, ctx, m, request)
		}
		var response *eap.Packet
		if err == nil {
			response, err = e.conversation.Respond(request)
		}
		switch {
		case errors.Is(err, peer.ErrServer):
			return e.fail(Authenticate, Failed, CauseServer, "")
		case err != nil:
			return e.fail(e.step(), Failed, CauseProtocol, err.Error())
		case e.conversation.Ended == eap.Failure:
			e.sa.over = true // "the responder [...] deletes the IKE SA"
			return e.failed()
		case e.conversation.Ended == eap.Success:
			return true
		case user.Err() != nil:
			e.r.Interrupted = true
			return e.fail(e.step(), Unknown, CauseInterrupted, "")
		}
		if e.conversation.Started && len(e.r.Steps) > 0 && e.r.Steps[len(e.r.Steps)-1].Kind != EAPMethod {
			e.add(Step{Kind: EAPMethod, State: Passed, Exchanges: []int{exchange}})
		}
		answer, ok := e.ask(ctx, ike.IKE_AUTH, []ike.Payload{&ike.EAP{Data: response.Append(nil)}}, e.Attempts+e.Attempts/2)
		if !ok {
			return false
		}
		steps := len(e.r.Steps)
		if payloads, ok = e.answered(answer, e.step(), e.refusal()); !ok {
			if s := &e.r.Steps[len(e.r.Steps)-1]; len(e.r.Steps) > steps && s.Cause == "silence-auth" && e.conversation.Started {
				s.Cause = CauseSilentPassword
			}
			return false
		}
		exchange = answer.ID
	}
}

// packetIn returns the packet of an EAP payload.
func packetIn(payloads []ike.Payload) (eap.Packet, error) {
	p, ok := ike.Find[*ike.EAP](&ike.Message{Payloads: payloads})
	if !ok {
		return eap.Packet{}, fmt.Errorf("%w: an answer without an EAP payload", peer.ErrProtocol)
	}
	packet, err := eap.Parse(p.Data)
	if err != nil {
		return eap.Packet{}, fmt.Errorf("%w: %w", peer.ErrProtocol, err)
	}
	return packet, nil
}

// step is the step that EAP is at.
func (e *dialogue) step() StepKind {
	if e.conversation.Started {
		return Authenticate
	}
	return EAPMethod
}

// fail adds the step at which EAP ended.
func (e *dialogue) fail(kind StepKind, state StepState, cause, detail string) bool {
	words := e.words()
	if s := e.r.EAPTLS; s != nil && len(s.Chain) > 0 && (cause == "eap-server-cert" || cause == "eap-server-name") {
		words["cert"], words["id"] = s.Chain[0].Subject, s.Wanted.String()
	}
	e.add(Step{Kind: kind, State: state, Cause: cause, Detail: detail, Words: words, Exchanges: e.exchanges})
	return false
}

// failed adds that of EAP-Failure.
func (e *dialogue) failed() bool {
	return e.fail(e.step(), Failed, e.refusal(), "")
}

// refusal is the cause of EAP-Failure, or of AUTHENTICATION_FAILED in its place.
func (e *dialogue) refusal() string {
	m := e.mschapv2()
	tunnel, _ := e.conversation.Method.(*tlsMethod)
	switch {
	case m != nil && m.Failure != 0:
		return "eap-credentials"
	case tunnel != nil && tunnel.inside != nil && tunnel.inside.Cryptobinding && tunnel.proven():
		return CauseRefusedBound
	case e.conversation.Refused != 0 && !e.conversation.Started:
		return "eap-method"
	}
	return "eap-refused"
}

// mschapv2 is that method, if it is the one, or the one inside; else nil.
func (e *dialogue) mschapv2() *peer.MSCHAPv2 {
	if tunnel, ok := e.conversation.Method.(*tlsMethod); ok {
		return tunnel.mschapv2()
	}
	m, _ := e.conversation.Method.(*peer.MSCHAPv2)
	return m
}

// words are those of the sentences.
func (e *dialogue) words() map[string]string {
	words := map[string]string{"user": e.Credentials.User}
	if other := e.conversation.Refused; other != 0 {
		words["method"] = other.String()
	}
	if m := e.mschapv2(); m != nil && m.Failure > 0 {
		words["reason"] = "E=" + strconv.Itoa(m.Failure)
	}
	return words
}

// report keeps what the server said.
func (e *dialogue) report() {
	e.r.OtherMethod, e.r.EAPNotices = e.conversation.Refused, e.conversation.Notices
	if m := e.mschapv2(); m != nil {
		e.r.EAPServer, e.r.EAPMessage, e.r.EAPError = m.ServerName, m.Message, m.Failure
	}
}

// finish proves both sides once more, by the key that EAP made: "the shared secret
// generated during an EAP exchange is used by both the initiator and responder" (RFC
// 7296, Section 2.16). "For EAP methods that do not create a shared key, [...] SK_pi
// and SK_pr" are.
func (a *attempt) finish(ctx context.Context, msk []byte) {
	ours, theirs := msk, msk
	if msk == nil {
		ours, theirs = a.sa.keys.SKpi, a.sa.keys.SKpr
	}
	auth := &ike.Auth{Method: ike.AuthSharedKey, Data: a.mac(keymat.Initiator, ours)}
	x, ok := a.ask(ctx, ike.IKE_AUTH, []ike.Payload{auth}, a.Attempts)
	if !ok {
		return
	}
	payloads, ok := a.answered(x, Authenticate, "eap-key")
	if !ok {
		return
	}
	a.sa.established = true
	answer, ok := ike.Find[*ike.Auth](x.Message)
	if !ok || answer.Method != ike.AuthSharedKey || subtle.ConstantTimeCompare(answer.Data, a.mac(keymat.Responder, theirs)) != 1 {
		a.sa.silent = true
		a.add(Step{Kind: Authenticate, State: Failed, Cause: "eap-key", Exchanges: []int{x.ID},
			Detail: "its last AUTH payload is not of the key that EAP made"})
		return
	}
	a.welcome(payloads, x.ID)
}
