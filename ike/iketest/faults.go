package iketest

import (
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// Faults is what goes wrong with a gateway or before it. The zero Faults is
// nothing.
type Faults struct {
	// DropRefused is silent about an offer with nothing acceptable.
	DropRefused bool
	// CookieLoop asks for another COOKIE for ever, InvalidKELoop for another
	// key exchange method.
	CookieLoop, InvalidKELoop bool

	// Loss is the probability, 0 to 1, that a datagram is lost, in either
	// direction. Seed makes it repeatable.
	Loss float64
	Seed uint64
	// RateLimit is how many datagrams of one source address are looked at
	// within a second; the others are dropped. 0 is no limit.
	RateLimit int
	// BlockAfter is how many datagrams one source address may send before
	// all further ones are dropped for BlockFor, as by a fail2ban. BlockFor 0
	// is for ever, BlockAfter 0 is never.
	BlockAfter int
	BlockFor   time.Duration
	// Delay holds back what is sent.
	Delay time.Duration

	// Before lists what is sent ahead of each true answer, Instead what is
	// sent in its place.
	Before  []Forgery
	Instead Forgery
	// Rewrite has the last word on the datagrams that answer one: what it
	// returns is sent. The sent ones are as they go on the wire, with the
	// non-ESP marker. It is called for each datagram that no limit drops, one
	// at a time.
	Rewrite func(received []byte, sent [][]byte) [][]byte
	// Source sends all answers, from its own address and port.
	Source net.PacketConn
}

// A Forgery is a datagram that the gateway did not mean.
type Forgery uint8

const (
	NoForgery Forgery = iota

	// These answer any datagram. As Faults.Instead there is no IKEv2
	// responder behind them.

	Echo                // the very octets received
	Garbage             // random octets, as many as came
	Text                // a line of another protocol
	IKEv1Answer         // NO-PROPOSAL-CHOSEN with a header of version 1.0
	InvalidMajorVersion // INVALID_MAJOR_VERSION, the version being 1

	// These take an answer and spoil it.

	Truncated         // half of it
	WrongInitiatorSPI // one bit is not the request's
	WrongResponderSPI // one bit is not the gateway's

	// Refusal is NO_PROPOSAL_CHOSEN with the right initiator SPI, as anyone
	// who sees a request can send it (RFC 7296, Section 2.21.1).
	Refusal
)

// blind tells whether a forgery does without IKEv2.
func (f Forgery) blind() bool { return f >= Echo && f <= InvalidMajorVersion }

// faults is Faults with what they remember.
type faults struct {
	Faults
	chance  *rand.Rand
	sources map[netip.Addr]*sender
}

// A sender is what is remembered of a source address.
type sender struct {
	recent  []time.Time // datagrams of the last second
	since   int         // datagrams since the last block
	blocked bool
	until   time.Time // zero: for ever
}

func newFaults(f Faults) faults {
	return faults{
		Faults:  f,
		chance:  rand.New(rand.NewPCG(f.Seed, 0)),
		sources: make(map[netip.Addr]*sender),
	}
}

// drops tells whether a datagram is dropped unread.
func (f *faults) drops(in arrival, now time.Time) bool {
	if f.Loss > 0 && f.chance.Float64() < f.Loss {
		return true
	}
	if f.RateLimit <= 0 && f.BlockAfter <= 0 {
		return false
	}
	from := f.sources[in.remote.Addr()]
	if from == nil {
		from = new(sender)
		f.sources[in.remote.Addr()] = from
	}
	return from.blocks(f, now) || from.exceeds(f.RateLimit, now)
}

func (s *sender) blocks(f *faults, now time.Time) bool {
	if f.BlockAfter <= 0 {
		return false
	}
	if s.blocked && !s.until.IsZero() && !now.Before(s.until) {
		*s = sender{}
	}
	if s.blocked {
		return true
	}
	if s.since++; s.since > f.BlockAfter {
		s.blocked = true
		if f.BlockFor > 0 {
			s.until = now.Add(f.BlockFor)
		}
	}
	return s.blocked
}

func (s *sender) exceeds(limit int, now time.Time) bool {
	if limit <= 0 {
		return false
	}
	s.recent = slices.DeleteFunc(s.recent, func(t time.Time) bool { return now.Sub(t) >= time.Second })
	if len(s.recent) >= limit {
		return true
	}
	s.recent = append(s.recent, now)
	return false
}

// apply returns what goes on the wire where answer, nil for none, is the true
// IKE message.
func (f *faults) apply(in arrival, answer []byte, random io.Reader) ([][]byte, error) {
	var sent [][]byte
	add := func(forgery Forgery) error {
		d, err := forgery.forge(in, answer, random)
		if d != nil && err == nil {
			sent = append(sent, d)
		}
		return err
	}
	if answer != nil {
		for _, forgery := range f.Before {
			if err := add(forgery); err != nil {
				return nil, err
			}
		}
	}
	if err := add(f.Instead); err != nil {
		return nil, err
	}
	if f.Loss > 0 {
		sent = slices.DeleteFunc(sent, func([]byte) bool { return f.chance.Float64() < f.Loss })
	}
	if f.Rewrite != nil {
		sent = f.Rewrite(in.raw, sent)
	}
	return sent, nil
}

// forge returns a datagram, nil where there is nothing to forge; NoForgery is
// the true answer.
func (f Forgery) forge(in arrival, answer []byte, random io.Reader) ([]byte, error) {
	switch f {
	case Echo:
		return slices.Clone(in.raw), nil
	case Garbage:
		d := make([]byte, len(in.raw))
		_, err := io.ReadFull(random, d)
		return d, err
	case Text:
		return []byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), nil
	case IKEv1Answer, InvalidMajorVersion, Refusal:
		return f.notify(in)
	}
	if answer == nil {
		return nil, nil
	}
	answer = slices.Clone(answer)
	switch f {
	case Truncated:
		answer = answer[:len(answer)/2]
	case WrongInitiatorSPI:
		answer[0] ^= 0x80
	case WrongResponderSPI:
		answer[8] ^= 0x80
	}
	return in.frame(answer), nil
}

