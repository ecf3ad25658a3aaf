package probe

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
)

var (
	clientAddr  = netip.MustParseAddr("192.0.2.2")
	gatewayAddr = gatewayAt.Addr()
)

// reply is one datagram of a scripted gateway.
type reply struct {
	after  time.Duration
	octets []byte
	from   netip.AddrPort // zero: the port that was asked
}

// script answers the nth datagram, from 0, that a gateway gets, all ports
// counted together. It sees the IKE message without the marker.
type script func(n int, request []byte) []reply

// bench is a conn to a scripted gateway in a network of its own.
type bench struct {
	*conn
	t       testing.TB
	network *iketest.Network

	mu       sync.Mutex
	requests [][]byte    // what the gateway got, without the marker
	at       []time.Time // and when
	trace    []Datagram
}

// newBench runs a gateway on both ports; a nil script leaves its ports closed.
// wrap, if any, is put around the client's socket.
func newBench(t testing.TB, cfg connConfig, s script, wrap ...func(net.PacketConn) net.PacketConn) *bench {
	t.Helper()
	b := &bench{t: t, network: iketest.NewNetwork()}
	b.network.AddHost(gatewayAddr)
	if s != nil {
		for _, transport := range []Transport{UDP500, UDP4500} {
			b.serve(transport, s)
		}
	}
	cfg.gateway = gatewayAddr
	cfg.listen = func(_ context.Context, _ netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
		pc, err := b.network.ListenPacket(netip.AddrPortFrom(clientAddr, source.Port()))
		for _, w := range wrap {
			pc = w(pc)
		}
		return pc, err
	}
	cfg.rand = rand.NewChaCha8([32]byte{})
	cfg.trace = func(d Datagram) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.trace = append(b.trace, d)
	}
	c, err := open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	b.conn = c
	t.Cleanup(func() { c.close() })
	return b
}

func (b *bench) listen(at netip.AddrPort) net.PacketConn {
	b.t.Helper()
	pc, err := b.network.ListenPacket(at)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { pc.Close() })
	return pc
}

func (b *bench) serve(transport Transport, s script) {
	at := netip.AddrPortFrom(gatewayAddr, [2]uint16{500, 4500}[transport])
	pc := b.listen(at)
	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			request := bytes.Clone(buf[:n])
			if transport == UDP4500 {
				request, _ = ike.SplitNonESPMarker(request)
			}
			b.mu.Lock()
			replies := s(len(b.requests), request)
			b.requests, b.at = append(b.requests, request), append(b.at, time.Now())
			b.mu.Unlock()
			for _, r := range replies {
				time.AfterFunc(r.after, func() {
					out := pc
					if r.from.IsValid() {
						out = b.listen(r.from)
					}
					if transport == UDP4500 {
						r.octets = append(ike.AppendNonESPMarker(nil), r.octets...)
					}
					if _, err := out.WriteTo(r.octets, from); err != nil && !errors.Is(err, net.ErrClosed) {
						b.t.Error(err)
					}
				})
			}
		}
	}()
}

func (b *bench) init(transport Transport) *request {
	b.t.Helper()
	req, err := b.newInit(initRequest{
		transport: transport, purpose: "matrix", offer: products(b.t, testOffer),
		ke: ike.KE_ECP_256, keData: make([]byte, 64),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return req
}

func (b *bench) ask() answer {
	b.t.Helper()
	return b.exchange(b.t.Context(), b.init(UDP500))
}

// seen returns what the gateway got, and when, and what the hook was shown.
func (b *bench) seen() (requests [][]byte, at []time.Time, trace []Datagram) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests), slices.Clone(b.at), slices.Clone(b.trace)
}

// spiOf returns the SPI to answer a request with.
func spiOf(request []byte) ike.SPI { return ike.SPI(request[:8]) }

const ms = time.Millisecond

