package scan

import (
	"github.com/ikescope/ikescope/probe/path/hops"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// routeOf returns what a report says of a route.
func routeOf(r *hops.Route) report.Route {
	out := report.Route{
		Transport:   report.Transport(r.Transport.String()),
		Port:        r.Port,
		Control:     r.Control,
		Reached:     r.Reached,
		Hops:        lists.Convert(r.Hops, hopOf),
		Silent:      r.Silent,
		Interrupted: !r.Complete,
		QuotesRead:  r.Quoted,
		RewrittenAt: r.Rewritten,
		Evidence:    []int{},
	}
	if r.FilteredAfter >= 0 {
		out.FilteredAfter = &r.FilteredAfter
	}
	for _, h := range r.Hops {
		if h.Exchange != 0 {
			out.Evidence = append(out.Evidence, h.Exchange)
		}
	}
	out.Evidence = lists.Sorted(out.Evidence)
	return out
}

func hopOf(h hops.Hop) report.Hop {
	out := report.Hop{Number: h.Number, Router: report.AddressText(h.Router), Gateway: h.Gateway, RTTms: milliseconds(h.RTT), Rejects: h.Detail}
	if q := h.Quote; q != nil {
		out.Quote = &report.Quote{Source: *endpoint(q.Source), Destination: *endpoint(q.Destination)}
		for _, c := range []struct {
			change hops.Change
			word   report.RouteChange
		}{
			{hops.ChangedSource, report.ChangedSource},
			{hops.ChangedDestination, report.ChangedDestination},
			{hops.ChangedChecksum, report.ChangedChecksum},
			{hops.ChangedID, report.ChangedID},
		} {
			if q.Changed&c.change != 0 {
				out.Quote.Changed = append(out.Quote.Changed, c.word)
			}
		}
	}
	return out
}
