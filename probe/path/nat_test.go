package path

import (
	"net"
	"net/netip"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/initiator"
)

// TestNATTraversal: what a gateway does with forced NAT traversal, without NAT
// detection, and with keepalives.
func TestNATTraversal(t *testing.T) {
	toGateway := func(f func(m *ike.Message) bool) func(_, to netip.AddrPort, datagram []byte) memnet.Verdict {
		return func(_, to netip.AddrPort, datagram []byte) memnet.Verdict {
			octets, marked := ike.SplitNonESPMarker(datagram)
			if !marked {
				octets = datagram
			}
			m, err := ike.ParseMessage(octets)
			if to.Addr() == gatewayAddr && err == nil && m.Exchange == ike.IKE_SA_INIT && f(m) {
				return memnet.Drop
			}
			return memnet.Pass
		}
	}
	undetected := func(m *ike.Message) bool { return len(m.NATDetectionHashes(ike.NAT_DETECTION_SOURCE_IP)) == 0 }
	forced := func(m *ike.Message) bool {
		if undetected(m) {
			return false
		}
		for port := 1; port < 1<<16; port++ {
			if ike.NATDetectionHash(m.SPIi, ike.SPI{}, netip.AddrPortFrom(clientAddr, uint16(port))) == m.NATDetectionHashes(ike.NAT_DETECTION_SOURCE_IP)[0] {
				return false
			}
		}
		return true
	}
	for name, tc := range map[string]struct {
		drop                        func(*ike.Message) bool
		echo                        bool
		forced, insists, keepalives Answer
	}{
		"healthy":            {nil, false, Yes, No, Yes},
		"no forced NAT":      {forced, false, No, No, Yes},
		"insists":            {undetected, false, Yes, Yes, Yes},
		"answers keepalives": {nil, true, Yes, No, No},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(s *scene) {
				if tc.echo {
					s.wrap = func(c net.PacketConn) net.PacketConn { return echo{c} }
				}
				s.serve(gatewayAddr)
				if tc.drop != nil {
					s.network.SetFilter(toGateway(tc.drop))
				}
				r := s.examine(s.examiner())
				n := r.NAT
				if n == nil || n.Forced != tc.forced || n.Insists != tc.insists || n.KeepalivesIgnored != tc.keepalives || n.Floats != Yes || n.LocalBehindNAT {
					t.Fatalf("%+v", n)
				}
				for _, id := range n.Evidence {
					if !slices.ContainsFunc(r.Exchanges, func(x initiator.Exchange) bool { return x.ID == id }) {
						t.Errorf("no exchange %d", id)
					}
				}
				if want := map[bool]int{true: 5, false: 3}[tc.insists == Yes || tc.forced == No]; len(n.Evidence) < 3 || len(n.Evidence) > want {
					t.Errorf("evidence %v", n.Evidence)
				}
				if r.HalfOpenLeft != 0 || s.gateway.Stats().HalfOpen != 0 || r.HalfOpenPeak > 2 {
					t.Errorf("half-open: %d left, at most %d", r.HalfOpenLeft, r.HalfOpenPeak)
				}
			})
		})
	}
}

// echo sends keepalives back.
type echo struct{ net.PacketConn }

func (e echo) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := e.PacketConn.ReadFrom(p)
		if err != nil || n != 1 {
			return n, from, err
		}
		if _, err := e.WriteTo(p[:n], from); err != nil {
			return 0, nil, err
		}
	}
}
