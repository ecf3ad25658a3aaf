package iketest

import (
	"bytes"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
)

func TestDropRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := serve(t, &Responder{Policy: policy, Faults: Faults{DropRefused: true}})
		bad := offer(proposal(gcm256, prf256, x25519))
		if got := i.outcome(i.request(validKE(t, ike.KE_ECP_256), bad)); got != "silence" {
			t.Errorf("a bad offer: %s", got)
		}
		if got := i.outcome(i.request(validKE(t, ike.KE_CURVE25519), goodOffer)); got != "INVALID_KE_PAYLOAD KE_ECP_256" {
			t.Errorf("a good offer: %s", got)
		}
	})
}

func TestInvalidKELoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := serve(t, &Responder{Policy: policy, Faults: Faults{InvalidKELoop: true}})
		for _, method := range []ike.KeyExchangeMethod{ike.KE_ECP_256, ike.KE_MODP_2048, ike.KE_ECP_256} {
			m := i.ask(i.request(validKE(t, method), goodOffer))
			n, ok := m.Notify(ike.INVALID_KE_PAYLOAD)
			if !ok {
				t.Fatalf("the answer is %s", outcomeOf(m))
			}
			if asked, _ := n.InvalidKEMethod(); asked == method {
				t.Errorf("it asks for %v, which it got", asked)
			}
		}
	})
}

// TestForgeries looks at the one datagram that comes instead of an answer.
func TestForgeries(t *testing.T) {
	spii := func(b []byte) []byte { return b[:8] }
	for _, test := range []struct {
		name    string
		forgery Forgery
		check   func(t *testing.T, request, answer []byte)
	}{
		{"echo", Echo, func(t *testing.T, request, answer []byte) {
			if !bytes.Equal(request, answer) {
				t.Errorf("%x", answer)
			}
		}},
		{"garbage", Garbage, func(t *testing.T, request, answer []byte) {
			if len(answer) != len(request) || bytes.Equal(request[:28], answer[:28]) {
				t.Errorf("%x", answer)
			}
		}},
		{"text", Text, func(t *testing.T, request, answer []byte) {
			if !bytes.HasPrefix(answer, []byte("HTTP/1.1 400")) {
				t.Errorf("%q", answer)
			}
		}},
		{"IKEv1", IKEv1Answer, func(t *testing.T, request, answer []byte) {
			h, next, length, err := ike.ParseHeader(answer)
			if err != nil || h.MajorVersion != 1 || int(length) != len(answer) || next != 11 || h.SPIi != ike.SPI(request[:8]) {
				t.Errorf("%x: %v", answer, err)
			}
			if answer[len(answer)-1] != 14 || answer[31] != 12 {
				t.Errorf("notification %x", answer[28:])
			}
		}},
		{"INVALID_MAJOR_VERSION", InvalidMajorVersion, wantNotify(ike.INVALID_MAJOR_VERSION)},
		{"refusal", Refusal, wantNotify(ike.NO_PROPOSAL_CHOSEN)},
		{"truncated", Truncated, func(t *testing.T, request, answer []byte) {
			if _, _, length, err := ike.ParseHeader(answer); err != nil || int(length)/2 != len(answer) {
				t.Errorf("%d octets of %d: %v", len(answer), length, err)
			}
		}},
		{"wrong initiator SPI", WrongInitiatorSPI, func(t *testing.T, request, answer []byte) {
			if bytes.Equal(spii(request), spii(answer)) || !bytes.Equal(request[1:8], answer[1:8]) {
				t.Errorf("%x", answer)
			}
			if m, err := ike.ParseMessage(answer); err != nil || outcomeOf(m) != "accepted" {
				t.Errorf("%s, %v", outcomeOf(m), err)
			}
		}},
		{"wrong responder SPI", WrongResponderSPI, func(t *testing.T, request, answer []byte) {
			if m, err := ike.ParseMessage(answer); err != nil || outcomeOf(m) != "accepted" || m.SPIi != ike.SPI(request[:8]) {
				t.Errorf("%s, %v", outcomeOf(m), err)
			}
		}},
	} {
		for _, port := range []uint16{500, 4500} {
			t.Run(test.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					i := serve(t, &Responder{Policy: policy, Faults: Faults{Instead: test.forgery}})
					i.gateway = netip.AddrPortFrom(gatewayAddress, port)
					request := i.request(validKE(t, ike.KE_ECP_256), goodOffer)
					marked := request
					if port == 4500 {
						marked = append(ike.AppendNonESPMarker(nil), request...)
					}
					i.send(marked)
					answer := i.receive()
					if port == 4500 && test.forgery != Garbage && test.forgery != Text {
						var ok bool
						if answer, ok = ike.SplitNonESPMarker(answer); !ok {
							t.Fatal("no marker")
						}
					} else if port == 4500 {
						request = marked
					}
					if answer == nil {
						t.Fatal("silence")
					}
					test.check(t, request, answer)
					if more := i.receive(); more != nil {
						t.Errorf("and %x", more)
					}
				})
			})
		}
	}
}

