package socket

import (
	"net"
	"net/netip"
	"testing"
)

// TestHopLimitOfArrival: a datagram arrives with the hop limit that it was sent with.
func TestHopLimitOfArrival(t *testing.T) {
	for _, address := range []string{"127.0.0.1", "::1"} {
		t.Run(address, func(t *testing.T) {
			local := netip.AddrPortFrom(netip.MustParseAddr(address), 0)
			pc, err := Listen(t.Context(), local.Addr(), local)
			if err != nil {
				t.Skip(err)
			}
			defer pc.Close()
			other, err := net.ListenPacket("udp", local.String())
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			r, buf := NewReader(pc), make([]byte, 100)
			for _, limit := range []int{1, 57, 255} {
				if _, err := Limited(other, limit).WriteTo([]byte("a"), pc.LocalAddr()); err != nil {
					t.Fatal(err)
				}
				n, from, got, err := r.Read(buf)
				if err != nil || n != 1 || from != AddrPortOf(other.LocalAddr()) || got != limit {
					t.Errorf("%d octets from %v with %d, %v; want 1 from %v with %d", n, from, got, err, other.LocalAddr(), limit)
				}
			}
		})
	}
}
