package iketest

import (
	"bytes"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
)

var goodOffer = []ike.Proposal{proposal(gcm256, prf256, ecp256)}

// withCookie puts the COOKIE of an answer before the payloads of its request.
func withCookie(t *testing.T, i *initiator, request []byte, answer *ike.Message) []byte {
	t.Helper()
	m, err := ike.ParseMessage(request)
	if err != nil {
		t.Fatal(err)
	}
	n, ok := answer.Notify(ike.COOKIE)
	if !ok {
		t.Fatalf("no COOKIE but %s", outcomeOf(answer))
	}
	if answer.SPIr != (ike.SPI{}) || len(n.Data) < 1 || len(n.Data) > 64 {
		t.Errorf("responder SPI %v, cookie of %d octets", answer.SPIr, len(n.Data))
	}
	m.Payloads = append([]ike.Payload{n}, m.Payloads...)
	return i.encode(m)
}

func TestAlwaysCookie(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Responder{Policy: policy, Profile: Profile{AlwaysCookie: true, ErrorSPI: true}}
		i := serve(t, r)
		request := i.request(validKE(t, ike.KE_ECP_256), goodOffer)
		answer := i.ask(request)
		retry := withCookie(t, i, request, answer)
		if got := i.outcome(retry); got != "accepted" {
			t.Errorf("with the cookie: %s", got)
		}

		for _, test := range []struct {
			name   string
			change func(*ike.Message)
		}{
			{"another cookie", func(m *ike.Message) { m.Payloads[0].(*ike.Notify).Data[5] ^= 1 }},
			{"another nonce", func(m *ike.Message) {
				n, _ := ike.Find[*ike.Nonce](m)
				n.Data[0] ^= 1
			}},
			{"another SPI", func(m *ike.Message) { m.SPIi[0] ^= 1 }},
			{"the cookie last", func(m *ike.Message) { m.Payloads = append(m.Payloads[1:], m.Payloads[0]) }},
			{"no cookie", func(m *ike.Message) { m.Payloads = m.Payloads[1:] }},
		} {
			m, err := ike.ParseMessage(retry)
			if err != nil {
				t.Fatal(err)
			}
			test.change(m)
			if got := i.outcome(i.encode(m)); got != "COOKIE" {
				t.Errorf("%s: %s", test.name, got)
			}
		}
		if s := r.Stats(); s.Cookies != 5 || s.Accepted != 1 || s.Retransmissions != 1 {
			t.Errorf("stats %+v", s)
		}
	})
}

// TestHalfOpenLimits follows strongSwan's: a cookie from 3 half-open SAs of a
// source address, silence from 5.
func TestHalfOpenLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Responder{Policy: policy, Profile: StrongSwan}
		i := serve(t, r)
		other := newInitiator(t, i.network, netip.MustParseAddrPort("192.0.2.99:500"))
		good := func() []byte { return i.request(validKE(t, ike.KE_ECP_256), goodOffer) }
		oracle := func() []byte { return i.request(validKE(t, ike.KE_CURVE25519), goodOffer) }

		// Answers without an SA leave nothing behind, however many.
		for range 20 {
			if got := i.outcome(oracle()); got != "INVALID_KE_PAYLOAD KE_ECP_256" {
				t.Fatalf("the oracle: %s", got)
			}
		}
		for n := range 3 {
			if got := i.outcome(good()); got != "accepted" {
				t.Fatalf("SA %d: %s", n+1, got)
			}
		}
		for n := range 2 {
			request := good()
			if got := i.outcome(withCookie(t, i, request, i.ask(request))); got != "accepted" {
				t.Fatalf("SA %d with a cookie: %s", n+4, got)
			}
		}
		request := oracle()
		if got := i.outcome(withCookie(t, i, request, i.ask(request))); got != "silence" {
			t.Errorf("with 5 half-open SAs: %s", got)
		}
		if got := other.outcome(other.request(validKE(t, ike.KE_ECP_256), goodOffer)); got != "accepted" {
			t.Errorf("another source address: %s", got)
		}
		if s := r.Stats(); s.HalfOpen != 6 || s.HalfOpenPeak != 6 || s.Blocked != 1 || s.Cookies != 3 || s.Accepted != 6 {
			t.Errorf("stats %+v", s)
		}

		time.Sleep(30 * time.Second)
		if got := i.outcome(oracle()); got != "INVALID_KE_PAYLOAD KE_ECP_256" {
			t.Errorf("after 30 s: %s", got)
		}
		if s := r.Stats(); s.HalfOpen != 0 || s.HalfOpenPeak != 6 {
			t.Errorf("stats after 30 s %+v", s)
		}
	})
}

func TestNoHalfOpenLimit(t *testing.T) {
	for _, profile := range []Profile{Libreswan, OpenIKED} {
		synctest.Test(t, func(t *testing.T) {
			r := &Responder{Policy: policy, Profile: profile}
			i := serve(t, r)
			for n := range 60 {
				if got := i.outcome(i.request(validKE(t, ike.KE_ECP_256), goodOffer)); got != "accepted" {
					t.Fatalf("SA %d: %s", n+1, got)
				}
			}
			if s := r.Stats(); s.HalfOpen != 60 {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

// TestCookieLingers: a cookie stays due for a while when the half-open SAs are
// gone.
func TestCookieLingers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := serve(t, &Responder{Policy: policy, Profile: Profile{
			CookieFrom: 1, CookieLinger: 10 * time.Second, HalfOpenFor: 5 * time.Second,
		}})
		good := func() []byte { return i.request(validKE(t, ike.KE_ECP_256), goodOffer) }
		for _, step := range []struct {
			after time.Duration
			want  string
		}{{0, "accepted"}, {4 * time.Second, "COOKIE"}, {5 * time.Second, "COOKIE"}, {6 * time.Second, "accepted"}} {
			time.Sleep(step.after)
			if got := i.outcome(good()); got != step.want {
				t.Errorf("%v later: %s, want %s", step.after, got, step.want)
			}
		}
	})
}

func TestCookieLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := serve(t, &Responder{Policy: policy, Faults: Faults{CookieLoop: true}})
		request := i.request(validKE(t, ike.KE_ECP_256), goodOffer)
		var last []byte
		for range 5 {
			answer := i.ask(request)
			n, ok := answer.Notify(ike.COOKIE)
			if !ok || bytes.Equal(n.Data, last) {
				t.Fatalf("%s, cookie %x after %x", outcomeOf(answer), n.Data, last)
			}
			last = n.Data
			m, err := ike.ParseMessage(request)
			if err != nil {
				t.Fatal(err)
			}
			if c, ok := m.Payloads[0].(*ike.Notify); ok {
				c.Data = n.Data
				request = i.encode(m)
			} else {
				request = withCookie(t, i, request, answer)
			}
		}
	})
}