func wantNotify(want ike.NotifyType) func(*testing.T, []byte, []byte) {
	return func(t *testing.T, request, answer []byte) {
		t.Helper()
		m, err := ike.ParseMessage(answer)
		if err != nil || outcomeOf(m) != want.String() || m.SPIi != ike.SPI(request[:8]) {
			t.Errorf("%s, %v", outcomeOf(m), err)
		}
	}
}

// TestBlindForgeries: an echo server has no idea of IKE, and keeps nothing.
func TestBlindForgeries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Responder{Policy: policy, Faults: Faults{Instead: Echo}}
		i := serve(t, r)
		i.send([]byte("anything"))
		if got := string(i.receive()); got != "anything" {
			t.Errorf("echo of %q", got)
		}
		i.send(i.request(validKE(t, ike.KE_ECP_256), goodOffer))
		i.receive()
		if s := r.Stats(); s.HalfOpen != 0 || s.Requests != 0 || s.Datagrams != 2 {
			t.Errorf("stats %+v", s)
		}
	})
}

func TestForgeriesBeforeTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := serve(t, &Responder{Policy: policy, Faults: Faults{Before: []Forgery{Echo, Refusal}}})
		request := i.request(validKE(t, ike.KE_ECP_256), goodOffer)
		i.send(request)
		if echo := i.receive(); !bytes.Equal(echo, request) {
			t.Errorf("first %x", echo)
		}
		for _, want := range []string{"NO_PROPOSAL_CHOSEN", "accepted"} {
			m, err := ike.ParseMessage(i.receive())
			if err != nil || outcomeOf(m) != want {
				t.Errorf("%s, %v, want %s", outcomeOf(m), err, want)
			}
		}
		i.send([]byte("no request"))
		if answer := i.receive(); answer != nil {
			t.Errorf("an answer to no request: %q", answer)
		}
	})
}

// TestForgeriesAround: those ahead, the answer and those behind keep their
// distance, and the retransmission of a request meets the same.
func TestForgeriesAround(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const apart = 200 * time.Millisecond
		i := serve(t, &Responder{Policy: policy, Faults: Faults{
			Before: []Forgery{FalseInvalidKE, Refusal}, After: []Forgery{FalseAcceptance}, Apart: apart, Delay: time.Second / 2,
		}})
		request := i.request(validKE(t, ike.KE_ECP_256), offer(proposal(gcm256, prf256, ecp256, modp2048)))
		var spis []ike.SPI
		for range 2 {
			i.send(request)
			start := time.Now()
			for _, want := range []struct {
				outcome string
				after   time.Duration
			}{
				{"INVALID_KE_PAYLOAD KE_MODP_2048", 0}, {"NO_PROPOSAL_CHOSEN", 0}, {"accepted", apart}, {"accepted", 2 * apart},
			} {
				m, err := ike.ParseMessage(i.receive())
				after := time.Since(start) - time.Second/2
				if err != nil || outcomeOf(m) != want.outcome || after != want.after {
					t.Errorf("%s after %v: %v, want %s after %v", outcomeOf(m), after, err, want.outcome, want.after)
				}
				if want.outcome == "accepted" {
					spis = append(spis, m.SPIr)
				}
			}
		}
		if spis[0] != spis[2] || spis[1] == spis[3] || spis[0] == spis[1] {
			t.Errorf("SPIs %v", spis)
		}
	})
}

// TestRewriteSpoilt: Rewrite sees forgeries, too, and what it returns leaves at
// once.
func TestRewriteSpoilt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := 0
		i := serve(t, &Responder{Policy: policy, Faults: Faults{
			Before: []Forgery{Refusal}, Apart: time.Hour,
			Rewrite: func(_ []byte, sent [][]byte) [][]byte { seen = len(sent); return sent[1:] },
		}})
		if got := i.outcome(i.request(validKE(t, ike.KE_ECP_256), goodOffer)); got != "accepted" || seen != 2 {
			t.Errorf("%s, of %d datagrams", got, seen)
		}
	})
}

func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Responder{Policy: policy, Faults: Faults{RateLimit: 5}}
		i := serve(t, r)
		other := newInitiator(t, i.network, netip.MustParseAddrPort("192.0.2.99:500"))
		request := i.request(validKE(t, ike.KE_CURVE25519), goodOffer)
		answers := func(n int) int {
			for range n {
				i.send(request)
			}
			synctest.Wait()
			got := 0
			for i.receive() != nil { // a second of silence at the end
				got++
			}
			return got
		}
		for round := range 3 {
			if got := answers(20); got != 5 {
				t.Errorf("round %d: %d answers in a second", round, got)
			}
		}
		answers(20)
		if got := other.outcome(other.request(validKE(t, ike.KE_CURVE25519), goodOffer)); got == "silence" {
			t.Error("another source address is limited too")
		}
	})
}