func TestExchangeAnswered(t *testing.T) {
	for _, transport := range []Transport{UDP500, UDP4500} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, func(_ int, request []byte) []reply {
				return []reply{{after: 40 * ms, octets: respond(t, spiOf(request), nil, notify(ike.INVALID_KE_PAYLOAD, 0, 20))}}
			})
			start := time.Now()
			req := b.init(transport)
			a := b.exchange(t.Context(), req)
			if a.ID != 1 || a.Transport != transport || a.Type != ike.IKE_SA_INIT || a.Purpose != "matrix" ||
				a.KE != ike.KE_ECP_256 || len(a.Offer) != 2 {
				t.Errorf("not what was asked: %+v", a.Exchange)
			}
			if a.Outcome != InvalidKEPayload || a.Group != ike.KE_ECP_384 || a.Detail != "" || a.Tries != 1 ||
				a.Cookie || a.RTT != 40*ms || !a.Sent.Equal(start) {
				t.Errorf("got %+v", a.Exchange)
			}
			if a.message == nil || !bytes.Equal(a.request, req.octets) || spiOf(a.octets) != req.spi ||
				a.blocked != nil || a.conflict != NotTried {
				t.Errorf("got %+v", a)
			}
			// The answer is held for a moment.
			if took := time.Since(start); took != 40*ms+grace {
				t.Errorf("took %v, want %v", took, 40*ms+grace)
			}
			cost := b.cost()
			marker := int64(transport) * 4
			want := Cost{Exchanges: 1, DatagramsSent: 1, DatagramsReceived: 1,
				BytesSent: int64(len(req.octets)) + marker, BytesReceived: int64(len(a.octets)) + marker}
			if cost != want {
				t.Errorf("cost %+v, want %+v", cost, want)
			}
			if sent, received := b.traffic(transport); sent != 1 || received != 1 {
				t.Errorf("traffic %d, %d, want 1, 1", sent, received)
			}
			if sent, received := b.traffic(1 - transport); sent != 0 || received != 0 {
				t.Errorf("traffic of the other path %d, %d, want none", sent, received)
			}
		})
	}
}

func TestRequestsCarryTheirNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{}, nil)
		b.lastID = 65535
		for i, want := range []uint16{0, 1, 2} {
			req := b.init(UDP500)
			if req.id != 65536+i {
				t.Errorf("number %d, want %d", req.id, 65536+i)
			}
			if got := uint16(req.spi[6])<<8 | uint16(req.spi[7]); got != want {
				t.Errorf("SPI %v, want it to end in %d", req.spi, want)
			}
			if len(req.nonce) != 32 || req.remote != gatewayAt {
				t.Errorf("nonce of %d octets to %v", len(req.nonce), req.remote)
			}
		}
		b.cfg.rand = bytes.NewReader(make([]byte, 38))
		if req := b.init(UDP500); req.spi[0] == 0 && bytes.Equal(req.spi[:4], make([]byte, 4)) {
			t.Error("an SPI that looks like the non-ESP marker")
		}
		if _, err := b.newInit(initRequest{}); err == nil {
			t.Error("a request without randomness")
		}
	})
}

func TestRetransmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		b := newBench(t, connConfig{}, func(int, []byte) []reply { return nil })
		a := b.ask()
		if a.Outcome != NoAnswer || a.Detail != "" || a.Tries != 4 || a.RTT != 0 {
			t.Errorf("got %+v", a.Exchange)
		}
		if took := time.Since(start); took != 7500*ms {
			t.Errorf("gave up after %v, want 7.5s", took)
		}
		requests, at, _ := b.seen()
		for i, want := range []time.Duration{0, 500 * ms, 1500 * ms, 3500 * ms} {
			if got := at[i].Sub(start); got != want {
				t.Errorf("try %d after %v, want %v", i+1, got, want)
			}
			if !bytes.Equal(requests[i], a.request) {
				t.Errorf("try %d differs", i+1)
			}
		}
		if got := b.cost(); got.Retransmits != 3 || got.DatagramsSent != 4 || got.Exchanges != 1 {
			t.Errorf("cost %+v", got)
		}
		if b.pacer.window != 1 {
			t.Errorf("window %v after four losses, want 1", b.pacer.window)
		}
	})
}

