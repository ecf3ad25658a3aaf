package initiator

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/ike/iketest/streamtest"
)

var (
	streamClient  = netip.MustParseAddr("192.0.2.10")
	streamGateway = netip.MustParseAddrPort("198.51.100.7:4500")
)

// inStreams runs a test with a Conn to a gateway whose TCP port is served by serve;
// nil has the port closed.
func inStreams(t *testing.T, cfg Config, serve func(net.Listener) error, test func(*testing.T, *Conn, *streamtest.Network)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network, datagrams := &streamtest.Network{Delay: 5 * ms}, memnet.New()
		var served sync.WaitGroup
		defer served.Wait()
		if serve != nil {
			l, err := network.Listen(streamGateway)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			served.Go(func() {
				if err := serve(l); err != nil {
					t.Error(err)
				}
			})
		}
		cfg.Gateway, cfg.Rand, cfg.Dial = streamGateway.Addr(), rand.NewChaCha8([32]byte{1}), network.Dial
		cfg.Listen = func(_ context.Context, _ netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
			return datagrams.ListenPacket(netip.AddrPortFrom(streamClient, source.Port()))
		}
		c, err := Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		test(t, c, network)
	})
}

func serveBy(r *iketest.Responder) func(net.Listener) error {
	return func(l net.Listener) error { return streamtest.Serve(r, l) }
}

// each serves the connections one after the other.
func each(serve func(n int, c net.Conn)) func(net.Listener) error {
	return func(l net.Listener) error {
		for n := 1; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return nil
			}
			serve(n, c)
			c.Close()
		}
	}
}

func askTCP(t *testing.T, c *Conn) Answer {
	t.Helper()
	req, err := c.Init(Offer{Transport: TCP4500, Products: products(t, testOffer), KE: ike.KE_ECP_256})
	if err != nil {
		t.Fatal(err)
	}
	return c.Exchange(t.Context(), req)
}

// TestStream: a gateway that speaks RFC 9329 is asked as over UDP, by one connection,
// and with NAT detection of its addresses.
func TestStream(t *testing.T) {
	gateway := &iketest.Responder{Profile: iketest.StrongSwan, Rand: rand.NewChaCha8([32]byte{2})}
	gateway.Policy = []ike.Proposal{products(t, "aes128-sha256-prfsha256-ecp256")[0].Proposal(1)}
	var seen []Datagram
	cfg := Config{Trace: func(d Datagram) { seen = append(seen, d) }}
	dials := 0
	inStreams(t, cfg, serveBy(gateway), func(t *testing.T, c *Conn, network *streamtest.Network) {
		network.SetFate(func(_, _ netip.AddrPort) error {
			dials++
			return nil
		})
		var a Answer
		for range 3 {
			a = askTCP(t, c)
			if a.Outcome != Accepted || a.Tries != 1 || a.Transport != TCP4500 || a.Blocked != nil {
				t.Fatalf("%+v", a.Exchange)
			}
		}
		if dials != 1 {
			t.Errorf("%d connections, want one", dials)
		}
		hashes := a.Message.NATDetectionHashes(ike.NAT_DETECTION_DESTINATION_IP)
		if len(hashes) != 1 || hashes[0] != ike.NATDetectionHash(a.Message.SPIi, a.Message.SPIr, a.Local) || a.Local.Addr() != streamClient {
			t.Errorf("the gateway does not see %v", a.Local)
		}
		request, err := ike.ParseMessage(a.Request)
		if err != nil {
			t.Fatal(err)
		}
		if own := request.NATDetectionHashes(ike.NAT_DETECTION_SOURCE_IP); len(own) != 1 || own[0] != ike.NATDetectionHash(request.SPIi, ike.SPI{}, a.Local) {
			t.Errorf("the request does not say that it comes from %v", a.Local)
		}
		if sent, received := c.Traffic(TCP4500); sent != 3 || received != 3 {
			t.Errorf("%d sent, %d received, want 3, 3", sent, received)
		}
		if len(seen) != 6 || seen[4].Transport != TCP4500 || !bytes.HasPrefix(seen[4].Octets, make([]byte, 4)) || !bytes.Equal(seen[4].Octets[4:], a.Request) || seen[4].Local != a.Local {
			t.Errorf("traced %d, %+v", len(seen), seen)
		}
	})
	if got := gateway.Stats(); got.Requests != 3 {
		t.Errorf("the gateway saw %d requests, want 3: TCP sends again what is lost", got.Requests)
	}
}

// TestStreamSharesOneConnection: what is asked at once waits for one connection.
func TestStreamSharesOneConnection(t *testing.T) {
	gateway := &iketest.Responder{Profile: iketest.StrongSwan}
	dials := 0
	inStreams(t, Config{}, serveBy(gateway), func(t *testing.T, c *Conn, network *streamtest.Network) {
		network.SetFate(func(_, _ netip.AddrPort) error {
			dials++
			return nil
		})
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if a := askTCP(t, c); a.Outcome != NoProposalChosen {
					t.Errorf("%+v", a.Exchange)
				}
			})
		}
		all.Wait()
		if dials != 1 {
			t.Errorf("%d connections, want one", dials)
		}
	})
}

