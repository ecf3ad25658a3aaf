package path

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path/mapping"
)

// TestMappingBehavior: what a second gateway sees from the same port tells how NAT maps
// it, and neither gateway has anything open at the end.
func TestMappingBehavior(t *testing.T) {
	inside, outside := netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("203.0.113.9")
	nat := memnet.NAT{Inside: netip.MustParsePrefix("10.0.0.0/8"), Outside: outside}
	for name, tc := range map[string]struct {
		nat    func(*memnet.NAT)
		others []netip.Addr // beside the gateway
		brief  bool
		want   mapping.Behavior
		reason mapping.Reason
		seen   int
	}{
		"one for all":                  {nil, []netip.Addr{otherAddr}, false, mapping.EndpointIndependent, mapping.Known, 3},
		"before a scan":                {nil, []netip.Addr{otherAddr}, true, mapping.EndpointIndependent, mapping.Known, 3},
		"one gateway":                  {nil, nil, false, mapping.Unknown, mapping.OneGateway, 2},
		"the other one is silent":      {nil, []netip.Addr{netip.MustParseAddr("198.51.100.9")}, true, mapping.Unknown, mapping.OthersSilent, 2},
		"one for each destination":     {func(n *memnet.NAT) { n.PerDestination = true }, []netip.Addr{otherAddr}, true, mapping.AddressAndPortDependent, mapping.Known, 2},
		"keeps ports":                  {func(n *memnet.NAT) { n.KeepPorts = true }, []netip.Addr{otherAddr}, true, mapping.Unknown, mapping.PortKept, 3},
		"its outside is another one's": {func(n *memnet.NAT) { n.Outside = netip.MustParseAddr("203.0.113.10") }, []netip.Addr{otherAddr}, true, mapping.Unknown, mapping.OutsideUnknown, 0},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(s *scene) {
				nat := nat
				if tc.nat != nil {
					tc.nat(&nat)
				}
				s.network.AddNAT(nat)
				s.serve(gatewayAddr)
				s.serve(otherAddr)
				e := s.examiner()
				e.Source, e.Outside, e.Brief = netip.AddrPortFrom(inside, 0), []netip.Addr{outside}, tc.brief
				all := []mapping.Gateway{{Address: gatewayAddr}}
				for _, a := range tc.others {
					all = append(all, mapping.Gateway{Address: a})
				}
				e.Others = mapping.NewOthers(all)
				r := s.examine(e)
				n := r.NAT
				if n == nil || n.Behavior == nil {
					t.Fatalf("%+v", n)
				}
				if n.Behavior.Behavior != tc.want || n.Behavior.Reason != tc.reason || len(n.Behavior.Sightings) != tc.seen {
					t.Fatalf("%+v, the behaviour %+v", n, n.Behavior)
				}
				if !slices.Equal(n.Outside, e.Outside) {
					t.Errorf("%v given of NAT, want %v", n.Outside, e.Outside)
				}
				for _, x := range n.Behavior.Sightings {
					beside := slices.Contains(r.Beside, x.Evidence)
					if !slices.ContainsFunc(r.Exchanges, func(e initiator.Exchange) bool { return e.ID == x.Evidence }) || beside != (x.Gateway.Addr() == otherAddr) {
						t.Errorf("%+v, of exchanges with others %v", x, r.Beside)
					}
				}
				if !r.Complete || r.HalfOpenLeft != 0 || s.gateway.Stats().HalfOpen != 0 || r.Several != nil {
					t.Errorf("complete: %v; %d half-open, %d at the gateway; several: %+v", r.Complete, r.HalfOpenLeft, s.gateway.Stats().HalfOpen, r.Several)
				}
			})
		})
	}
}

// TestOthersExclude: of two examinations each waits for the other one before it asks
// that one's gateway.
func TestOthersExclude(t *testing.T) {
	run(t, func(s *scene) {
		outside := netip.MustParseAddr("203.0.113.9")
		s.network.AddNAT(memnet.NAT{Inside: netip.MustParsePrefix("10.0.0.0/8"), Outside: outside})
		s.serve(gatewayAddr)
		s.serve(otherAddr)
		e := s.examiner()
		e.Source, e.Outside = netip.MustParseAddrPort("10.1.2.3:0"), []netip.Addr{outside}
		e.SourcePorts = []uint16{}
		e.Others = mapping.NewOthers([]mapping.Gateway{{Address: gatewayAddr}, {Address: otherAddr}})
		results := make(chan Result)
		for _, a := range []netip.Addr{gatewayAddr, otherAddr} {
			own := e
			own.Rand = rand.NewChaCha8([32]byte{a.As4()[3]})
			go func() {
				r, err := own.Examine(s.t.Context(), Target{Address: a})
				if err != nil {
					t.Error(err)
				}
				results <- r
			}()
		}
		for range 2 {
			if r := <-results; r.NAT == nil || r.NAT.Behavior == nil || r.NAT.Behavior.Behavior != mapping.EndpointIndependent {
				t.Errorf("%v: %+v", r.Address, r.NAT)
			}
		}
	})
}
