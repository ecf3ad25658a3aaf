package route

import (
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestSame: routes are the same by what they are, not by how it is put in words, and
// whatever their ports and times.
func TestSame(t *testing.T) {
	whole := func(change func(*report.Route)) report.Route {
		r := report.Route{Transport: report.UDP500, Port: 500, Reached: true, Hops: []report.Hop{
			{Number: 1, Router: "192.0.2.1", RTTms: 1, Quote: &report.Quote{Source: report.Endpoint{Address: "192.0.2.9", Port: 5}}},
			{Number: 2}, {Number: 3, Router: "198.51.100.7", Gateway: true}}}
		if change != nil {
			change(&r)
		}
		return r
	}
	quote := func(changed ...report.RouteChange) func(*report.Route) {
		return func(r *report.Route) { r.Hops[0].Quote = &report.Quote{Changed: changed} }
	}
	for _, tt := range []struct {
		name   string
		change func(*report.Route)
		want   bool
	}{
		{"the same", nil, true},
		{"another port and time", func(r *report.Route) { r.Port, r.Hops[0].RTTms = 4500, 7 }, true},
		{"another source, unchanged", quote(), true},
		{"no quote", func(r *report.Route) { r.Hops[0].Quote = nil }, true},
		{"another router", func(r *report.Route) { r.Hops[0].Router = "192.0.2.2" }, false},
		{"a silent one answers", func(r *report.Route) { r.Hops[1].Router = "no answer" }, false},
		{"another end", func(r *report.Route) { r.Hops[2].Gateway = false }, false},
		{"rejected", func(r *report.Route) { r.Hops[2].Rejects = "prohibited" }, false},
		{"rewritten", quote(report.ChangedSource), false},
		{"one more", func(r *report.Route) { r.Hops = append(r.Hops, report.Hop{Number: 4}) }, false},
		{"not reached", func(r *report.Route) { r.Reached = false }, false},
	} {
		if got := Same(whole(nil), whole(tt.change)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	a, b := whole(quote(report.ChangedSource, report.ChangedChecksum)), whole(quote(report.ChangedSource))
	if Same(a, b) {
		t.Error("two changes are the same as one")
	}
	a, b = whole(func(r *report.Route) { r.Reached = false }), whole(func(r *report.Route) { r.Reached = false })
	if Same(a, b) {
		t.Error("two that do not arrive are the same")
	}
}
