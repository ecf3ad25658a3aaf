package text

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestRoutes: each way is shown once, with what routers see and where it ends.
func TestRoutes(t *testing.T) {
	zero, two := 0, 2
	route := func(transport report.Transport, change func(*report.Route)) report.Route {
		port := map[report.Transport]uint16{report.UDP500: 500, report.UDP4500: 4500}[transport]
		r := report.Route{Transport: transport, Port: port, Reached: true, QuotesRead: true,
			Hops: []report.Hop{{Number: 1, Router: "192.0.2.1", RTTms: 1.5}, {Number: 2}, {Number: 3, Router: "198.51.100.7", Gateway: true, RTTms: 9}}}
		if change != nil {
			change(&r)
		}
		return r
	}
	quoting := func(changed ...report.RouteChange) *report.Quote {
		return &report.Quote{Source: report.Endpoint{Address: "203.0.113.9", Port: 61000}, Destination: report.Endpoint{Address: "10.0.0.1", Port: 500}, Changed: changed}
	}
	for _, tt := range []struct {
		name   string
		change func(*report.Route) // of UDP 4500
		want   []string
	}{
		{"the same way", nil, []string{"udp/500     1  192.0.2.1, 1.5 ms", "2  no answer", "3  198.51.100.7, 9.0 ms, the gateway, answers", "udp/4500   the same as UDP 500"}},
		{"a filter", func(r *report.Route) { r.Reached, r.Hops, r.Silent, r.FilteredAfter = false, r.Hops[:2], 4, &two },
			[]string{"udp/4500    1", "nothing answers after hop 2, while requests to another port get further"}},
		{"a filter at once", func(r *report.Route) { r.Reached, r.Hops, r.Silent, r.FilteredAfter = false, nil, 4, &zero },
			[]string{"udp/4500   no router answers, while requests to another port get further: a filter near you may take them"}},
		{"an interrupt", func(r *report.Route) { r.Reached, r.Interrupted, r.Hops, r.Silent = false, true, r.Hops[:1], 1 },
			[]string{"udp/4500    1  192.0.2.1", "the search was interrupted here"}},
		{"silence", func(r *report.Route) { r.Reached, r.Hops, r.Silent = false, r.Hops[:1], 4 }, []string{"nothing answers after hop 1: 4 more were asked for"}},
		{"a rejection", func(r *report.Route) { r.Reached, r.Hops = false, r.Hops[:1]; r.Hops[0].Rejects = "it \x1b[31mis" },
			[]string{`1  192.0.2.1, 1.5 ms: it \u{1b}[31mis`, "no request gets further"}},
		{"the source", func(r *report.Route) { r.Hops[1].Quote = quoting(report.ChangedSource) }, []string{"rewritten before it, to come from 203.0.113.9:61000"}},
		{"the destination", func(r *report.Route) { r.Hops[1].Quote = quoting(report.ChangedDestination) }, []string{"rewritten before it, to go to 10.0.0.1:500"}},
		{"both", func(r *report.Route) {
			r.Hops[1].Quote = quoting(report.ChangedSource, report.ChangedDestination)
		}, []string{"to come from 203.0.113.9:61000 and go to 10.0.0.1:500"}},
		{"the checksum", func(r *report.Route) { r.Hops[1].Quote = quoting(report.ChangedChecksum) }, []string{"rewritten before it: its checksum is another one"}},
		{"the ID", func(r *report.Route) { r.Hops[1].Quote = quoting(report.ChangedID) }, []string{"rewritten before it: its IP ID is another one"}},
		{"no quotes", func(r *report.Route) { r.Hops = r.Hops[2:]; r.QuotesRead = false }, []string{"takes root or CAP_NET_RAW"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := &report.Document{Targets: []report.Target{{Verdict: report.VerdictIKEv2,
				Routes: []report.Route{route(report.UDP500, nil), route(report.UDP4500, tt.change)}}}}
			var out bytes.Buffer
			if err := Document(&out, doc, Options{Width: 200}); err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, &out)
				}
			}
			if strings.Contains(out.String(), "\x1b") {
				t.Errorf("an escape is shown: %q", &out)
			}
		})
	}
}
