package login

import (
	"context"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// hybrid does the additional key exchanges of the suite, each in an IKE_INTERMEDIATE (RFC
// 9370, Section 2.2.2; RFC 9242), if it has any.
func (a *attempt) hybrid(ctx context.Context) bool {
	var ours, theirs []byte
	for axis := proposals.ADDKE1; axis < proposals.NumAxes; axis++ {
		method := ike.KeyExchangeMethod(a.r.Suite[axis].ID)
		if method == ike.KE_NONE {
			continue
		}
		var ok bool
		if ours, theirs, ok = a.intermediate(ctx, method, ours, theirs); !ok {
			return false
		}
	}
	if ours != nil {
		a.sa.intermediate = keymat.Intermediate(ours, theirs, a.sa.header.MessageID)
	}
	return true
}

// intermediate does one, and returns the IntAuth of both sides, whose earlier ones are
// given.
func (a *attempt) intermediate(ctx context.Context, method ike.KeyExchangeMethod, ours, theirs []byte) (_, _ []byte, ok bool) {
	fail := func(cause, detail string, x initiator.Answer) ([]byte, []byte, bool) {
		a.add(Step{Kind: Negotiate, State: Failed, Cause: cause, Detail: detail, Notify: x.Notify, Exchanges: []int{x.ID}})
		return nil, nil, false
	}
	key, err := keyexchange.Generate(method, a.Rand)
	if err != nil {
		a.err = err
		return nil, nil, false
	}
	h := a.sa.header
	h.Exchange = ike.IKE_INTERMEDIATE
	payloads := []ike.Payload{&ike.KE{Method: method, Data: key.Public()}}
	inside, first, err := ike.AppendPayloads(nil, payloads)
	if err == nil {
		ours, err = a.sa.keys.IntAuth(keymat.Initiator, ours, h, first, inside)
	}
	if err != nil {
		a.err = err
		return nil, nil, false
	}
	x, ok := a.ask(ctx, ike.IKE_INTERMEDIATE, payloads, a.Attempts)
	switch {
	case !ok:
		return nil, nil, false
	case x.Outcome == initiator.NoAnswer || x.Outcome == initiator.NotTried:
		a.add(Step{Kind: Negotiate, State: Unknown, Cause: "silence-auth", Detail: "it does not answer IKE_INTERMEDIATE", Exchanges: []int{x.ID}})
		return nil, nil, false
	case !x.Genuine:
		return fail("plain-notify", x.Detail, x)
	}
	ke, found := ike.Find[*ike.KE](x.Message)
	if !found || ke.Method != method {
		a.sa.over = x.Notify != 0
		return fail(CauseProtocol, "its answer to IKE_INTERMEDIATE has no KE payload of "+method.String(), x)
	}
	if theirs, err = a.sa.answer.IntAuthOf(theirs, x.Message.Header); err != nil {
		return fail(CauseProtocol, err.Error(), x)
	}
	secret, err := key.SharedSecret(ke.Data)
	if err == nil {
		a.sa.keys, err = a.sa.keys.Further(secret, a.sa.ni, a.sa.nr, h.SPIi, h.SPIr)
	}
	if err != nil {
		return fail(CauseProtocol, err.Error(), x)
	}
	return ours, theirs, true
}
