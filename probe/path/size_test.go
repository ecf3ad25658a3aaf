package path

import (
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest/memnet"
)

// TestSize: of what vanishes the largest packet that does not is found, and whether
// larger ones get through in fragments is not mixed up with it.
func TestSize(t *testing.T) {
	for name, tc := range map[string]struct {
		most   int // octets of UDP payload that pass
		mtu    [2]int
		found  Discovery
		passes Answer
	}{
		"all":          {0, [2]int{1500, 1500}, DiscoveryUnneeded, Yes},
		"one packet":   {1472, [2]int{1500, 1500}, DiscoveryUnneeded, No},
		"1400":         {1400 - 28, [2]int{1400 - stepMTU, 1400}, BlackHole, No},
		"1280":         {1280 - 28, [2]int{1280, 1280 + stepMTU}, BlackHole, No},
		"less than so": {1000, [2]int{0, 0}, BlackHole, Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(s *scene) {
				s.network.SetLink(memnet.Link{Delay: 5 * time.Millisecond, MaxDatagram: tc.most})
				s.serve(gatewayAddr)
				start := time.Now()
				r := s.examine(s.examiner())
				if took := time.Since(start); took > 8*time.Second {
					t.Errorf("took %v", took)
				}
				if got := r.Size; got == nil || got.MTU < tc.mtu[0] || got.MTU > tc.mtu[1] || got.Discovery != tc.found || got.Fragments != tc.passes {
					t.Errorf("%+v, want %+v", got, tc)
				}
				if r.HalfOpenLeft != 0 || s.gateway.Stats().HalfOpen != 0 {
					t.Errorf("%d half-open", r.HalfOpenLeft)
				}
			})
		})
	}
}
