package initiator

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/internal/socket"
)

// loopback returns a conn from source to gateway over real UDP, and requires
// that the system has such addresses.
func loopback(t *testing.T, cfg Config) *Conn {
	t.Helper()
	c, err := Open(t.Context(), cfg)
	if errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.ENETUNREACH) {
		t.Skipf("no %v here: %v", cfg.Gateway, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// closedPort returns a UDP port of a that nothing listens on until the test ends: a
// socket that is connected to another one keeps it from all who let the system choose
// theirs, and takes nothing else.
func closedPort(t *testing.T, a netip.Addr) uint16 {
	t.Helper()
	pc, err := net.DialUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, 0)), net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, 1)))
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { pc.Close() })
	return socket.AddrPortOf(pc.LocalAddr()).Port()
}

// TestPortUnreachable gets a real ICMP error over the loopback interface.
func TestPortUnreachable(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems do not tell it to an unconnected socket")
	}
	for _, address := range []string{"127.0.0.1", "::1"} {
		t.Run(address, func(t *testing.T) {
			gateway := netip.MustParseAddr(address)
			port := closedPort(t, gateway)
			c := loopback(t, Config{Gateway: gateway, Paths: Paths{{UDP500, port}, {UDP4500, port}}, InitialRTO: 50 * time.Millisecond})
			for _, transport := range []Transport{UDP500, UDP4500} {
				// Twice, as the error about the first may fail the second. A slow
				// machine reads the error after another try.
				for range 2 {
					req, err := c.Init(Offer{Transport: transport, Products: products(t, testOffer), KE: ike.KE_ECP_256})
					if err != nil {
						t.Fatal(err)
					}
					a := c.Exchange(t.Context(), req)
					if a.Outcome != Unreachable || a.Blocked == nil {
						t.Fatalf("%v: got %v, %q", transport, a.Outcome, a.Detail)
					}
					if a.Blocked.State != PathPortUnreachable || a.Blocked.Reporter != gateway || a.Tries < 1 ||
						!strings.HasSuffix(a.Detail, "port unreachable from "+address) {
						t.Errorf("%v: %+v, %d tries, %q", transport, a.Blocked, a.Tries, a.Detail)
					}
				}
			}
		})
	}
}

// TestRealUDP talks with a responder of package iketest over the loopback
// interface: both ports from one socket, whose address is known.
func TestRealUDP(t *testing.T) {
	gateway := netip.MustParseAddr("127.0.0.1")
	pcs := [2]net.PacketConn{}
	var paths Paths
	for i := range pcs {
		pc, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		pcs[i], paths = pc, append(paths, Path{Transport(i), socket.AddrPortOf(pc.LocalAddr()).Port()})
	}
	offer := products(t, testOffer)
	r := &iketest.Responder{Profile: iketest.StrongSwan, Policy: []ike.Proposal{offer[1].Proposal(1)}}
	served := make(chan error, 1)
	go func() { served <- r.Serve(pcs[0], pcs[1]) }()
	t.Cleanup(func() {
		pcs[0].Close()
		pcs[1].Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})

	c := loopback(t, Config{Gateway: gateway, Paths: paths, Source: netip.MustParseAddrPort("127.0.0.2:0")})
	if c.Local().Addr() != netip.MustParseAddr("127.0.0.2") || c.Local().Port() == 0 {
		t.Errorf("local address %v", c.Local())
	}
	for _, transport := range []Transport{UDP500, UDP4500} {
		req, err := c.Init(Offer{Transport: transport, Products: offer, KE: ike.KE_ECP_256})
		if err != nil {
			t.Fatal(err)
		}
		if a := c.Exchange(t.Context(), req); a.Outcome != InvalidKEPayload || a.Group != ike.KE_ECP_384 || a.RTT <= 0 {
			t.Errorf("%v: got %+v", transport, a.Exchange)
		}
	}
}

