package iketest

import (
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"
)

// Faults is what goes wrong with a gateway or before it. The zero Faults is
// nothing. Probabilities are from 0 to 1.
type Faults struct {
	// DropRefused is silent about an offer with nothing acceptable, as racoon2
	// is.
	DropRefused bool
	// CookieLoop asks for another COOKIE for ever, InvalidKELoop for another
	// key exchange method. racoon2 refuses its own cookies.
	CookieLoop, InvalidKELoop bool
	// Unredeemed refuses an offer when its KE payload has the method that
	// INVALID_KE_PAYLOAD asked for.
	Unredeemed bool
	// FalseRefusal is the probability that an acceptable offer is taken for
	// one that is not, FalseAcceptance that an unacceptable one is accepted.
	FalseRefusal, FalseAcceptance float64

	// Loss is the probability that a datagram is lost, in either direction,
	// AcceptedLoss that an accepted answer is, each time that it is sent: its
	// IKE SA is half-open all the same. Seed makes all chance repeatable.
	Loss, AcceptedLoss float64
	Seed               uint64
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

	// Before and After list what is sent ahead of each true answer and behind
	// it, Apart how long. Instead is sent in place of a true answer, and
	// InsteadOfAccepted of an accepted one; its IKE SA is half-open all the
	// same.
	Before, After              []Forgery
	Apart                      time.Duration
	Instead, InsteadOfAccepted Forgery
	// Rewrite has the last word on the datagrams that answer one: what it
	// returns is sent, all at once. The sent ones are as they go on the wire,
	// with the non-ESP marker. It is called for each datagram that no limit
	// drops, one at a time.
	Rewrite func(received []byte, sent [][]byte) [][]byte
	// Source sends all answers, from its own address and port.
	Source net.PacketConn
}

// faults is Faults with what they remember.
type faults struct {
	Faults
	chance  *rand.Rand
	sources map[netip.Addr]*sender
}

func newFaults(f Faults) faults {
	return faults{
		Faults:  f,
		chance:  rand.New(rand.NewPCG(f.Seed, 0)),
		sources: make(map[netip.Addr]*sender),
	}
}

// happens draws whether something of that probability happens. What never does
// leaves the chance of other faults as it was.
func (f *faults) happens(probability float64) bool {
	return probability > 0 && f.chance.Float64() < probability
}

// outgoing is a datagram that answers another, and how long after it.
type outgoing struct {
	octets []byte
	after  time.Duration
}

// apply returns what goes on the wire where the true IKE message is in fragments, or is
// the only one of these, or there is none.
func (f *faults) apply(in arrival, fragments [][]byte, random io.Reader) ([]outgoing, error) {
	var sent []outgoing
	var answer []byte
	if last := len(fragments) - 1; last >= 0 {
		answer = fragments[last]
		for _, fragment := range fragments[:last] {
			sent = append(sent, outgoing{octets: in.frame(fragment)})
		}
	}
	add := func(forgery Forgery, after time.Duration) error {
		d, err := forgery.forge(in, answer, random)
		if d != nil && err == nil {
			sent = append(sent, outgoing{d, after})
		}
		return err
	}
	var ahead, behind time.Duration
	if answer != nil {
		for _, forgery := range f.Before {
			if err := add(forgery, 0); err != nil {
				return nil, err
			}
		}
		if len(f.Before) > 0 {
			ahead = f.Apart
		}
		behind = ahead + f.Apart
	}
	instead, lost := f.Instead, false
	if (f.AcceptedLoss > 0 || f.InsteadOfAccepted != NoForgery) && accepts(answer) {
		lost = f.happens(f.AcceptedLoss)
		if f.InsteadOfAccepted != NoForgery {
			instead = f.InsteadOfAccepted
		}
	}
	if !lost {
		if err := add(instead, ahead); err != nil {
			return nil, err
		}
	}
	if answer != nil {
		for _, forgery := range f.After {
			if err := add(forgery, behind); err != nil {
				return nil, err
			}
		}
	}
	return f.finish(in, sent), nil
}

// finish loses what is lost, and has the rest rewritten.
func (f *faults) finish(in arrival, sent []outgoing) []outgoing {
	var kept []outgoing
	for _, d := range sent {
		if !f.happens(f.Loss) {
			kept = append(kept, d)
		}
	}
	if f.Rewrite == nil {
		return kept
	}
	var octets [][]byte
	for _, d := range kept {
		octets = append(octets, d.octets)
	}
	kept = nil
	for _, d := range f.Rewrite(in.raw, octets) {
		kept = append(kept, outgoing{octets: d})
	}
	return kept
}

// send sends, now or after the delay. What cannot be sent is lost, as on any
// network.
func (f *faults) send(conn net.PacketConn, to net.Addr, sent []outgoing) {
	if f.Source != nil {
		conn = f.Source
	}
	// What leaves at the same time does so in one piece: two timers keep no order.
	for len(sent) > 0 {
		n := 1
		for n < len(sent) && sent[n].after == sent[0].after {
			n++
		}
		together := sent[:n]
		sent = sent[n:]
		write := func() {
			for _, d := range together {
				_, _ = conn.WriteTo(d.octets, to)
			}
		}
		if delay := f.Delay + together[0].after; delay > 0 {
			time.AfterFunc(delay, write)
		} else {
			write()
		}
	}
}
