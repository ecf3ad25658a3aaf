package path

import (
	"net/netip"
	"testing"

	"github.com/ikescope/ikescope/ike/iketest"
)

// TestGatewayInside: the address that a gateway has behind its NAT is found.
func TestGatewayInside(t *testing.T) {
	run(t, func(s *scene) {
		inside := netip.MustParseAddr("192.168.7.9")
		s.gateway.Address = inside
		s.serve(gatewayAddr)
		n := s.examine(s.examiner()).NAT
		if n == nil || !n.GatewayBehindNAT || n.GatewayInside != netip.AddrPortFrom(inside, 500) {
			t.Errorf("%+v", n)
		}
		e := s.examiner()
		e.SkipInside = true
		if n := s.examine(e).NAT; n == nil || !n.GatewayBehindNAT || n.GatewayInside.IsValid() {
			t.Errorf("skipped: %+v", n)
		}
	})
	run(t, func(s *scene) {
		s.gateway.Profile = iketest.StrongSwan
		s.serve(gatewayAddr)
		if n := s.examine(s.examiner()).NAT; n == nil || n.GatewayInside.IsValid() {
			t.Errorf("without NAT: %+v", n)
		}
	})
}