func TestBlockAfter(t *testing.T) {
	for _, test := range []struct {
		name     string
		blockFor time.Duration
		want     []bool // answered, a request each 2 s
	}{
		{"for a while", 9 * time.Second, []bool{true, true, false, false, false, false, false, true, true, false}},
		{"for ever", 0, []bool{true, true, false, false, false, false, false, false, false, false}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i := serve(t, &Responder{Policy: policy, Faults: Faults{BlockAfter: 2, BlockFor: test.blockFor}})
				start := time.Now()
				var got []bool
				for n := range test.want {
					time.Sleep(time.Until(start.Add(time.Duration(n) * 2 * time.Second)))
					got = append(got, i.outcome(i.request(validKE(t, ike.KE_CURVE25519), goodOffer)) != "silence")
				}
				if !slices.Equal(got, test.want) {
					t.Errorf("answered %v, want %v", got, test.want)
				}
			})
		})
	}
}

func TestLoss(t *testing.T) {
	run := func(loss float64, seed uint64) (got []bool) {
		synctest.Test(t, func(t *testing.T) {
			i := serve(t, &Responder{Policy: policy, Faults: Faults{Loss: loss, Seed: seed}})
			for range 60 {
				got = append(got, i.outcome(i.request(&ike.KE{Method: ike.KE_CURVE25519, Data: make([]byte, 32)}, goodOffer)) != "silence")
			}
		})
		return got
	}
	answered := func(all []bool) int {
		return len(slices.DeleteFunc(slices.Clone(all), func(ok bool) bool { return !ok }))
	}
	if n := answered(run(1, 1)); n != 0 {
		t.Errorf("%d answers of a gateway that loses all", n)
	}
	half := run(0.3, 1) // 0.49 in both directions
	if n := answered(half); n < 15 || n > 45 {
		t.Errorf("%d answers of 60", n)
	}
	if !slices.Equal(half, run(0.3, 1)) {
		t.Error("the same seed loses others")
	}
	if slices.Equal(half, run(0.3, 2)) {
		t.Error("another seed loses the same")
	}
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := serve(t, &Responder{Policy: policy, Faults: Faults{Delay: 700 * time.Millisecond}})
		start := time.Now()
		if got := i.outcome(i.request(validKE(t, ike.KE_ECP_256), goodOffer)); got != "accepted" {
			t.Fatal(got)
		}
		if took := time.Since(start); took != 700*time.Millisecond {
			t.Errorf("the answer took %v", took)
		}
	})
}

func TestAnswersFromElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		elsewhere := netip.MustParseAddrPort("198.51.100.8:1500")
		serveOn(t, n, gatewayAddress, &Responder{Policy: policy, Faults: Faults{Source: listen(t, n, elsewhere)}})
		i := newInitiator(t, n, netip.MustParseAddrPort("192.0.2.10:500"))
		i.send(i.request(validKE(t, ike.KE_ECP_256), goodOffer))
		if answer, from := i.receiveFrom(); answer == nil || from != elsewhere {
			t.Errorf("%d octets from %v", len(answer), from)
		}
	})
}

func TestRewrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		i := serve(t, &Responder{Policy: policy, Faults: Faults{
			Rewrite: func(received []byte, sent [][]byte) [][]byte {
				calls++
				if calls == 1 {
					return nil
				}
				return append(sent, []byte("more"))
			},
		}})
		request := i.request(validKE(t, ike.KE_ECP_256), goodOffer)
		if got := i.outcome(request); got != "silence" {
			t.Errorf("the first: %s", got)
		}
		if got := i.outcome(request); got != "accepted" {
			t.Errorf("the second: %s", got)
		}
		if got := string(i.receive()); got != "more" {
			t.Errorf("and %q", got)
		}
	})
}

// FuzzResponder: whatever comes, the gateway lives, and answers only its
// initiator SPI.
func FuzzResponder(f *testing.F) {
	m := (&initiator{nonce: make([]byte, 32)}).message(&ike.KE{Method: ike.KE_ECP_256, Data: make([]byte, 64)}, policy)
	request, err := m.AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(request)
	m.Payloads = append([]ike.Payload{&ike.Notify{Notification: ike.COOKIE, Data: []byte{1}}}, m.Payloads...)
	if request, err = m.AppendBinary(nil); err != nil {
		f.Fatal(err)
	}
	f.Add(request)
	s, err := newServer(&Responder{Policy: policy, Profile: Libreswan})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, datagram []byte) {
		sent, err := s.receive(arrival{remote: hostA, local: hostB, raw: datagram})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range sent {
			answer, err := ike.ParseMessage(d.octets)
			if err != nil || answer.SPIi != ike.SPI(datagram[:8]) {
				t.Errorf("answer %x: %v", d.octets, err)
			}
		}
	})
}