func TestStreamStates(t *testing.T) {
	hold := func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
	answer := func(b []byte) func(net.Listener) error {
		return each(func(_ int, c net.Conn) {
			_, _ = io.ReadFull(c, make([]byte, len(streamPrefix)))
			go hold(c)
			_, _ = c.Write(b)
			time.Sleep(time.Minute)
		})
	}
	for name, tc := range map[string]struct {
		serve   func(net.Listener) error
		fate    error
		outcome Outcome
		state   PathState // of Blocked; PathSilent for none
		closed  bool
		heard   bool
		tries   int
		detail  string
	}{
		"refused": {outcome: Unreachable, state: PathPortUnreachable, tries: 1, detail: "the TCP connection is refused"},
		"dropped": {serve: each(func(int, net.Conn) {}), fate: streamtest.ErrLost, outcome: NoAnswer, tries: 1},
		"no host": {serve: each(func(int, net.Conn) {}), fate: syscall.EHOSTUNREACH, outcome: Unreachable, state: PathError, tries: 1, detail: "ICMP host unreachable"},
		"closes after the prefix": {serve: each(func(_ int, c net.Conn) { _, _ = io.ReadFull(c, make([]byte, len(streamPrefix))) }),
			outcome: Unreachable, state: PathOpen, closed: true, tries: 2, detail: "closed after the stream prefix"},
		"open and silent":    {serve: each(func(_ int, c net.Conn) { hold(c) }), outcome: NoAnswer, state: PathOpen, tries: 1},
		"a TLS alert":        {serve: answer([]byte("\x15\x03\x03\x00\x02\x02\x28")), outcome: NotIKE, tries: 1, detail: "15030300020228"},
		"a banner":           {serve: answer([]byte("SSH-2.0-OpenSSH_9.6\r\n")), outcome: NotIKE, tries: 1, detail: "SSH-2.0-OpenSSH_9.6"},
		"less than a length": {serve: answer([]byte("x")), outcome: NoAnswer, state: PathOpen, tries: 1},
		"a length of nothing": {serve: answer([]byte{0, 1, 0, 0, 0, 0, 0}),
			outcome: NotIKE, tries: 1, detail: "00010000000000"},
		"closes after a keepalive": {serve: each(func(_ int, c net.Conn) {
			_, _ = io.ReadFull(c, make([]byte, len(streamPrefix)))
			_, _ = c.Write([]byte{0, 3, 0xff})
		}), outcome: Unreachable, state: PathOpen, closed: true, heard: true, tries: 2, detail: "the TCP connection is closed"},
		"closes within a message": {serve: each(func(_ int, c net.Conn) {
			_, _ = io.ReadFull(c, make([]byte, len(streamPrefix)))
			_, _ = c.Write([]byte{0, 200, 0, 0, 0, 0, 1, 2, 3})
		}), outcome: Unreachable, state: PathOpen, closed: true, heard: true, tries: 2, detail: "the TCP connection is closed"},
		"a keepalive": {serve: answer([]byte{0, 3, 0xff}), outcome: NoAnswer, state: PathOpen, tries: 1},
		"half a message": {serve: answer([]byte{0, 200, 0, 0, 0, 0, 1, 2, 3}),
			outcome: NoAnswer, state: PathOpen, tries: 1},
	} {
		t.Run(name, func(t *testing.T) {
			inStreams(t, Config{Attempts: 2}, tc.serve, func(t *testing.T, c *Conn, network *streamtest.Network) {
				network.SetFate(func(_, _ netip.AddrPort) error { return tc.fate })
				start := time.Now()
				a := askTCP(t, c)
				if took := time.Since(start); took > 2*time.Second {
					t.Errorf("took %v", took)
				}
				if a.Outcome != tc.outcome || a.Tries != tc.tries || !strings.Contains(a.Detail, tc.detail) {
					t.Errorf("%v, %d tries, %q", a.Outcome, a.Tries, a.Detail)
				}
				switch {
				case tc.state == PathSilent && a.Blocked != nil && a.Outcome != NotIKE:
					t.Errorf("blocked: %+v", a.Blocked)
				case tc.state != PathSilent && (a.Blocked == nil || a.Blocked.State != tc.state || a.Blocked.Closed != tc.closed || a.Blocked.Heard != tc.heard):
					t.Errorf("blocked: %+v", a.Blocked)
				}
			})
		})
	}
}

