package initiator

import (
	"bytes"
	"errors"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
)

func TestExchangeAnswered(t *testing.T) {
	for _, transport := range []Transport{UDP500, UDP4500} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, Config{}, func(_ int, request []byte) []reply {
				return []reply{{after: 40 * ms, octets: respond(t, spiOf(request), nil, notify(ike.INVALID_KE_PAYLOAD, 0, 20))}}
			})
			start := time.Now()
			req := b.init(transport)
			a := b.Exchange(t.Context(), req)
			if a.ID != 1 || a.Transport != transport || a.Type != ike.IKE_SA_INIT ||
				a.KE != ike.KE_ECP_256 || len(a.Offer) != 2 {
				t.Errorf("not what was asked: %+v", a.Exchange)
			}
			if a.Outcome != InvalidKEPayload || a.Group != ike.KE_ECP_384 || a.Detail != "" || a.Tries != 1 ||
				a.Cookie || a.RTT != 40*ms || !a.Sent.Equal(start) {
				t.Errorf("got %+v", a.Exchange)
			}
			if a.Message == nil || !bytes.Equal(a.Request, req.octets) || spiOf(a.Octets) != req.SPI() ||
				a.Blocked != nil || a.Conflict != NotTried {
				t.Errorf("got %+v", a)
			}
			// The answer is held for a moment.
			if took := time.Since(start); took != 40*ms+grace {
				t.Errorf("took %v, want %v", took, 40*ms+grace)
			}
			cost := b.Cost()
			marker := int64(transport) * 4
			want := Cost{Exchanges: 1, DatagramsSent: 1, DatagramsReceived: 1,
				BytesSent: int64(len(req.octets)) + marker, BytesReceived: int64(len(a.Octets)) + marker}
			if cost != want {
				t.Errorf("cost %+v, want %+v", cost, want)
			}
			if sent, received := b.Traffic(transport); sent != 1 || received != 1 {
				t.Errorf("traffic %d, %d, want 1, 1", sent, received)
			}
			if sent, received := b.Traffic(1 - transport); sent != 0 || received != 0 {
				t.Errorf("traffic of the other path %d, %d, want none", sent, received)
			}
		})
	}
}

func TestRequestsCarryTheirNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, nil)
		b.lastID = 65535
		for i, want := range []uint16{0, 1, 2} {
			req := b.init(UDP500)
			if req.id != 65536+i {
				t.Errorf("number %d, want %d", req.id, 65536+i)
			}
			if got := uint16(req.SPI()[6])<<8 | uint16(req.SPI()[7]); got != want {
				t.Errorf("SPI %v, want it to end in %d", req.SPI(), want)
			}
			if len(req.nonce) != 32 || req.remote != gatewayAt {
				t.Errorf("nonce of %d octets to %v", len(req.nonce), req.remote)
			}
		}
		b.cfg.Rand = bytes.NewReader(make([]byte, 38))
		if spi := b.init(UDP500).SPI(); bytes.Equal(spi[:4], make([]byte, 4)) {
			t.Error("an SPI that looks like the non-ESP marker")
		}
		if _, err := b.Init(Offer{Products: products(t, testOffer), Key: testKey(t)}); err == nil {
			t.Error("a request without randomness")
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
			b := newBench(t, Config{}, func(_ int, request []byte) []reply {
				if holdsCookie(request) {
					return refuse(t, request)
				}
				return demand(t, request, 20*ms)
			})
			a := b.ask()
			if a.Outcome != NoProposalChosen || !a.Cookie || a.Tries != 2 || a.RTT != 30*ms || a.Detail != "" {
				t.Errorf("got %+v", a.Exchange)
			}
			if requests, _, _ := b.seen(); !bytes.Equal(a.Request, requests[1]) {
				t.Error("request is not the one with the cookie")
			}
			if got := b.Cost(); got.Cookies != 1 || got.Retransmits != 0 || got.DatagramsSent != 2 {
				t.Errorf("cost %+v", got)
			}
		})
	})
	t.Run("again and again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, Config{}, func(_ int, request []byte) []reply { return demand(t, request, 20*ms) })
			a := b.ask()
			if a.Outcome != CookieLoop || !a.Cookie || a.Tries != 2 {
				t.Errorf("got %+v", a.Exchange)
			}
		})
	})
	t.Run("twice, for two tries without", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, Config{}, func(_ int, request []byte) []reply {
				if holdsCookie(request) {
					return []reply{{after: 600 * ms, octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
				}
				return demand(t, request, 520*ms) // after the second try
			})
			// The second COOKIE comes at 1020 ms, the answer at 1120 ms, before the request
			// with the cookie would be sent again.
			a := b.ask()
			if a.Outcome != NoProposalChosen || !a.Cookie || a.Tries != 3 {
				t.Errorf("got %+v", a.Exchange)
			}
		})
	})
	t.Run("then silence", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, Config{}, func(_ int, request []byte) []reply {
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

// TestSealed sends an IKE_AUTH with the SPI of an IKE_SA_INIT, whose late
// answer is not taken for the other's.
func TestSealed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, func(n int, request []byte) []reply {
			if n == 0 {
				accepted := respond(t, spiOf(request), nil, choicePayloads(t, 1, "aes256-sha256-prfsha256-ecp256")...)
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
		octets := respond(t, spiOf(first.Octets), func(m *ike.Message) {
			m.Exchange, m.MessageID, m.Flags = ike.IKE_AUTH, 1, ike.FlagInitiator
		}, &ike.Encrypted{Body: []byte("request")})
		req, err := b.Sealed(UDP500, octets, func(in []byte) (*ike.Message, error) {
			if !bytes.Contains(in, []byte("sealed")) {
				return nil, errors.New("not sealed")
			}
			return &ike.Message{Payloads: []ike.Payload{notify(ike.AUTHENTICATION_FAILED)}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		a := b.Exchange(t.Context(), req)
		if a.ID != 2 || a.Type != ike.IKE_AUTH || a.Outcome != OtherError || a.Detail != "AUTHENTICATION_FAILED" || a.Tries != 1 {
			t.Errorf("got %+v", a.Exchange)
		}
		if _, ok := a.Message.Notify(ike.AUTHENTICATION_FAILED); !ok {
			t.Error("the message is not what was opened")
		}
		if late := b.Late(); len(late) != 1 || late[0].Exchange != 1 || late[0].Differs {
			t.Errorf("late answers %+v", late)
		}
		if _, err := b.Sealed(UDP500, octets[:20], nil); err == nil {
			t.Error("a request without a whole header")
		}
	})
}

// TestTogether runs many exchanges at once through a bad network: all are
// answered, and neither the window nor the rate is exceeded.
func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{Window: 8}, func(_ int, request []byte) []reply {
			h, _, _, _ := ike.ParseHeader(request)
			group := []byte{0, 20}
			if h.SPIi[7]%2 == 0 {
				group[1] = 14
			}
			return []reply{{after: 20 * ms, octets: respond(t, h.SPIi, nil, notify(ike.INVALID_KE_PAYLOAD, group...))}}
		})
		b.network.SetLink(memnet.Link{Delay: 10 * ms, Jitter: 10 * ms, Loss: 0.1, Duplicate: 0.1, Reorder: 0.1})
		var mu sync.Mutex
		inFlight, most := 0, 0
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				req := b.init(UDP500)
				a := b.Exchange(t.Context(), req)
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
		cost := b.Cost()
		if allowed := 50*took.Seconds() + atGateway + 1; float64(cost.DatagramsSent) > allowed {
			t.Errorf("%d datagrams in %v", cost.DatagramsSent, took)
		}
		if cost.Exchanges != 100 || cost.Retransmits < 5 {
			t.Errorf("cost %+v", cost)
		}
		for _, l := range b.Late() {
			if l.Differs {
				t.Errorf("exchange %d: the late answer %v differs", l.Exchange, l.Outcome)
			}
		}
	})
}

func TestTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, func(_ int, request []byte) []reply {
			return []reply{{after: 5 * ms, octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
		})
		start := time.Now()
		a := b.Exchange(t.Context(), b.init(UDP4500))
		remote := netip.AddrPortFrom(gatewayAddr, 4500)
		marker := make([]byte, 4)
		want := []Datagram{
			{start, true, b.Local(), remote, UDP4500, 1, append(marker[:4:4], a.Request...)},
			{start.Add(5 * ms), false, b.Local(), remote, UDP4500, 1, append(marker[:4:4], a.Octets...)},
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
