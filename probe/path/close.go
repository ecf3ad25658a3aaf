package path

import (
	"context"
	"io"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/closing"
)

// closeAttempts is how often an IKE_AUTH is sent that ends an IKE SA.
const closeAttempts = 4

// close ends the IKE SA that a opened, over t, which may be another transport than
// that of a. It goes on when ctx has ended, for this is what we owe the gateway. It
// reports whether the gateway answered. Where it did not the IKE SA may be left.
func (x *examination) close(ctx context.Context, conn *initiator.Conn, opened *initiator.Request, a initiator.Answer, t initiator.Transport) (answered bool) {
	ctx = context.WithoutCancel(ctx)
	keys, err := closing.Keys(opened, a)
	if err != nil {
		return false // an answer that cannot be computed with, not an error of ours
	}
	mac := make([]byte, 32)
	x.random.Lock()
	_, err = io.ReadFull(x.Rand, mac)
	x.random.Unlock()
	if err != nil {
		x.fail(err)
		return false
	}
	header := ike.Header{
		SPIi: opened.SPI(), SPIr: a.Message.SPIr, MajorVersion: 2,
		Exchange: ike.IKE_AUTH, Flags: ike.FlagInitiator, MessageID: 1,
	}
	closed, answered := x.askSealed(ctx, conn, keys, t, header, closing.Auth(mac))
	if !closed && answered {
		// It authenticates everyone, or asks for EAP.
		header.Exchange, header.MessageID = ike.INFORMATIONAL, header.MessageID+1
		_, closed = x.askSealed(ctx, conn, keys, t, header, []ike.Payload{&ike.Delete{Protocol: ike.ProtocolIKE}})
	}
	x.noteClosing(a.ID, closed, answered)
	return answered
}

// noteClosing counts the IKE SA that an exchange opened as closed, or takes note of what
// came of the request that closes it.
func (x *examination) noteClosing(exchange int, closed, answered bool) {
	if closed {
		x.closed(exchange)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closes = x.closes || answered
	if !answered {
		x.unseen = append(x.unseen, exchange)
	}
}

// askSealed sends a protected request. It reports whether the gateway answered, and
// whether with an error, by which it forgets the IKE SA.
func (x *examination) askSealed(ctx context.Context, conn *initiator.Conn, keys *keymat.Keys, t initiator.Transport, header ike.Header, payloads []ike.Payload) (failed, answered bool) {
	x.random.Lock()
	octets, err := keys.Seal(keymat.Initiator, header, payloads, x.Rand)
	x.random.Unlock()
	if err != nil {
		x.fail(err)
		return false, false
	}
	req, err := conn.Sealed(t, octets, func(b []byte) (*ike.Message, error) { return keys.Open(keymat.Responder, b) })
	if err != nil {
		x.fail(err)
		return false, false
	}
	req.Attempts, req.Quiet, req.Prompt = closeAttempts, true, true
	switch a := x.ask(ctx, conn, req); a.Outcome {
	case initiator.OtherError:
		return true, true
	case initiator.Accepted:
		return false, true
	}
	return false, false
}

// closedUnseen counts those IKE SAs as closed whose last request was not answered, where
// others were: a gateway answers it only once, and has forgotten the IKE SA then, so that
// the answer was lost. Where much is lost, the requests may have been. x.mu is held, or
// nothing else runs any more.
func (x *examination) closedUnseen() {
	if !x.closes || x.loss() > mostLoss {
		return
	}
	for _, id := range x.unseen {
		delete(x.open, id)
	}
}
