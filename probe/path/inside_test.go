package path

import (
	"context"
	"net/netip"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
)

func TestFindInside(t *testing.T) {
	spii, spir := ike.SPI{1, 2, 3}, ike.SPI{4, 5, 6}
	ranges := []netip.Prefix{netip.MustParsePrefix("192.168.0.0/20"), netip.MustParsePrefix("10.1.0.0/18")}
	for _, address := range []string{"192.168.0.0", "192.168.15.255", "10.1.63.255", "10.1.0.1", "10.1.64.0", "198.51.100.7"} {
		at := netip.AddrPortFrom(netip.MustParseAddr(address), 500)
		hashes := [][20]byte{{9}, ike.NATDetectionHash(spii, spir, at)}
		within := ranges[0].Contains(at.Addr()) || ranges[1].Contains(at.Addr())
		if got, ok := findInside(t.Context(), spii, spir, hashes, 500, ranges); ok != within || ok && got != at {
			t.Errorf("%v: found %v, %v", at, got, ok)
		}
		if got, ok := findInside(t.Context(), spii, spir, hashes, 4500, ranges); ok {
			t.Errorf("%v: found %v of another port", at, got)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got, ok := findInside(ended, spii, spir, [][20]byte{{1}}, 500, privateRanges); ok {
		t.Errorf("found %v after the end", got)
	}
}

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

// BenchmarkFindInside reports hashes a second beside one of SHA-1 over 1 MiB in blocks
// of 64 octets, which is the bound of one core.
func BenchmarkFindInside(b *testing.B) {
	ranges := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/12")} // a million
	for b.Loop() {
		if _, ok := findInside(b.Context(), ike.SPI{1}, ike.SPI{2}, [][20]byte{{1}}, 500, ranges); ok {
			b.Fatal("found what is not there")
		}
	}
	b.ReportMetric(float64(b.N)*(1<<20)/b.Elapsed().Seconds(), "hashes/s")
}
