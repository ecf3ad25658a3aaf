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
	r := &Route{Transport: t.Transport, Port: t.Remote.Port(), FilteredAfter: -1, Quoted: t.Quotes != nil, Answers: t.Answers}
	silent, asked := 0, 0
	for first := 1; first <= mostHops; first += together {
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
				r.Reached, r.Complete = h.Gateway, true
				r.trim(len(r.Hops))
				return r
			}
			if ctx.Err() == nil {
				asked = len(r.Hops)
			}
			silent++
			if h.answered() {
				silent = 0
			}
		}
		if ctx.Err() != nil {
			r.trim(asked)
			return r
		}
		if silent >= giveUp && !t.Answers {
			break
		}
	}
	r.Complete = true
	r.trim(len(r.Hops))
	return r
}

// Confirm asks again, one after the other, for hops after the last of r that answered,
// up to one that requests to another port get to: routers limit how many errors they
// send, so that two routes at once may have shared what they send of them.
func (t Tracer) Confirm(ctx context.Context, r *Route, routes []*Route) {
	from := r.last()
	for number := from + 1; number <= min(r.further(routes), from+giveUp); number++ {
		h := t.hop(ctx, number)
		switch {
		case ctx.Err() != nil && !h.answered():
			r.Complete = false
			return
		case !h.answered():
			continue
		}
		asked := len(r.Hops) + r.Silent
		for n := len(r.Hops) + 1; n < number; n++ {
			r.Hops = append(r.Hops, Hop{Number: n})
		}
		r.Hops = append(r.Hops, h)
		r.Reached = h.Gateway
		r.trim(asked)
		if h.ends() {
			r.Silent = 0
			return
		}
	}
}

// hop asks with a hop limit.
func (t Tracer) hop(ctx context.Context, limit int) Hop {
	a, spi := t.Ask(ctx, limit)
	if t.Quotes != nil {
		defer t.Quotes.forget(spi)
	}
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
