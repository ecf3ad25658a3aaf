package path

import (
	"context"
	"io"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/closing"
)

// closeAttempts is how often an IKE_AUTH is sent that ends an IKE SA.
const closeAttempts = 4

// ending is the request that ends an IKE SA. It is sent again as it is: that is what a
// gateway knows a retransmission by (RFC 7296, Section 2.1).
type ending struct {
	conn   *initiator.Conn
	t      initiator.Transport
	keys   *keymat.Keys
	header ike.Header
	octets []byte
	// next are the payloads of the request that follows, if that does not end it.
	next  []ike.Payload
	tries int // so far, of which none was answered
}

// close ends the IKE SA that a opened, over t, which may be another transport than
// that of a. It goes on when ctx has ended, for this is what we owe the gateway. It
// reports whether the gateway answered. Where it did not the IKE SA may be left.
func (x *examination) close(ctx context.Context, conn *initiator.Conn, opened *initiator.Request, a initiator.Answer, t initiator.Transport) (answered bool) {
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
	e := ending{conn: conn, t: t, keys: keys, header: ike.Header{
		SPIi: opened.SPI(), SPIr: a.Message.SPIr, MajorVersion: 2,
		Exchange: ike.IKE_AUTH, Flags: ike.FlagInitiator, MessageID: 1,
	}}
	return x.sealAndEnd(ctx, a.ID, e, closing.Auth(mac))
}

// sealAndEnd ends the IKE SA that an exchange opened, by payloads.
func (x *examination) sealAndEnd(ctx context.Context, opened int, e ending, payloads []ike.Payload) (answered bool) {
	return x.seal(&e, payloads) && x.end(context.WithoutCancel(ctx), opened, e, closeAttempts, 0)
}

func (x *examination) seal(e *ending, payloads []ike.Payload) bool {
	x.random.Lock()
	defer x.random.Unlock()
	octets, err := e.keys.Seal(keymat.Initiator, e.header, payloads, x.Rand)
	if err != nil {
		x.fail(err)
		return false
	}
	e.octets, e.tries = octets, 0
	return true
}

// end sends e up to so many times, and a Delete where that is answered without an error.
// It reports whether e was answered.
func (x *examination) end(ctx context.Context, opened int, e ending, attempts int, wait time.Duration) (answered bool) {
	a := x.askEnding(ctx, &e, attempts, wait)
	failed, answered := isFailure(a), isEnding(a)
	closed := failed || answered && e.header.Exchange == ike.INFORMATIONAL
	if next := e.next; answered && !closed && next != nil {
		e.header.MessageID, e.next = e.header.MessageID+1, nil
		if x.seal(&e, next) {
			x.end(ctx, opened, e, attempts, wait)
			return true
		}
	}
	if answered && !closed {
		// It authenticates everyone, or asks for EAP.
		e.header.Exchange, e.header.MessageID = ike.INFORMATIONAL, e.header.MessageID+1
		deletes := []ike.Payload{&ike.Delete{Protocol: ike.ProtocolIKE}}
		if x.seal(&e, deletes) {
			closed = isEnding(x.askEnding(ctx, &e, attempts, wait))
		}
		if closed && !establishes(a) {
			// strongSwan answers a Delete while it waits for EAP, and keeps the IKE SA: then
			// it answers the next one as well.
			e.header.MessageID++
			if x.seal(&e, deletes) && x.askEnding(ctx, &e, x.enough(1), wait).Outcome == initiator.Accepted {
				x.keeps(opened)
				return answered
			}
		}
	}
	if closed {
		x.closed(opened)
		return answered
	}
	x.unended(opened, e)
	return answered
}

// unended keeps what was to end the IKE SA that an exchange opened, and was not answered.
func (x *examination) unended(opened int, e ending) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.unseen[opened] = e
}

// askEnding sends e.
func (x *examination) askEnding(ctx context.Context, e *ending, attempts int, wait time.Duration) initiator.Answer {
	req, err := e.conn.Sealed(e.t, e.octets, func(b []byte) (*ike.Message, error) { return e.keys.Open(keymat.Responder, b) })
	if err != nil {
		x.fail(err)
		return initiator.Answer{}
	}
	req.Attempts, req.Wait, req.Quiet, req.Prompt = attempts, wait, true, true
	a := x.ask(ctx, e.conn, req)
	e.tries += a.Tries
	return a
}

// isFailure reports whether a is an error, by which the gateway forgets the IKE SA, and
// isEnding whether it is any answer to what ends one.
func isFailure(a initiator.Answer) bool { return a.Outcome == initiator.OtherError }
func isEnding(a initiator.Answer) bool  { return isFailure(a) || a.Outcome == initiator.Accepted }

// establishes reports whether the IKE SA is established with a, an answer to IKE_AUTH.
func establishes(a initiator.Answer) bool {
	_, eap := ike.Find[*ike.EAP](a.Message)
	_, proves := ike.Find[*ike.Auth](a.Message)
	return proves && !eap
}

// keeps counts an IKE SA that the gateway has still, though it answered a Delete.
func (x *examination) keeps(opened int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.kept[opened] = true
	delete(x.unseen, opened)
}

// Where requests get lost, those that end IKE SAs and were not answered are sent so often
// again, so long apart.
const (
	againAttempts = 8
	againWait     = 500 * time.Millisecond
)

// endAgain sends again what ended IKE SAs and was not answered, where that may have been
// lost.
func (x *examination) endAgain(ctx context.Context) {
	if ctx.Err() != nil || x.loss() == 0 {
		return
	}
	var all sync.WaitGroup
	for opened, e := range maps.Clone(x.unseen) {
		if !e.t.IsTCP() && slices.ContainsFunc(x.ways, func(w *way) bool { return w.conn == e.conn }) { // the others are closed
			all.Go(func() { x.end(ctx, opened, e, againAttempts, againWait) })
		}
	}
	all.Wait()
}

// leftOpen says which IKE SAs are left, and of which that is not known, by the exchanges
// that opened them. A gateway answers the request that ends one only once, for it has
// forgotten the IKE SA then. So one without an answer counts as closed where others were
// confirmed to be, and the request was sent so often that it has arrived: the answer was
// lost. Where none was, and losses alone do not explain it, the gateway does not end them.
func (x *examination) leftOpen() (left, unconfirmed []int) {
	p := x.mostLoss()
	for opened := range x.open {
		e, unseen := x.unseen[opened]
		switch {
		case x.kept[opened]:
			left = append(left, opened)
		case x.uncertain[opened]:
			unconfirmed = append(unconfirmed, opened)
		case unseen && x.closes && math.Pow(p, float64(e.tries)) < chance:
		case unseen && (x.closes || math.Pow(p, float64(len(x.unseen))) >= chance):
			unconfirmed = append(unconfirmed, opened)
		default:
			left = append(left, opened)
		}
	}
	if x.loss() > 0 {
		unconfirmed = append(unconfirmed, x.unheard...)
	}
	slices.Sort(left)
	slices.Sort(unconfirmed)
	return left, unconfirmed
}