// TestLocalAddress: a socket bound to no address knows it all the same.
func TestLocalAddress(t *testing.T) {
	anywhere := func(ctx context.Context, _ netip.Addr, _ netip.AddrPort) (net.PacketConn, error) {
		var lc net.ListenConfig
		return lc.ListenPacket(ctx, "udp4", "0.0.0.0:0")
	}
	for name, listen := range map[string]ListenFunc{"chosen": nil, "unspecified": anywhere} {
		c := loopback(t, Config{Gateway: netip.MustParseAddr("127.0.0.1"), Listen: listen})
		if c.Local().Addr() != netip.MustParseAddr("127.0.0.1") || c.Local().Port() == 0 {
			t.Errorf("%s: %v, want a port of 127.0.0.1", name, c.Local())
		}
	}
}

// brokenConn fails each read.
type brokenConn struct {
	net.PacketConn
	closed atomic.Bool
}

func (b *brokenConn) ReadFrom([]byte) (int, net.Addr, error)    { return 0, nil, io.ErrUnexpectedEOF }
func (b *brokenConn) WriteTo(p []byte, _ net.Addr) (int, error) { return len(p), nil }
func (b *brokenConn) LocalAddr() net.Addr                       { return &net.UDPAddr{IP: net.IPv4(192, 0, 2, 2), Port: 1} }
func (b *brokenConn) Close() error                              { b.closed.Store(true); return nil }

func TestBrokenSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pc := &brokenConn{}
		c, err := Open(t.Context(), Config{Gateway: gatewayAddr, Listen: func(context.Context, netip.Addr, netip.AddrPort) (net.PacketConn, error) {
			return pc, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !pc.closed.Load() {
			t.Error("the reader goes on")
		}
		req, err := c.Init(Offer{Products: products(t, testOffer), KE: ike.KE_ECP_256})
		if err != nil {
			t.Fatal(err)
		}
		if a := c.Exchange(t.Context(), req); a.Outcome != NotTried {
			t.Errorf("got %v", a.Outcome)
		}
	})
}

// terseConn leaves out the addresses of errors, as Windows does.
type terseConn struct{ net.PacketConn }

func (c terseConn) ReadFrom(p []byte) (int, net.Addr, error) {
	n, from, err := c.PacketConn.ReadFrom(p)
	var op *net.OpError
	if errors.As(err, &op) && op.Err != net.ErrClosed {
		err = &net.OpError{Op: op.Op, Err: op.Err}
	}
	return n, from, err
}

func TestErrorWithoutAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, nil, func(pc net.PacketConn) net.PacketConn { return terseConn{pc} })
		if a := b.ask(); a.Outcome != Unreachable || a.Blocked == nil || a.Blocked.State != PathPortUnreachable {
			t.Errorf("one port: got %+v", a.Exchange)
		}
		// With exchanges on both ports it is not known which one is closed.
		b.network.SetLink(memnet.Link{Delay: 10 * ms})
		var wg sync.WaitGroup
		for _, transport := range []Transport{UDP500, UDP4500} {
			req := b.init(transport)
			wg.Go(func() {
				if a := b.Exchange(t.Context(), req); a.Outcome != NoAnswer {
					t.Errorf("both ports: got %+v", a.Exchange)
				}
			})
		}
		wg.Wait()
	})
}

// reluctantConn fails writes, as an ICMP error about an earlier datagram does,
// until it is asked often enough.
type reluctantConn struct {
	net.PacketConn
	failures int
}

func (r *reluctantConn) WriteTo(p []byte, to net.Addr) (int, error) {
	if r.failures--; r.failures >= 0 {
		return 0, &net.OpError{Op: "write", Err: syscall.ECONNREFUSED}
	}
	return r.PacketConn.WriteTo(p, to)
}

func TestPendingErrorDoesNotHinderSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, func(_ int, request []byte) []reply {
			return []reply{{octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
		}, func(pc net.PacketConn) net.PacketConn { return &reluctantConn{pc, 2} })
		if a := b.ask(); a.Outcome != NoProposalChosen || a.Tries != 1 || a.Blocked != nil {
			t.Errorf("got %+v, %+v", a.Exchange, a.Blocked)
		}
	})
}