// TestKarn: the answer to a request that was sent twice does not change the
// estimate, and is taken as one to the try that can have been answered.
func TestKarn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{}, func(n int, request []byte) []reply {
			if n == 1 {
				return nil
			}
			return []reply{{after: 80 * ms, octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
		})
		b.ask()
		rto := b.rto()
		if rto != 240*ms {
			t.Fatalf("RTO %v after 80 ms, want 240 ms", rto)
		}
		a := b.ask()
		if a.Outcome != NoProposalChosen || a.Tries != 2 || a.RTT != 80*ms {
			t.Errorf("got %+v", a.Exchange)
		}
		if b.rto() != rto {
			t.Errorf("RTO %v, want it unchanged at %v", b.rto(), rto)
		}
		_, at, _ := b.seen()
		if got := at[2].Sub(at[1]); got != rto {
			t.Errorf("retransmitted after %v, want %v", got, rto)
		}
	})
}

func TestCookie(t *testing.T) {
	cookie := []byte("a cookie of the gateway")
	demand := func(t testing.TB, request []byte, after time.Duration) []reply {
		return []reply{{after: after, octets: respond(t, spiOf(request), func(m *ike.Message) { m.SPIr = ike.SPI{} }, notify(ike.COOKIE, cookie...))}}
	}
	refuse := func(t testing.TB, request []byte) []reply {
		return []reply{{after: 30 * ms, octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
	}
	holdsCookie := func(request []byte) bool { return bytes.Contains(request, cookie) }

	t.Run("once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, func(_ int, request []byte) []reply {
				if holdsCookie(request) {
					return refuse(t, request)
				}
				return demand(t, request, 20*ms)
			})
			a := b.ask()
			if a.Outcome != NoProposalChosen || !a.Cookie || a.Tries != 2 || a.RTT != 30*ms || a.Detail != "" {
				t.Errorf("got %+v", a.Exchange)
			}
			if requests, _, _ := b.seen(); !bytes.Equal(a.request, requests[1]) {
				t.Error("request is not the one with the cookie")
			}
			if got := b.cost(); got.Cookies != 1 || got.Retransmits != 0 || got.DatagramsSent != 2 {
				t.Errorf("cost %+v", got)
			}
		})
	})
	t.Run("again and again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, func(_ int, request []byte) []reply { return demand(t, request, 20*ms) })
			a := b.ask()
			if a.Outcome != CookieLoop || !a.Cookie || a.Tries != 2 {
				t.Errorf("got %+v", a.Exchange)
			}
		})
	})
	t.Run("twice, for two tries without", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, func(_ int, request []byte) []reply {
				if holdsCookie(request) {
					return []reply{{after: 600 * ms, octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
				}
				return demand(t, request, 520*ms) // after the second try
			})
			// The second COOKIE comes at 1020 ms, the answer at 1120 ms.
			a := b.ask()
			if a.Outcome != NoProposalChosen || !a.Cookie || a.Tries != 4 {
				t.Errorf("got %+v", a.Exchange)
			}
		})
	})
	t.Run("then silence", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, func(_ int, request []byte) []reply {
				if holdsCookie(request) {
					return nil
				}
				return demand(t, request, 0)
			})
			a := b.ask()
			if a.Outcome != NoAnswer || !a.Cookie || a.Tries != 5 {
				t.Errorf("got %+v", a.Exchange)
			}
		})
	})
}

