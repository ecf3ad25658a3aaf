//go:build linux

package main

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// testReachHops: the routers on the way, one of which rewrites, is silent, filters or
// rejects.
func (l lab) testReachHops(t *testing.T) {
	const (
		first  = "10.88.3.1" // the NAT box, to who is behind it
		second = "10.88.2.1" // the router, to the NAT box
	)
	address := l.do(t, "addr", "strongswan")
	type route struct {
		hops      []string // "" for one that is silent
		reached   bool
		rejects   string // by the last hop
		rewritten int
		after     int // where it is filtered, -1 for nowhere
	}
	reached := route{hops: []string{first, second, address}, reached: true, rewritten: 2, after: -1}
	for _, test := range []struct {
		name         string
		box, router  string // rules
		want500      route
		want4500     route
		source       string // as the second router quotes it
		unprivileged bool
	}{
		{name: "NAT", want500: reached, want4500: reached},
		{name: "NAT without connections", source: "10.88.2.2", want500: reached, want4500: reached, box: `
			chain raw {
				type filter hook prerouting priority raw
				iifname "wan" ip daddr 10.88.2.2 notrack ip daddr set 10.88.3.2
				iifname "lan" notrack
			}
			chain postrouting {
				type filter hook postrouting priority srcnat
				oifname "wan" ip saddr 10.88.3.2 ip saddr set 10.88.2.2
			}`},
		{name: "a silent router", router: "chain output {\ntype filter hook output priority filter\nicmp type time-exceeded drop\n}",
			want500:  route{hops: []string{first, "", address}, reached: true, after: -1},
			want4500: route{hops: []string{first, "", address}, reached: true, after: -1}},
		{name: "500 filtered", router: forward("udp dport 500 drop"),
			want500: route{hops: []string{first, second}, rewritten: 2, after: 2}, want4500: reached},
		{name: "4500 rejected", router: forward("udp dport 4500 reject with icmpx type admin-prohibited"), want500: reached,
			want4500: route{hops: []string{first, second, second}, rejects: "administratively prohibited", rewritten: 2, after: -1}},
		{name: "without privileges", unprivileged: true,
			want500:  route{hops: []string{first, second, address}, reached: true, after: -1},
			want4500: route{hops: []string{first, second, address}, reached: true, after: -1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for namespace, rules := range map[string]string{"iks-nat": test.box, router: test.router} {
				if rules == "" {
					continue
				}
				if _, err := l.run(rules+"\n", "nft", namespace, "rules"); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { l.do(t, "nft", namespace, "none") })
			}
			l := l
			if test.unprivileged {
				l.ikescope = write(t, "unprivileged", fmt.Sprintf("#!/bin/sh\nexec setpriv --bounding-set -net_raw %s \"$@\"\n", l.ikescope))
				l.do(t, "exec", inside, "chmod", "+x", l.ikescope)
			}
			target := l.reach(t, inside, 0, "--hops", address)
			if len(target.Routes) != 2 {
				t.Fatalf("%d routes, want 2", len(target.Routes))
			}
			for i, want := range []route{test.want500, test.want4500} {
				r := target.Routes[i]
				got := route{reached: r.Reached, rewritten: r.RewrittenAt, after: -1}
				if r.FilteredAfter != nil {
					got.after = *r.FilteredAfter
				}
				for j, h := range r.Hops {
					got.hops = append(got.hops, h.Router)
					if h.Number != j+1 || h.Gateway != (r.Reached && j == len(r.Hops)-1) {
						t.Errorf("%s: %+v", r.Transport, h)
					}
					if h.Rejects != "" && strings.Contains(h.Rejects, want.rejects) {
						got.rejects = want.rejects
					}
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s: %+v, want %+v", r.Transport, got, want)
				}
				for _, f := range target.Findings {
					if named := strings.Contains(strings.Join(f.Fix, "\n"), second+" (hop 2)"); want.after > 0 && !named {
						t.Errorf("%s: %q, which does not name %s", f.ID, f.Fix, second)
					}
				}
				if r.QuotesRead == test.unprivileged || len(r.Evidence) != len(r.Hops) {
					t.Errorf("%s: quotes read: %v; evidence %v of %d hops", r.Transport, r.QuotesRead, r.Evidence, len(r.Hops))
				}
				if test.source == "" {
					continue
				}
				if q := r.Hops[1].Quote; q == nil || q.Source.Address != test.source || q.Destination != (report.Endpoint{Address: address, Port: r.Port}) {
					t.Errorf("%s: the second router quotes %+v, want the source %s", r.Transport, q, test.source)
				}
			}
			if target.Cost.HalfOpenLeft != 0 {
				t.Errorf("%d half-open IKE SAs left", target.Cost.HalfOpenLeft)
			}
			l.noneHalfOpen(t, "strongswan")
		})
	}
	t.Run("direct", func(t *testing.T) {
		for _, r := range l.reach(t, beside, 0, "--hops", address).Routes {
			if len(r.Hops) != 2 || r.Hops[0].Router != "10.88.1.1" || !r.Reached || !r.QuotesRead || r.Hops[0].Quote == nil || r.RewrittenAt != 0 {
				t.Errorf("%+v, want one router, which quotes what was sent", r)
			}
		}
	})
	t.Run("TCP has none", func(t *testing.T) {
		routes := l.reach(t, beside, 0, "--hops", "--transport", "udp500,tcp4500", address).Routes
		if len(routes) != 1 || routes[0].Transport != report.UDP500 || !routes[0].Reached {
			t.Errorf("%+v, want that of UDP 500 alone", routes)
		}
	})
	t.Run("IPv6", func(t *testing.T) {
		address := l.do(t, "addr", "strongswan", "6")
		for _, r := range l.reach(t, inside, 0, "--hops", address).Routes {
			var got []string
			for _, h := range r.Hops {
				got = append(got, h.Router)
			}
			if want := []string{"fd88:3::1", "fd88:2::1", address}; !reflect.DeepEqual(got, want) || !r.Reached || r.RewrittenAt != 2 {
				t.Errorf("%s: hops %v, reached: %v, rewritten at %d; want %v, true, 2", r.Transport, got, r.Reached, r.RewrittenAt, want)
			}
		}
	})
	t.Run("both filtered", func(t *testing.T) {
		l.rules(t, forward("udp dport { 500, 4500 } drop"))
		target := l.reach(t, inside, report.ExitNoAnswer, "--hops", address)
		checkFindings(t, target, "PATH-NO-ANSWER")
		if len(target.Routes) != 3 {
			t.Fatalf("%d routes, want 3", len(target.Routes))
		}
		for _, r := range target.Routes[:2] {
			if r.Reached || len(r.Hops) != 2 || r.FilteredAfter == nil || *r.FilteredAfter != 2 {
				t.Errorf("%+v, want that it is filtered after hop 2", r)
			}
		}
		if r := target.Routes[2]; !r.Control || len(r.Hops) != 3 || r.Hops[2].Router != address || !strings.Contains(r.Hops[2].Rejects, "port unreachable") {
			t.Errorf("%+v, want that the gateway says that nothing listens", r)
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		const dead = "10.88.11.77"
		l.rules(t, forward("ip daddr "+dead+" drop"))
		for _, r := range l.reach(t, inside, report.ExitNoAnswer, "--hops", dead).Routes {
			if r.Reached || len(r.Hops) != 2 || r.Hops[1].Router != second || r.Silent == 0 || r.FilteredAfter != nil {
				t.Errorf("%+v", r)
			}
		}
	})
}
