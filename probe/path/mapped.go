package path

import (
	"context"
	"net/netip"
	"slices"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path/mapping"
)

// mainWays returns those that answer from the port that the system chose: of UDP, or
// where there are none of TCP.
func (x *examination) mainWays() []*way {
	main := slices.DeleteFunc(x.in(initiator.PathAnswers), func(w *way) bool { return w.source != 0 })
	if datagrams := slices.DeleteFunc(slices.Clone(main), func(w *way) bool { return w.t.IsTCP() }); len(datagrams) > 0 {
		return datagrams
	}
	return main
}

// detectMapping finds out for a scan what port NAT gives us, where there are other
// gateways to compare with, and the user names its outside: a scan has no further use
// for it.
func (x *examination) detectMapping(ctx context.Context) {
	if len(x.Outside) == 0 || len(x.Others.Beside(x.target.Address)) == 0 {
		return
	}
	for _, w := range x.mainWays() {
		if w.t.IsTCP() || ctx.Err() != nil {
			return
		}
		if o, _ := x.openOn(ctx, w, initiator.TrueNATDetection); o != nil {
			x.readNAT(ctx, w, o.answer)
			x.close(ctx, x.conn, o.request, o.answer, w.t)
		}
	}
	if n := x.result.NAT; n != nil {
		x.compareMappings(n)
	}
}

// mostOthers is how many other gateways are asked until one says what it sees.
const mostOthers = 3

// askOthers judges how NAT maps our port, by what this gateway sees, and another one
// from the same port. The examination proper is over.
func (x *examination) askOthers(ctx context.Context) {
	n := x.result.NAT
	if n == nil || !n.LocalBehindNAT {
		return
	}
	var seen []mapping.Sighting
	for _, t := range []initiator.Transport{initiator.UDP500, initiator.UDP4500} {
		if as := n.Observed[t]; as.IsValid() {
			seen = append(seen, mapping.Sighting{Gateway: netip.AddrPortFrom(x.target.Address, x.target.Paths.Port(t)), As: as, Evidence: x.seenBy[t]})
		}
	}
	others := x.Others.Beside(x.target.Address)
	judged := mapping.Judge(n.Local, seen, len(others))
	n.Behavior = &judged
	if judged.Behavior != mapping.Unknown || len(seen) == 0 {
		return
	}
	asked := 0
	for _, g := range others {
		if asked == mostOthers || ctx.Err() != nil {
			break
		}
		silent, leave := x.Others.Take(g.Address)
		answers := false
		if !silent {
			asked++
			var s mapping.Sighting
			if s, answers = x.seenByOther(ctx, g, n.Local, seen[0].As.Addr()); s.As.IsValid() {
				seen = append(seen, s)
			}
		}
		leave(answers)
		if len(seen) > 0 && seen[len(seen)-1].Gateway.Addr() == g.Address {
			break
		}
	}
	judged = mapping.Judge(n.Local, seen, len(others))
}

// seenByOther asks another gateway what it sees in the place of local, our address and
// port, where NAT has an address outside. It reports whether that gateway answers.
func (x *examination) seenByOther(ctx context.Context, g mapping.Gateway, local netip.AddrPort, outside netip.Addr) (s mapping.Sighting, answers bool) {
	cfg := x.config(local)
	cfg.Gateway, cfg.Paths = g.Address, g.Paths
	conn, err := initiator.Open(ctx, cfg)
	if err != nil {
		return s, true // the port was taken meanwhile, which says nothing of the gateway
	}
	x.other = conn
	defer x.closeConn(conn)
	for _, t := range x.Transports {
		if t.IsTCP() || ctx.Err() != nil {
			continue
		}
		w := &way{conn: conn, t: t, asked: stateless}
		const attempts = 2
		a, req := x.greet(ctx, w, stateless, attempts)
		if !a.Outcome.IsIKEv2() {
			continue
		}
		answers = true
		w.answers = append(w.answers, a)
		if a.Outcome == initiator.Accepted { // though its KE payload was not of the offer
			x.close(ctx, conn, req, a, t)
		}
		o, _ := x.openOn(ctx, w, initiator.TrueNATDetection)
		if o == nil {
			continue
		}
		x.close(ctx, conn, o.request, o.answer, t)
		if seen, ok := o.answer.Message.NATDetection(); ok {
			if as, ok := seen.FindDestination(append([]netip.Addr{outside}, x.Outside...)...); ok {
				return mapping.Sighting{Gateway: conn.Remote(t), As: as, Evidence: o.answer.ID}, true
			}
		}
	}
	return s, answers
}