// TestStreamIsOpenedAgain: a gateway that closes the connection while it is asked, or
// between two requests, is asked by another one.
func TestStreamIsOpenedAgain(t *testing.T) {
	gateway := &iketest.Responder{Profile: iketest.StrongSwan}
	connections := 0
	serve := func(l net.Listener) error {
		return streamtest.Serve(gateway, listenerFunc{l, func() (net.Conn, error) {
			c, err := l.Accept()
			if err != nil {
				return nil, err
			}
			if connections++; connections == 1 {
				// What comes of it first is a request that is not answered.
				_, _ = io.ReadFull(c, make([]byte, len(streamPrefix)+lengthLen))
				c.Close()
				return l.Accept()
			}
			return c, nil
		}})
	}
	inStreams(t, Config{}, serve, func(t *testing.T, c *Conn, _ *streamtest.Network) {
		a := askTCP(t, c)
		if a.Outcome != NoProposalChosen || a.Tries != 2 {
			t.Fatalf("%+v", a.Exchange)
		}
		c.flow(0).stream.close()
		synctest.Wait()
		if a := askTCP(t, c); a.Outcome != NoProposalChosen || a.Tries != 1 {
			t.Errorf("%+v", a.Exchange)
		}
	})
}

// TestStreamEndsForItsOwn: that a connection is closed is told only to those whose request
// went out by it, not to those that have opened another one meanwhile.
func TestStreamEndsForItsOwn(t *testing.T) {
	serve := each(func(_ int, c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	for name, end := range map[string]func(*Conn, *flow){
		"its reader ends late": func(c *Conn, f *flow) {
			near, far := net.Pipe()
			far.Close()
			c.readStream(f, &stream{nc: near, ready: make(chan struct{}), over: make(chan struct{})}, streamGateway)
		},
		"it is told late": func(c *Conn, _ *flow) {
			c.mu.Lock()
			defer c.mu.Unlock()
			u := closedStream(false)
			for _, w := range c.waiting {
				w.deliver(arrival{at: time.Now(), blocked: &u, stream: &stream{}})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inStreams(t, Config{Attempts: 2}, serve, func(t *testing.T, c *Conn, _ *streamtest.Network) {
				time.AfterFunc(100*ms, func() {
					c.mu.Lock()
					n := len(c.waiting)
					c.mu.Unlock()
					if n != 1 {
						t.Errorf("%d exchanges wait, want 1", n)
					}
					end(c, c.flow(0))
				})
				if a := askTCP(t, c); a.Outcome != NoAnswer || a.Tries != 1 || a.Blocked == nil || a.Blocked.Closed {
					t.Errorf("%v, %d tries, %+v; want one that is not answered on an open connection", a.Outcome, a.Tries, a.Blocked)
				}
			})
		})
	}
}

type listenerFunc struct {
	net.Listener
	accept func() (net.Conn, error)
}

func (l listenerFunc) Accept() (net.Conn, error) { return l.accept() }

// TestStreamInterrupted: neither dialing nor an open connection holds up Close or the
// end of a context.
func TestStreamInterrupted(t *testing.T) {
	for _, fate := range []error{streamtest.ErrLost, nil} {
		serve := each(func(_ int, c net.Conn) { _, _ = io.Copy(io.Discard, c) })
		inStreams(t, Config{}, serve, func(t *testing.T, c *Conn, network *streamtest.Network) {
			network.SetFate(func(_, _ netip.AddrPort) error { return fate })
			ctx, cancel := context.WithTimeout(t.Context(), 100*ms)
			defer cancel()
			req, err := c.Init(Offer{Transport: TCP4500, Products: products(t, testOffer), KE: ike.KE_ECP_256})
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			a := c.Exchange(ctx, req)
			if !strings.Contains(a.Detail, "interrupted") {
				t.Errorf("%+v", a.Exchange)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			if took := time.Since(start); took != 100*ms {
				t.Errorf("took %v", took)
			}
		})
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte{0, 3, 0xff})
	f.Add([]byte("\x00\x08\x00\x00\x00\x00ab"))
	f.Add([]byte("\x15\x03\x03\x00\x02\x02\x28"))
	f.Fuzz(func(t *testing.T, in []byte) {
		near, far := net.Pipe()
		defer near.Close()
		go func() {
			_, _ = far.Write(in)
			far.Close()
		}()
		r := newRecordReader(near)
		for total := 0; ; {
			octets, ok, err := r.next()
			if err != nil {
				return
			}
			if total += len(octets); total > len(in) {
				t.Fatalf("%d octets out of %d", total, len(in))
			}
			if !ok {
				return
			}
			if octets != nil && !bytes.HasPrefix(octets, make([]byte, markerLen)) {
				t.Fatalf("%x is not an IKE message", octets)
			}
		}
	})
}

// TestStreamTooLong: what no length can say is not sent, and said to be too long.
func TestStreamTooLong(t *testing.T) {
	serve := each(func(_ int, c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	inStreams(t, Config{Attempts: 1}, serve, func(t *testing.T, c *Conn, _ *streamtest.Network) {
		req, err := c.Init(Offer{Transport: TCP4500, Products: products(t, testOffer), KE: ike.KE_ECP_256, Pad: 65200})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(req.Octets()); n < 65530 {
			t.Fatalf("only %d octets", n)
		}
		a := c.Exchange(t.Context(), req)
		if a.Tries != 0 || a.Outcome != Unreachable || !strings.Contains(a.Detail, "message too long") || c.Cost().DatagramsSent != 0 {
			t.Errorf("%+v", a.Exchange)
		}
	})
}