// TestWeakAnswers: what is no good answer is told when nothing better comes,
// and forgotten when it does.
func TestWeakAnswers(t *testing.T) {
	for _, tc := range []struct {
		name    string
		rude    func(request []byte) []byte
		outcome Outcome
		detail  string
		tries   int // when nothing better comes
	}{
		{"cut off", func(r []byte) []byte {
			return respond(t, spiOf(r), nil, choice(t, 1, "aes256-sha256-prfsha256-ecp256")...)[:50]
		}, Malformed, "50 octets", 4},
		{"echo", func(r []byte) []byte { return r }, Echo, "came back", 1},
		{"text", func([]byte) []byte { return []byte("hello") }, NotIKE, `"hello"`, 1},
		{"IKEv1", func(r []byte) []byte {
			return append(bytes.Clone(r[:17]), unhex(t, "10 05 00 00000000 0000001c")...)
		}, NotIKE, "IKEv1", 1},
		{"wrong SPI", func([]byte) []byte { return respond(t, otherSPI, nil, notify(ike.NO_PROPOSAL_CHOSEN)) },
			NoAnswer, "another initiator SPI", 4},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, connConfig{}, func(_ int, request []byte) []reply {
					return []reply{{after: 10 * ms, octets: tc.rude(request)}}
				})
				a := b.ask()
				if a.Outcome != tc.outcome || !strings.Contains(a.Detail, tc.detail) || a.Tries != tc.tries {
					t.Errorf("alone: got %v, %q, %d tries; want %v, %q, %d", a.Outcome, a.Detail, a.Tries, tc.outcome, tc.detail, tc.tries)
				}
			})
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, connConfig{}, func(_ int, request []byte) []reply {
					return []reply{{after: 10 * ms, octets: tc.rude(request)},
						{after: 400 * ms, octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
				})
				if a := b.ask(); a.Outcome != NoProposalChosen || a.Tries != 1 {
					t.Errorf("with a good answer: got %+v", a.Exchange)
				}
			})
		})
	}
}

func TestUnreachable(t *testing.T) {
	reject := func(v iketest.Verdict) func(from, to netip.AddrPort, _ []byte) iketest.Verdict {
		return func(from, _ netip.AddrPort, _ []byte) iketest.Verdict {
			if from.Addr() == clientAddr {
				return v
			}
			return iketest.Pass
		}
	}
	t.Run("closed port", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, nil)
			start := time.Now()
			a := b.ask()
			if a.Outcome != Unreachable || a.blocked == nil || a.blocked.state != PathPortUnreachable || a.Tries != 1 {
				t.Errorf("got %+v, %+v", a.Exchange, a.blocked)
			}
			if took := time.Since(start); took != defaultRTO {
				t.Errorf("took %v, want one timeout", took)
			}
		})
	})
	t.Run("prohibited", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, nil)
			b.network.SetFilter(reject(iketest.RejectAdmin))
			if a := b.ask(); a.Outcome != Unreachable || a.blocked == nil || a.blocked.state != PathAdminProhibited {
				t.Errorf("got %+v, %+v", a.Exchange, a.blocked)
			}
		})
	})
	t.Run("an answer wins", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, func(_ int, request []byte) []reply {
				return []reply{{after: 100 * ms, octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
			})
			req := b.init(UDP500)
			time.AfterFunc(50*ms, func() {
				b.refused(&unreachable{state: PathPortUnreachable, detail: "forged", to: gatewayAt, quoted: req.octets[:8]}, time.Now())
			})
			a := b.exchange(t.Context(), req)
			if a.Outcome != NoProposalChosen || a.blocked == nil || a.blocked.detail != "forged" {
				t.Errorf("got %+v, %+v", a.Exchange, a.blocked)
			}
		})
	})
	t.Run("the quoted request counts", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, func(int, []byte) []reply { return nil })
			one, two := b.init(UDP500), b.init(UDP500)
			time.AfterFunc(50*ms, func() {
				b.refused(&unreachable{state: PathPortUnreachable, detail: "x", to: gatewayAt, quoted: one.octets[:8]}, time.Now())
			})
			var wg sync.WaitGroup
			wg.Go(func() {
				if a := b.exchange(t.Context(), one); a.Outcome != Unreachable {
					t.Errorf("quoted: %v", a.Outcome)
				}
			})
			wg.Go(func() {
				if a := b.exchange(t.Context(), two); a.Outcome != NoAnswer || a.blocked != nil {
					t.Errorf("not quoted: %v", a.Outcome)
				}
			})
			wg.Wait()
		})
	})
	t.Run("routes come back", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, func(n int, request []byte) []reply {
				if n < 2 {
					return nil
				}
				return []reply{{octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
			})
			time.AfterFunc(50*ms, func() {
				b.refused(&unreachable{state: PathError, detail: "ICMP host unreachable", to: gatewayAt}, time.Now())
			})
			if a := b.ask(); a.Outcome != NoProposalChosen || a.Tries != 3 || a.blocked == nil {
				t.Errorf("got %+v", a.Exchange)
			}
		})
	})
	t.Run("cannot send", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, func(int, []byte) []reply { return nil })
			b.pc.SetWriteDeadline(time.Unix(1, 0))
			a := b.ask()
			if a.Outcome != Unreachable || !strings.HasPrefix(a.Detail, "cannot send: ") || a.Tries != 0 ||
				a.blocked == nil || a.blocked.state != PathError {
				t.Errorf("got %+v, %+v", a.Exchange, a.blocked)
			}
			if got := b.cost(); got != (Cost{}) {
				t.Errorf("cost %+v, want none", got)
			}
		})
	})
}

