// Package route says in words what was found of the routers on the way.
package route

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// Hop says what one is, how long its answer took, and what it saw.
func Hop(h report.Hop, took string) string {
	words := h.Router
	switch {
	case h.Router == "":
		words = "no answer"
	case h.RTTms > 0:
		words += ", " + took
	}
	switch {
	case h.Gateway:
		words += ", the gateway, answers"
	case h.Rejects != "":
		words += ": " + h.Rejects
	}
	if h.Quote != nil && len(h.Quote.Changed) > 0 {
		words += ": " + rewriting(*h.Quote)
	}
	return words
}

// rewriting says what of a request a router saw rewritten.
func rewriting(q report.Quote) string {
	source, destination := slices.Contains(q.Changed, report.ChangedSource), slices.Contains(q.Changed, report.ChangedDestination)
	switch {
	case source && destination:
		return fmt.Sprintf("rewritten before it, to come from %s and go to %s", &q.Source, &q.Destination)
	case source:
		return fmt.Sprintf("rewritten before it, to come from %s", &q.Source)
	case destination:
		return fmt.Sprintf("rewritten before it, to go to %s", &q.Destination)
	case slices.Contains(q.Changed, report.ChangedChecksum):
		return "rewritten before it: its checksum is another one"
	}
	return "rewritten before it: its IP ID is another one"
}

// End says where the requests of a route end that does not reach the gateway.
func End(r report.Route) string {
	if r.Control {
		return "this port is not IKE's, and asked for comparison alone"
	}
	if len(r.Hops) > 0 && r.Hops[len(r.Hops)-1].Rejects != "" {
		return "no request gets further"
	}
	after := "no router answers"
	if len(r.Hops) > 0 {
		after = fmt.Sprintf("nothing answers after hop %d", len(r.Hops))
	}
	switch {
	case r.Interrupted:
		return "the search was interrupted here"
	case r.FilteredAfter == nil:
		return after + ": " + english.Counted(int64(r.Silent), "more was asked for", "more were asked for")
	case *r.FilteredAfter == 0:
		return after + ", while requests to another port get further: a filter near you may take them"
	}
	return after + ", while requests to another port get further: a filter there, or right behind it, may take them"
}

// Same reports whether two routes are through the same routers, which saw the same of
// requests, whatever their ports and times.
func Same(a, b report.Route) bool {
	return a.Reached && b.Reached && slices.EqualFunc(a.Hops, b.Hops, func(a, b report.Hop) bool {
		return a.Router == b.Router && a.Gateway == b.Gateway && a.Rejects == b.Rejects && slices.Equal(changed(a), changed(b))
	})
}

// changed returns what h quotes as rewritten.
func changed(h report.Hop) []report.RouteChange {
	if h.Quote == nil {
		return nil
	}
	return h.Quote.Changed
}