// notify forges the messages that need nothing but the request's header.
func (f Forgery) notify(in arrival) ([]byte, error) {
	if in.octets == nil {
		return nil, nil
	}
	h, _, _, err := ike.ParseHeader(in.octets)
	if err != nil {
		return nil, nil
	}
	if f == IKEv1Answer {
		return in.frame(ikev1NoProposalChosen(h.SPIi)), nil
	}
	n := &ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN}
	if f == InvalidMajorVersion {
		n = &ike.Notify{Notification: ike.INVALID_MAJOR_VERSION, Data: []byte{1}}
	}
	message, err := (&ike.Message{Header: responseHeader(h), Payloads: []ike.Payload{n}}).AppendBinary(nil)
	return in.frame(message), err
}

// ikev1NoProposalChosen is an ISAKMP Informational exchange with one
// Notification payload (RFC 2408, Sections 3.1 and 3.14).
func ikev1NoProposalChosen(spii ike.SPI) []byte {
	d := append(spii[:], make([]byte, 8)...)
	return append(d,
		11, 0x10, 5, 0, // Notification payload, version 1.0, Informational, no flags
		0, 0, 0, 0, 0, 0, 0, 40, // Message ID, Length
		0, 0, 0, 12, // no next payload, Payload Length
		0, 0, 0, 1, // Domain of Interpretation: IPsec
		1, 0, 0, 14, // PROTO_ISAKMP, no SPI, NO-PROPOSAL-CHOSEN
	)
}

// frame puts the non-ESP marker before an IKE message where it belongs.
func (in arrival) frame(message []byte) []byte {
	if !in.marker || message == nil {
		return message
	}
	return append(ike.AppendNonESPMarker(nil), message...)
}

// send sends, now or after the delay. What cannot be sent is lost, as on any
// network.
func (f *faults) send(conn net.PacketConn, to net.Addr, sent [][]byte) {
	if f.Source != nil {
		conn = f.Source
	}
	write := func() {
		for _, d := range sent {
			_, _ = conn.WriteTo(d, to)
		}
	}
	if f.Delay > 0 {
		time.AfterFunc(f.Delay, write)
		return
	}
	write()
}