func TestForeignAnswers(t *testing.T) {
	for _, tc := range []struct {
		from   string
		strays int
	}{
		{"192.0.2.99:500", 1},
		{"192.0.2.1:4501", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, func(n int, request []byte) []reply {
				if n > 0 {
					return nil
				}
				return []reply{{octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN)), from: netip.MustParseAddrPort(tc.from)}}
			})
			a := b.ask()
			if a.Outcome != NoAnswer || !strings.Contains(a.Detail, "from "+tc.from) {
				t.Errorf("%s: got %v, %q", tc.from, a.Outcome, a.Detail)
			}
			if b.strays() != tc.strays {
				t.Errorf("%s: %d strays, want %d", tc.from, b.strays(), tc.strays)
			}
			if got := b.cost(); got.DatagramsReceived != 1-tc.strays {
				t.Errorf("%s: cost %+v", tc.from, got)
			}
			_, _, trace := b.seen()
			if second := trace[1]; second.Remote.String() != tc.from || second.Exchange != 1 {
				t.Errorf("%s: the trace shows %v of exchange %d", tc.from, second.Remote, second.Exchange)
			}
		})
	}
}

// TestNoiseFromElsewhere: only the gateway's noise tells what it is.
func TestNoiseFromElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{}, func(n int, _ []byte) []reply {
			if n > 0 {
				return nil
			}
			return []reply{{octets: []byte("noise"), from: netip.MustParseAddrPort("192.0.2.99:500")}}
		})
		if a := b.ask(); a.Outcome != NoAnswer || a.Detail != "" || b.strays() != 1 {
			t.Errorf("got %v, %q, %d strays", a.Outcome, a.Detail, b.strays())
		}
		if _, _, trace := b.seen(); trace[1].Exchange != 0 {
			t.Errorf("the noise is shown with exchange %d", trace[1].Exchange)
		}
	})
}

func TestConflict(t *testing.T) {
	refusal := func(r []byte) []byte { return respond(t, spiOf(r), nil, notify(ike.NO_PROPOSAL_CHOSEN)) }
	group := func(r []byte) []byte { return respond(t, spiOf(r), nil, notify(ike.INVALID_KE_PAYLOAD, 0, 20)) }
	accept := func(r []byte) []byte {
		return respond(t, spiOf(r), nil, choice(t, 1, "aes256-sha256-prfsha256-ecp256")...)
	}
	for _, tc := range []struct {
		name              string
		first, second     func([]byte) []byte
		outcome, conflict Outcome
		detail            string
	}{
		{"forged refusal first", refusal, group, InvalidKEPayload, NoProposalChosen, "two answers: no_proposal_chosen, then invalid_ke_payload (KE_ECP_384)"},
		{"forged refusal last", accept, refusal, Accepted, NoProposalChosen, "two answers: accepted (aes256-sha256-prfsha256-ecp256), then no_proposal_chosen"},
		{"the same twice", group, group, InvalidKEPayload, NotTried, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, connConfig{}, func(_ int, request []byte) []reply {
				return []reply{{after: 80 * ms, octets: tc.first(request)}, {after: 80*ms + grace/2, octets: tc.second(request)}}
			})
			a := b.ask()
			if a.Outcome != tc.outcome || a.conflict != tc.conflict || a.Detail != tc.detail {
				t.Errorf("%s: got %v, %v, %q", tc.name, a.Outcome, a.conflict, a.Detail)
			}
		})
	}
}

