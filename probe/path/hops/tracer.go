package hops

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/probe/initiator"
)

// Tracer finds a route.
type Tracer struct {
	Transport initiator.Transport
	Remote    netip.AddrPort
	// Answers: the gateway is known to answer, so that silent routers are passed over.
	Answers bool
	// Ask makes the exchange of a request with a hop limit, and returns its answer and
	// its SPI.
	Ask func(ctx context.Context, hopLimit int) (initiator.Answer, ike.SPI)
	// Quotes are what ICMP errors quote; nil if they cannot be read.
	Quotes *Quotes
}

// A gateway gets as many requests as it may have at work, beyond those that routers
// take; after so many silent hops in a row no more are asked for where it does not
// answer either.
const (
	together  = 2
	mostHops  = 30
	giveUp    = 4
	quoteWait = 20 * time.Millisecond // for the second socket to be read
)

// Route asks with one hop limit after the other until the gateway answers.
func (t Tracer) Route(ctx context.Context) *Route {
	r := &Route{Transport: t.Transport, Port: t.Remote.Port(), FilteredAfter: -1, Quoted: t.Quotes != nil}
	silent := 0
	for first := 1; first <= mostHops && ctx.Err() == nil; first += together {
		found := make([]Hop, together)
		var all sync.WaitGroup
		for i := range found {
			all.Go(func() { found[i] = t.hop(ctx, first+i) })
		}
		all.Wait()
		for _, h := range found {
			if !h.answered() && ctx.Err() == nil {
				h = t.hop(ctx, h.Number) // alone, for routers that quote too little
			}
			r.Hops = append(r.Hops, h)
			if h.ends() {
				r.Reached = h.Gateway
				r.trim()
				return r
			}
			silent++
			if h.answered() {
				silent = 0
			}
		}
		if silent >= giveUp && !t.Answers {
			break
		}
	}
	r.trim()
	return r
}

// hop asks with a hop limit.
func (t Tracer) hop(ctx context.Context, limit int) Hop {
	a, spi := t.Ask(ctx, limit)
	h := Hop{Number: limit, RTT: a.RTT, Exchange: a.ID}
	switch {
	case a.Message != nil, a.Outcome == initiator.NotIKE, a.Outcome == initiator.Echo, a.Outcome == initiator.Malformed:
		h.Gateway, h.Router = true, t.Remote.Addr()
	case a.Blocked != nil && a.Blocked.Reporter.IsValid() && !a.Blocked.Local:
		h.Router, h.Meaning = a.Blocked.Reporter, a.Blocked.Meaning
		if h.Meaning != icmp.TimeExceeded {
			h.Detail = a.Blocked.Detail
		}
	}
	if t.Quotes != nil && !h.Gateway {
		if e, ok := t.Quotes.of(ctx, spi); ok {
			h.Quote = &e.Quote
			if !h.Router.IsValid() {
				// The kernel gives an error to the socket that it quotes: this one was
				// rewritten.
				h.Router, h.Meaning = e.router, e.err.Meaning()
				if h.Meaning != icmp.TimeExceeded {
					h.Detail = e.err.String()
				}
			}
		}
	}
	return h
}
