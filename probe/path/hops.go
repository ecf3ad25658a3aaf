package path

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path/hops"
)

// controlPort is the first port of traceroute, which filters let through if any.
const controlPort = 33434

// A router is waited for twice as long as the gateway, within these: ICMP errors are
// not what routers are made for.
const minHopWait, maxHopWait = 500 * time.Millisecond, 2 * time.Second

// traceHops finds the routers on the way to each UDP port of the gateway.
func (x *examination) traceHops(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	quotes, err := hops.OpenQuotes(ctx, x.conn.Local().Addr())
	if err == nil {
		defer quotes.Close()
	}
	var all sync.WaitGroup
	var tracers []hops.Tracer
	for _, w := range x.ways {
		if w.source != 0 || w.t.IsTCP() {
			continue
		}
		rtt, _ := measured(w)
		tracer := x.tracer(x.conn, w.t, rtt.Max, quotes)
		tracer.Answers = w.seen.State == initiator.PathAnswers && !w.asked.opens
		tracers = append(tracers, tracer)
		i := len(x.result.Routes)
		x.result.Routes = append(x.result.Routes, nil)
		all.Go(func() { x.result.Routes[i] = tracer.Route(ctx) })
	}
	all.Wait()
	if len(x.result.Routes) > 0 && ctx.Err() == nil && !slices.ContainsFunc(x.result.Routes, func(r *hops.Route) bool { return r.Silent == 0 }) {
		x.traceControl(ctx, quotes)
	}
	for i, tracer := range tracers {
		tracer.Confirm(ctx, x.result.Routes[i], x.result.Routes)
	}
	hops.Compare(x.result.Routes)
}

// traceControl finds the way to a port that is not IKE's: it shows whether what takes
// requests to all others is a filter.
func (x *examination) traceControl(ctx context.Context, quotes *hops.Quotes) {
	cfg := x.config(netip.AddrPortFrom(x.conn.Local().Addr(), 0))
	cfg.Paths = initiator.Paths{{Transport: initiator.UDP500, Port: controlPort}}
	conn, err := initiator.Open(ctx, cfg)
	if err != nil {
		return // the rest stands without it
	}
	r := x.tracer(conn, initiator.UDP500, 0, quotes).Route(ctx)
	r.Control = true
	x.result.Routes = append(x.result.Routes, r)
	_ = conn.Close() // it was read to the end
	x.mu.Lock()
	defer x.mu.Unlock()
	x.result.Cost = x.result.Cost.Plus(conn.Cost())
}

// tracer returns one that asks from conn, and waits for routers in proportion to a
// round trip.
func (x *examination) tracer(conn *initiator.Conn, t initiator.Transport, rtt time.Duration, quotes *hops.Quotes) hops.Tracer {
	return hops.Tracer{Transport: t, Remote: conn.Remote(t), Quotes: quotes,
		Ask: func(ctx context.Context, limit int) (initiator.Answer, ike.SPI) {
			return x.askHop(ctx, conn, t, limit, min(max(2*rtt, minHopWait), maxHopWait), quotes)
		}}
}

// askHop asks with a hop limit.
func (x *examination) askHop(ctx context.Context, conn *initiator.Conn, t initiator.Transport, limit int, wait time.Duration, quotes *hops.Quotes) (initiator.Answer, ike.SPI) {
	req, err := conn.Init(initiator.Offer{Transport: t, Products: stateless.offer, KE: stateless.ke})
	if err != nil {
		x.fail(err)
		return initiator.Answer{}, ike.SPI{}
	}
	req.Attempts, req.Wait, req.Quiet, req.HopLimit = 1, wait, true, limit
	if quotes != nil {
		payload := req.Octets()
		if t == initiator.UDP4500 {
			payload = append(ike.AppendNonESPMarker(nil), payload...)
		}
		quotes.Sent(req.SPI(), conn.Local(), conn.Remote(t), payload)
	}
	a := x.ask(ctx, conn, req)
	if a.Outcome == initiator.Accepted {
		x.opened(a.ID)
		x.close(ctx, conn, req, a, t)
	}
	return a, req.SPI()
}
