package initiator

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/probe/internal/socket"
)

// silentPort returns a socket that never answers.
func silentPort(t *testing.T, address string) *net.UDPConn {
	t.Helper()
	pc, err := net.ListenPacket("udp", net.JoinHostPort(address, "0"))
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { pc.Close() })
	return pc.(*net.UDPConn)
}

// TestHopLimit: a request arrives with the hop limit that it was given.
func TestHopLimit(t *testing.T) {
	const limit = 7
	for _, address := range []string{"127.0.0.1", "::1"} {
		t.Run(address, func(t *testing.T) {
			pc := silentPort(t, address)
			raw, err := pc.SyscallConn()
			if err != nil {
				t.Fatal(err)
			}
			level, receive, kind := unix.SOL_IP, unix.IP_RECVTTL, unix.IP_TTL
			if netip.MustParseAddr(address).Is6() {
				level, receive, kind = unix.SOL_IPV6, unix.IPV6_RECVHOPLIMIT, unix.IPV6_HOPLIMIT
			}
			if err := raw.Control(func(fd uintptr) {
				if err := unix.SetsockoptInt(int(fd), level, receive, 1); err != nil {
					t.Error(err)
				}
			}); err != nil {
				t.Fatal(err)
			}
			c := loopback(t, Config{Gateway: netip.MustParseAddr(address), Paths: Paths{{UDP500, socket.AddrPortOf(pc.LocalAddr()).Port()}}, InitialRTO: time.Millisecond})
			req, err := c.Init(Offer{Products: products(t, testOffer), KE: ike.KE_ECP_256})
			if err != nil {
				t.Fatal(err)
			}
			req.Attempts, req.HopLimit = 1, limit
			if a := c.Exchange(t.Context(), req); a.Outcome != NoAnswer || a.Tries != 1 {
				t.Fatalf("%v, %q", a.Outcome, a.Detail)
			}
			control := make([]byte, 128)
			_, n, _, _, err := pc.ReadMsgUDP(make([]byte, 2000), control)
			if err != nil {
				t.Fatal(err)
			}
			messages, err := unix.ParseSocketControlMessage(control[:n])
			if err != nil || len(messages) != 1 || int(messages[0].Header.Level) != level || int(messages[0].Header.Type) != kind {
				t.Fatalf("%+v, %v", messages, err)
			}
			if got := binary.NativeEndian.Uint32(messages[0].Data); got != limit {
				t.Errorf("the hop limit is %d, want %d", got, limit)
			}
		})
	}
}

// TestHopLimitErrors: an ICMP error ends the request that it quotes, and one that
// quotes too little only a request that waits alone.
func TestHopLimitErrors(t *testing.T) {
	pc := silentPort(t, "127.0.0.1")
	to := socket.AddrPortOf(pc.LocalAddr())
	c := loopback(t, Config{Gateway: to.Addr(), Paths: Paths{{UDP500, to.Port()}}, InitialRTO: time.Hour})
	router := netip.MustParseAddr("192.0.2.1")
	exceeded := func(quoted []byte) *PathFault {
		return &PathFault{State: PathError, Meaning: icmp.TimeExceeded, Reporter: router, Detail: "x", to: to, quoted: quoted}
	}
	var requests [2]*Request
	var answers [2]Answer
	var all sync.WaitGroup
	for i := range requests {
		var err error
		if requests[i], err = c.Init(Offer{Products: products(t, testOffer), KE: ike.KE_ECP_256}); err != nil {
			t.Fatal(err)
		}
		requests[i].HopLimit = i + 1
		all.Go(func() { answers[i] = c.Exchange(t.Context(), requests[i]) })
		if _, _, err := pc.ReadFrom(make([]byte, 2000)); err != nil { // it was sent
			t.Fatal(err)
		}
	}
	c.refused(exceeded(nil), time.Now())
	c.mu.Lock()
	for _, r := range requests {
		if w := c.waiting[r.SPI()]; w == nil || len(w.inbox) > 0 {
			t.Errorf("request %d got an error that may be about the other one", r.id)
		}
	}
	c.mu.Unlock()
	c.refused(exceeded(requests[1].octets[:8]), time.Now())
	for waiting := 2; waiting > 1; time.Sleep(time.Millisecond) {
		c.mu.Lock()
		waiting = len(c.waiting)
		c.mu.Unlock()
	}
	c.refused(exceeded(nil), time.Now())
	all.Wait()
	for i, a := range answers {
		if a.Outcome != Unreachable || a.Blocked == nil || a.Blocked.Reporter != router || a.Tries != 1 || a.RTT <= 0 {
			t.Errorf("request %d: %+v, %+v", i, a.Exchange, a.Blocked)
		}
	}
}
