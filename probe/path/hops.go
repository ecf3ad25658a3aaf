package path

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path/hops"
)

// A router is waited for twice as long as the gateway, within these: ICMP errors are
// not what routers are made for.
const minHopWait, maxHopWait = 500 * time.Millisecond, 2 * time.Second

// traceHops finds the routers on the way to each UDP port of the gateway.
func (x *examination) traceHops(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	local := x.conn.Local()
	quotes, err := hops.OpenQuotes(ctx, local.Addr())
	if err == nil {
		defer quotes.Close()
	}
	var all sync.WaitGroup
	for _, w := range x.ways {
		if w.source != 0 || w.conn != x.conn {
			continue
		}
		rtt, _ := measured(w.answers)
		tracer := hops.Tracer{
			Transport: w.t, Remote: x.conn.Remote(w.t), Quotes: quotes,
			Answers: w.seen.State == initiator.PathAnswers && !w.asked.opens,
			Ask: func(ctx context.Context, limit int) (initiator.Answer, ike.SPI) {
				return x.askHop(ctx, w, limit, min(max(2*rtt.Max, minHopWait), maxHopWait), quotes, local)
			},
		}
		i := len(x.result.Routes)
		x.result.Routes = append(x.result.Routes, nil)
		all.Go(func() { x.result.Routes[i] = tracer.Route(ctx) })
	}
	all.Wait()
	hops.Compare(x.result.Routes)
}

// askHop asks on w with a hop limit.
func (x *examination) askHop(ctx context.Context, w *way, limit int, wait time.Duration, quotes *hops.Quotes, local netip.AddrPort) (initiator.Answer, ike.SPI) {
	req, err := x.conn.Init(initiator.Offer{Transport: w.t, Products: stateless.offer, KE: stateless.ke})
	if err != nil {
		x.fail(err)
		return initiator.Answer{}, ike.SPI{}
	}
	req.Attempts, req.Wait, req.Quiet, req.HopLimit = 1, wait, true, limit
	if quotes != nil {
		payload := req.Octets()
		if w.t == initiator.UDP4500 {
			payload = append(ike.AppendNonESPMarker(nil), payload...)
		}
		quotes.Sent(req.SPI(), local, x.conn.Remote(w.t), payload)
	}
	a := x.ask(ctx, x.conn, req)
	if a.Outcome == initiator.Accepted {
		x.opened()
		x.close(ctx, x.conn, req, a, w.t)
	}
	return a, req.SPI()
}
