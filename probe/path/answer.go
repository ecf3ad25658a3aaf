package path

import (
	"context"
	"io"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/closing"
	"github.com/ikescope/ikescope/probe/internal/host"
)

// Fragmentation is what becomes of answers that are larger than a packet, and whether
// IKE splits them (RFC 7383). Only a gateway that shows its certificates before the
// client has authenticated, as one for EAP does, has large answers for us.
type Fragmentation struct {
	// Supported: the gateway supports IKE fragmentation.
	Supported bool
	// LargeAnswer says whether an answer in IP fragments arrives, and Octets is the
	// UDP payload of it; 0 where none came.
	LargeAnswer Answer
	Octets      int
	// Works says whether an answer in fragments of IKE arrives, and Pieces is how many.
	Works  Answer
	Pieces int
	// Evidence are the numbers of the exchanges.
	Evidence []int
}

// identityAttempts is how often the gateway is asked for its identity.
const identityAttempts = 3

// identity is the answer to an IKE_AUTH request without AUTH.
type identity struct {
	// answered: it came, whole, and refused: it is an error.
	answered, refused bool
	// established: it takes everyone, and the IKE SA is established.
	established bool
	// lost: the gateway has sent an answer that did not come.
	lost           bool
	octets, pieces int
	evidence       []int
}

// askIdentity asks the gateway for its identity in the IKE SA of o, as a client for EAP
// does (RFC 7296, Section 2.16), and for all certificates. Then it ends the IKE SA.
func (x *examination) askIdentity(ctx context.Context, w *way, o *opening) identity {
	var id identity
	keys, err := closing.Keys(o.request, o.answer)
	if err != nil {
		return id
	}
	var mac [32]byte
	header := ike.Header{
		SPIi: o.request.SPI(), SPIr: o.answer.Message.SPIr, MajorVersion: 2,
		Exchange: ike.IKE_AUTH, Flags: ike.FlagInitiator, MessageID: 1,
	}
	x.random.Lock()
	_, err = io.ReadFull(x.Rand, mac[:])
	var octets []byte
	if err == nil {
		octets, err = keys.Seal(keymat.Initiator, header, closing.Identity(mac[:4]), x.Rand)
	}
	x.random.Unlock()
	if err != nil {
		x.fail(err)
		return id
	}
	pieces := map[uint16]int{}
	req, err := x.conn.Plain(w.t, octets, func(b []byte) initiator.Reading { return id.read(keys, pieces, b) })
	if err != nil {
		x.fail(err)
		return id
	}
	req.Attempts, req.Quiet = identityAttempts, true
	a := x.ask(context.WithoutCancel(ctx), x.conn, req)
	id.evidence = []int{o.answer.ID, a.ID}
	if id.answered && id.refused {
		x.closed(o.answer.ID) // by its error
		return id
	}
	// The gateway takes the next request only if it has answered the first.
	first := ending{conn: x.conn, t: w.t, keys: keys, header: header, octets: octets, next: closing.Auth(mac[:]), tries: a.Tries}
	header.MessageID = 2
	if id.established {
		header.Exchange, first.next = ike.INFORMATIONAL, []ike.Payload{&ike.Delete{Protocol: ike.ProtocolIKE}}
	}
	answered := x.sealAndEnd(ctx, o.answer.ID, ending{conn: x.conn, t: w.t, keys: keys, header: header}, first.next)
	id.lost = !id.answered && answered
	if !id.answered && !answered {
		x.unended(o.answer.ID, first) // it has to arrive before the other one is taken
	}
	return id
}

// read reads a datagram of the answer.
func (id *identity) read(keys *keymat.Keys, pieces map[uint16]int, b []byte) initiator.Reading {
	if m, err := keys.Open(keymat.Responder, b); err == nil {
		id.answered, id.octets, id.pieces = true, len(b), 0
		id.established = establishes(initiator.Answer{Message: m})
		for _, p := range m.Payloads {
			if n, ok := p.(*ike.Notify); ok && n.Notification.IsError() {
				id.refused = true
				return initiator.Reading{Outcome: initiator.OtherError, Notify: n.Notification, Detail: n.Notification.String()}
			}
		}
		return initiator.Reading{Outcome: initiator.Accepted}
	}
	m, err := ike.ParseMessage(b)
	f, ok := ike.Find[*ike.EncryptedFragment](m)
	if err != nil || !ok || f.Number == 0 || f.Number > f.Total || m.Flags&ike.FlagResponse == 0 {
		return initiator.Reading{Outcome: initiator.Malformed, Detail: "it does not open"}
	}
	pieces[f.Number] = len(b)
	if len(pieces) < int(f.Total) {
		return initiator.Reading{Detail: "a piece of an answer"}
	}
	id.answered, id.octets, id.pieces = true, 0, int(f.Total)
	for _, n := range pieces {
		id.octets += n
	}
	return initiator.Reading{Outcome: initiator.Accepted}
}

// noteAnswer takes in what came of a request without IKE fragmentation in the IKE SA of
// o, and if there was a large answer, or none, asks for one with it.
func (x *examination) noteAnswer(ctx context.Context, w *way, id identity) {
	f := x.result.Fragmentation
	f.Evidence = append(f.Evidence, id.evidence...)
	large := host.MTU(w.conn.Local().Addr()) - x.headers()
	switch {
	case id.lost:
		f.LargeAnswer = No
	case id.answered && !id.refused && id.octets > large:
		f.LargeAnswer, f.Octets = Yes, id.octets
	}
	if !f.Supported || id.refused || !id.answered && !id.lost || ctx.Err() != nil {
		return
	}
	o, _ := x.openOn(ctx, w, initiator.TrueNATDetection)
	if o == nil {
		return
	}
	again := x.askIdentity(ctx, w, o)
	f.Evidence = append(f.Evidence, again.evidence...)
	switch {
	case again.pieces > 1:
		f.Works, f.Pieces = Yes, again.pieces
	case again.answered && id.lost:
		f.LargeAnswer = Unknown // it comes whole, so that its size is not why it was lost
	case again.lost:
		f.Works = No
	}
}