func TestLateAnswers(t *testing.T) {
	refusal := func(r []byte) []byte { return respond(t, spiOf(r), nil, notify(ike.NO_PROPOSAL_CHOSEN)) }
	group := func(r []byte) []byte { return respond(t, spiOf(r), nil, notify(ike.INVALID_KE_PAYLOAD, 0, 20)) }
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{attempts: 1}, func(n int, request []byte) []reply {
			return [][]reply{
				{{after: 40 * ms, octets: refusal(request)}, {after: 150 * ms, octets: group(request)}},
				{{after: 40 * ms, octets: group(request)}, {after: 150 * ms, octets: group(request)}},
				{{after: 2 * time.Second, octets: refusal(request)}},
				{{after: 40 * ms, octets: refusal(request)}, {after: 150 * ms, octets: []byte("noise")}},
			}[n]
		})
		for range 4 {
			b.ask()
			time.Sleep(3 * time.Second)
		}
		want := []lateAnswer{
			{exchange: 1, outcome: InvalidKEPayload, group: ike.KE_ECP_384, differs: true},
			{exchange: 2, outcome: InvalidKEPayload, group: ike.KE_ECP_384},
			{exchange: 3, outcome: NoProposalChosen, differs: true},
		}
		if got := b.late(); !slices.Equal(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{}, func(int, []byte) []reply { return nil })
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(700*ms, cancel)
		start := time.Now()
		a := b.exchange(ctx, b.init(UDP500))
		if a.Outcome != NoAnswer || a.Detail != "interrupted" || a.Tries != 2 {
			t.Errorf("got %+v", a.Exchange)
		}
		if took := time.Since(start); took != 700*ms {
			t.Errorf("ended after %v", took)
		}
		a = b.exchange(ctx, b.init(UDP500))
		if a.Outcome != NotTried || a.Detail != "interrupted" || a.Tries != 0 || !a.Sent.IsZero() {
			t.Errorf("after the end: got %+v", a.Exchange)
		}

		time.AfterFunc(100*ms, func() { b.close() })
		if a := b.ask(); a.Outcome != NoAnswer || a.Tries != 1 {
			t.Errorf("socket closed meanwhile: got %+v", a.Exchange)
		}
		if a := b.ask(); a.Outcome != NotTried || a.Tries != 0 {
			t.Errorf("socket closed: got %+v", a.Exchange)
		}
	})
}

// TestSealed sends an IKE_AUTH with the SPI of an IKE_SA_INIT, whose late
// answer is not taken for the other's.
func TestSealed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{}, func(n int, request []byte) []reply {
			if n == 0 {
				accepted := respond(t, spiOf(request), nil, choice(t, 1, "aes256-sha256-prfsha256-ecp256")...)
				return []reply{{octets: accepted}, {after: 30 * ms, octets: accepted}}
			}
			return []reply{{after: 50 * ms, octets: respond(t, spiOf(request), func(m *ike.Message) {
				m.Exchange, m.MessageID = ike.IKE_AUTH, 1
			}, &ike.Encrypted{Body: []byte("sealed")})}}
		})
		first := b.ask()
		if first.Outcome != Accepted || first.Suite == nil {
			t.Fatalf("got %+v", first.Exchange)
		}
		octets := respond(t, spiOf(first.octets), func(m *ike.Message) {
			m.Exchange, m.MessageID, m.Flags = ike.IKE_AUTH, 1, ike.FlagInitiator
		}, &ike.Encrypted{Body: []byte("request")})
		req, err := b.newSealed(UDP500, "close", octets, func(in []byte) (*ike.Message, error) {
			if !bytes.Contains(in, []byte("sealed")) {
				return nil, errors.New("not sealed")
			}
			return &ike.Message{Payloads: []ike.Payload{notify(ike.AUTHENTICATION_FAILED)}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		a := b.exchange(t.Context(), req)
		if a.ID != 2 || a.Type != ike.IKE_AUTH || a.Outcome != OtherError || a.Detail != "AUTHENTICATION_FAILED" || a.Tries != 1 {
			t.Errorf("got %+v", a.Exchange)
		}
		if _, ok := a.message.Notify(ike.AUTHENTICATION_FAILED); !ok {
			t.Error("the message is not what was opened")
		}
		if late := b.late(); len(late) != 1 || late[0].exchange != 1 || late[0].differs {
			t.Errorf("late answers %+v", late)
		}
		if _, err := b.newSealed(UDP500, "close", octets[:20], nil); err == nil {
			t.Error("a request without a whole header")
		}
	})
}

