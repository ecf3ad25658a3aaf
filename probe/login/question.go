package login

import (
	"context"
	"fmt"
	"io"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// decoy is a method that is known to gateways and not asked about: where a suite is
// accepted, they ask for the suite's own method in its place, and set up nothing. An
// unknown one ends the IKE SA at libreswan.
const decoy = ike.KE_CURVE448

// maxQuestions bounds what is asked about Child SAs, and about the IKE SA.
const maxQuestions = 400

// asker asks which suites the gateway accepts in CREATE_CHILD_SA.
type asker struct {
	*attempt
	ctx, user context.Context
	public    []byte // of the decoy
	questions int
	stopped   bool
	unasked   string // why it was stopped
}

// newAsker returns one, or false if something is wrong on our side. When user ends, nothing
// more is asked.
func (a *attempt) newAsker(user, ctx context.Context) (*asker, bool) {
	key, err := keyexchange.Generate(decoy, a.Rand)
	if err != nil {
		a.err = err
		return nil, false
	}
	return &asker{attempt: a, ctx: ctx, user: user, public: key.Public()}, true
}

// stop ends the asking; the first reason stays.
func (x *asker) stop(why string) {
	if !x.stopped {
		x.stopped, x.unasked = true, why
	}
}

// reply is what a question got.
type reply struct {
	state    matrix.State
	method   proposals.Algorithm // that the gateway asks for
	suite    *proposals.Suite    // of a Child SA that came about
	exchange int
	notify   ike.NotifyType
	words    string
}

// octets returns random octets for a question, nil if there is to be none any more.
func (x *asker) octets(n int) []byte {
	if x.user.Err() != nil {
		x.r.Interrupted = true
		x.stop("it was interrupted")
	}
	if x.questions >= maxQuestions {
		x.stop(fmt.Sprintf("more than %d questions would be needed", maxQuestions))
	}
	if x.stopped {
		return nil
	}
	random := make([]byte, n)
	if _, err := io.ReadFull(x.Rand, random); err != nil {
		x.err = err
		x.stop("the random number generator failed")
		return nil
	}
	return random
}

// question sends what offers products, and reads what is said of them: that none is
// accepted, or which method one of them has. It reports true for a genuine answer that says
// neither; the caller then reads it, or calls [asker.unexpected].
func (x *asker) question(products []proposals.Product, payloads []ike.Payload) (out reply, answer initiator.Answer, other bool) {
	answer, ok := x.attempt.ask(x.ctx, ike.CREATE_CHILD_SA, payloads, x.Attempts)
	x.questions++
	out = reply{state: matrix.NoAnswer, exchange: answer.ID, notify: answer.Notify, words: answer.Detail}
	switch {
	case !ok:
		x.stop("something is wrong on our side")
		return out, answer, false
	case !answer.Genuine:
		x.stop("the gateway does not answer CREATE_CHILD_SA any more")
		return out, answer, false
	}
	switch answer.Notify {
	case ike.NO_PROPOSAL_CHOSEN:
		out.state = matrix.Refused
	case ike.INVALID_KE_PAYLOAD:
		n, _ := answer.Message.Notify(ike.INVALID_KE_PAYLOAD)
		if method, ok := n.InvalidKEMethod(); ok && proposals.HasKeyExchange(products, method) {
			out.state, out.method = matrix.Accepted, proposals.Algorithm{Axis: proposals.KE, ID: uint16(method)}
		}
	default:
		return out, answer, true
	}
	return out, answer, false
}

// unexpected ends the asking for an answer that says nothing of suites.
func (x *asker) unexpected(answer initiator.Answer) {
	if answer.Notify == 0 {
		x.stop("the gateway answers CREATE_CHILD_SA with neither a suite nor an error")
		return
	}
	x.stop(fmt.Sprintf("the gateway answers CREATE_CHILD_SA with %v", answer.Notify))
}

// answers asks about each of some offers, as [matrix.Planner] wants it. Those that come when
// it was stopped are not tested.
func (x *asker) answers(offers []matrix.Offer, ask func(o matrix.Offer) matrix.Answer) []matrix.Answer {
	out := make([]matrix.Answer, len(offers))
	for i, o := range offers {
		out[i] = matrix.Answer{State: matrix.NotTested}
		if !x.stopped {
			out[i] = ask(o)
		}
	}
	return out
}
