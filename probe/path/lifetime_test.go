package path

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/initiator"
)

// TestLifetime: the lifetime of mappings is found between two idle times that lie
// close together, in bounded time, or said not to be known.
func TestLifetime(t *testing.T) {
	outside := netip.MustParseAddr("203.0.113.9")
	const most = 5 * time.Minute
	for name, tc := range map[string]struct {
		nat        *memnet.NAT
		outside    []netip.Addr
		drop       bool // what is asked after an idle time
		lifetime   time.Duration
		unmeasured LifetimeReason
	}{
		"30 s":     {nat: &memnet.NAT{Lifetime: 30 * time.Second}, outside: []netip.Addr{outside}, lifetime: 30 * time.Second},
		"2 min":    {nat: &memnet.NAT{Lifetime: 2 * time.Minute}, outside: []netip.Addr{outside}, lifetime: 2 * time.Minute},
		"3 s":      {nat: &memnet.NAT{Lifetime: 3 * time.Second}, outside: []netip.Addr{outside}, lifetime: 3 * time.Second},
		"for ever": {nat: &memnet.NAT{}, outside: []netip.Addr{outside}},
		"keeps ports": {nat: &memnet.NAT{KeepPorts: true}, outside: []netip.Addr{outside},
			unmeasured: PortKept},
		"unknown outside": {nat: &memnet.NAT{}, unmeasured: NoOutside},
		"no NAT":          {unmeasured: NoNAT},
		"no answer later": {nat: &memnet.NAT{}, outside: []netip.Addr{outside}, drop: true, unmeasured: NotAnswered},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(s *scene) {
				s.serve(gatewayAddr)
				if tc.nat != nil {
					tc.nat.Inside, tc.nat.Outside = netip.PrefixFrom(clientAddr, 24), outside
					s.network.AddNAT(*tc.nat)
				}
				e := s.examiner()
				e.Outside, e.NATLifetime, e.Probes = tc.outside, most, 2
				var waits []time.Duration
				e.Waiting = func(d time.Duration) { waits = append(waits, d) }
				start := time.Now()
				if tc.drop {
					s.network.SetFilter(func(netip.AddrPort, netip.AddrPort, []byte) memnet.Verdict {
						if time.Since(start) > 20*time.Second {
							return memnet.Drop
						}
						return memnet.Pass
					})
				}
				r := s.examine(e)
				if took := time.Since(start); took > 2*most+time.Minute || tc.unmeasured == NoNAT && took > 5*time.Second {
					t.Errorf("took %v", took)
				}
				l := r.NAT.Lifetime
				if l == nil || l.Unmeasured != tc.unmeasured {
					t.Fatalf("%+v", l)
				}
				switch {
				case tc.unmeasured != LifetimeMeasured:
					if l.Kept != 0 || l.Lost != 0 {
						t.Errorf("%+v", l)
					}
				case tc.lifetime == 0:
					if l.Kept != most || l.Lost != 0 || len(waits) != 1 {
						t.Errorf("%+v, %d rounds", l, len(waits))
					}
				default:
					if l.Kept >= tc.lifetime || l.Lost < tc.lifetime || l.Lost-l.Kept > max(tc.lifetime/15, 3500*time.Millisecond) || len(waits) != 2 {
						t.Errorf("%+v, %d rounds", l, len(waits))
					}
				}
				for _, id := range l.Evidence {
					if !slices.ContainsFunc(r.Exchanges, func(x initiator.Exchange) bool { return x.ID == id }) {
						t.Errorf("no exchange %d", id)
					}
				}
				if !tc.drop && (r.HalfOpenLeft != 0 || s.gateway.Stats().HalfOpen != 0) {
					t.Errorf("%d half-open left", r.HalfOpenLeft)
				}
			})
		})
	}
}

// TestLifetimeInterrupted: what was found until then is told, and that there was no time
// for more.
func TestLifetimeInterrupted(t *testing.T) {
	outside := netip.MustParseAddr("203.0.113.9")
	for after, want := range map[time.Duration]Lifetime{
		// Mappings are idle for 26.5 s, 37.5 s, 53 s and so on.
		10 * time.Second: {Unmeasured: Interrupted, Interrupted: true},
		33 * time.Second: {Kept: 26500 * time.Millisecond, Interrupted: true},
		50 * time.Second: {Kept: 26500 * time.Millisecond, Lost: 37500 * time.Millisecond, Interrupted: true},
	} {
		run(t, func(s *scene) {
			s.serve(gatewayAddr)
			s.network.AddNAT(memnet.NAT{Inside: netip.PrefixFrom(clientAddr, 24), Outside: outside, Lifetime: 30 * time.Second})
			ctx, cancel := context.WithTimeout(s.t.Context(), after)
			defer cancel()
			e := s.examiner()
			e.Outside, e.NATLifetime, e.Probes = []netip.Addr{outside}, 5*time.Minute, 1
			r, err := e.Examine(ctx, Target{Address: gatewayAddr})
			if err != nil {
				t.Fatal(err)
			}
			l := r.NAT.Lifetime
			if l == nil {
				t.Fatalf("after %v: %+v", after, r.NAT)
			}
			near := func(a, b time.Duration) bool { return (a - b).Abs() < 200*time.Millisecond }
			if l.Unmeasured != want.Unmeasured || l.Interrupted != want.Interrupted || !near(l.Kept, want.Kept) || !near(l.Lost, want.Lost) {
				t.Errorf("after %v: %+v, want %+v", after, l, want)
			}
			if r.Complete || s.gateway.Stats().HalfOpen != 0 {
				t.Errorf("after %v: complete: %v, %d half-open", after, r.Complete, s.gateway.Stats().HalfOpen)
			}
		})
	}
}