// TestTogether runs many exchanges at once through a bad network: all are
// answered, and neither the window nor the rate is exceeded.
func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{window: 8}, func(_ int, request []byte) []reply {
			h, _, _, _ := ike.ParseHeader(request)
			group := []byte{0, 20}
			if h.SPIi[7]%2 == 0 {
				group[1] = 14
			}
			return []reply{{after: 20 * ms, octets: respond(t, h.SPIi, nil, notify(ike.INVALID_KE_PAYLOAD, group...))}}
		})
		b.network.SetLink(iketest.Link{Delay: 10 * ms, Jitter: 10 * ms, Loss: 0.1, Duplicate: 0.1, Reorder: 0.1})
		var mu sync.Mutex
		inFlight, most := 0, 0
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				req := b.init(UDP500)
				a := b.exchange(t.Context(), req)
				want := ike.KE_ECP_384
				if req.id%2 == 0 {
					want = ike.KE_MODP_2048
				}
				if a.Outcome != InvalidKEPayload || a.Group != want {
					t.Errorf("exchange %d: %v, %v, %q", a.ID, a.Outcome, a.Group, a.Detail)
				}
			})
		}
		done := make(chan struct{})
		go func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(ms):
					b.pacer.mu.Lock()
					inFlight = b.pacer.inFlight
					b.pacer.mu.Unlock()
					mu.Lock()
					most = max(most, inFlight)
					mu.Unlock()
				}
			}
		}()
		start := time.Now()
		wg.Wait()
		took := time.Since(start)
		close(done)
		mu.Lock()
		defer mu.Unlock()
		if most > 8 || most < 2 {
			t.Errorf("%d exchanges in flight at most, want 2 to 8", most)
		}
		cost := b.cost()
		if allowed := 50*took.Seconds() + atGateway + 1; float64(cost.DatagramsSent) > allowed {
			t.Errorf("%d datagrams in %v", cost.DatagramsSent, took)
		}
		if cost.Exchanges != 100 || cost.Retransmits < 5 {
			t.Errorf("cost %+v", cost)
		}
		for _, l := range b.late() {
			if l.differs {
				t.Errorf("exchange %d: the late answer %v differs", l.exchange, l.outcome)
			}
		}
	})
}

func TestTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{}, func(_ int, request []byte) []reply {
			return []reply{{after: 5 * ms, octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
		})
		start := time.Now()
		a := b.exchange(t.Context(), b.init(UDP4500))
		remote := netip.AddrPortFrom(gatewayAddr, 4500)
		marker := make([]byte, 4)
		want := []Datagram{
			{start, true, b.local(), remote, UDP4500, 1, append(marker[:4:4], a.request...)},
			{start.Add(5 * ms), false, b.local(), remote, UDP4500, 1, append(marker[:4:4], a.octets...)},
		}
		_, _, trace := b.seen()
		if len(trace) != 2 {
			t.Fatalf("%d datagrams, want 2", len(trace))
		}
		for i, got := range trace {
			if !got.Time.Equal(want[i].Time) || got.Sent != want[i].Sent || got.Local != want[i].Local || got.Remote != want[i].Remote ||
				got.Transport != want[i].Transport || got.Exchange != want[i].Exchange || !bytes.Equal(got.Octets, want[i].Octets) {
				t.Errorf("datagram %d: got %+v, want %+v", i, got, want[i])
			}
		}
	})
}
