package hops

import (
	"context"
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
)

var (
	here    = netip.MustParseAddrPort("192.0.2.2:40000")
	gateway = netip.MustParseAddrPort("198.51.100.7:500")
	router  = netip.MustParseAddr("192.0.2.1")
	here6   = netip.MustParseAddrPort("[2001:db8::2]:40000")
	gate6   = netip.MustParseAddrPort("[2001:db8:1::7]:4500")
	payload = []byte{1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 33}
	marked  = append([]byte{0, 0, 0, 0}, payload...)
	spi     = ike.SPI(payload)
)

// quote returns an ICMP error about a datagram, of which it shows n octets behind the
// UDP header.
func quote(from, to netip.AddrPort, id uint16, checksum uint16, payload []byte, n int) []byte {
	b := []byte{11, 0, 0, 0, 0, 0, 0, 0}
	if from.Addr().Is6() {
		b[0] = 3
		b = append(b, 0x60, 0, 0, 0, 0, 0, protoUDP, 1)
	} else {
		b = append(b, 0x45, 0, 0, 0, 0, 0, 0x40, 0, 1, protoUDP, 0, 0)
		binary.BigEndian.PutUint16(b[len(b)-8:], id)
	}
	b = append(b, from.Addr().AsSlice()...)
	b = append(b, to.Addr().AsSlice()...)
	b = binary.BigEndian.AppendUint16(b, from.Port())
	b = binary.BigEndian.AppendUint16(b, to.Port())
	b = binary.BigEndian.AppendUint16(b, uint16(udpHeader+len(payload)))
	b = binary.BigEndian.AppendUint16(b, checksum)
	return append(b, payload[:min(n, len(payload))]...)
}

func sent(source, destination netip.AddrPort, payload []byte) request {
	return request{source: source, destination: destination, payload: payload}
}

func TestQuotes(t *testing.T) {
	full, pseudo := checksums(sent(here, gateway, payload))
	full6, _ := checksums(sent(here6, gate6, marked))
	nat := netip.MustParseAddrPort("203.0.113.9:61000")
	for _, tt := range []struct {
		name     string
		from, to netip.AddrPort
		sum      uint16
		payload  []byte
		want     Change
	}{
		{"as it was sent", here, gateway, full, payload, 0},
		{"before the card has completed it", here, gateway, pseudo, payload, 0},
		{"without a checksum", here, gateway, 0, payload, 0},
		{"another source", nat, gateway, 1, payload, ChangedSource},
		{"another port", netip.AddrPortFrom(here.Addr(), 1), gateway, full, payload, ChangedSource},
		{"another destination", here, nat, full, payload, ChangedDestination},
		{"both", nat, nat, full, payload, ChangedSource | ChangedDestination},
		{"another checksum", here, gateway, full + 1, payload, ChangedChecksum},
		{"IPv6", here6, gate6, full6, marked, 0},
		{"IPv6, another checksum", here6, gate6, full6 ^ 1, marked, ChangedChecksum},
	} {
		v6 := tt.from.Addr().Is6()
		q := &Quotes{v6: v6, sent: map[ike.SPI]*request{}}
		if v6 {
			q.Sent(spi, here6, gate6, marked)
		} else {
			q.Sent(spi, here, gateway, payload)
		}
		q.take(router, quote(tt.from, tt.to, 7, tt.sum, tt.payload, len(tt.payload)))
		e, ok := q.of(context.Background(), spi)
		if !ok || e.Changed != tt.want || e.Source != tt.from || e.Destination != tt.to || e.router != router || !v6 && e.ID != 7 {
			t.Errorf("%s: %+v, %v, want %b", tt.name, e, ok, tt.want)
		}
		// A second error about it changes nothing.
		q.take(router, quote(nat, nat, 8, 1, tt.payload, len(tt.payload)))
		if again, _ := q.of(context.Background(), spi); again != e {
			t.Errorf("%s: %+v, then %+v", tt.name, e, again)
		}
	}
}

// TestQuoteAwaited: an error is waited for, but not long, and not when nobody wants it any
// more; what is forgotten takes no memory.
func TestQuoteAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &Quotes{sent: map[ike.SPI]*request{}}
		took := func(ctx context.Context) (time.Duration, bool) {
			start := time.Now()
			_, ok := q.of(ctx, spi)
			return time.Since(start), ok
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if d, ok := took(t.Context()); ok || d != 0 {
			t.Errorf("of a request that was never sent: %v after %v", ok, d)
		}
		q.Sent(spi, here, gateway, payload)
		if d, ok := took(t.Context()); ok || d != quoteWait {
			t.Errorf("without an error: %v after %v, want none after %v", ok, d, quoteWait)
		}
		if d, ok := took(ended); ok || d != 0 {
			t.Errorf("after the end: %v after %v", ok, d)
		}
		time.AfterFunc(quoteWait/2, func() { q.take(router, quote(here, gateway, 0, 1, payload, 8)) })
		if d, ok := took(t.Context()); !ok || d != quoteWait/2 {
			t.Errorf("%v after %v, want one after %v", ok, d, quoteWait/2)
		}
		q.forget(spi)
		q.take(router, quote(here, gateway, 0, 1, payload, 8))
		if len(q.sent) != 0 {
			t.Errorf("%d requests are kept", len(q.sent))
		}
	})
}

// TestChecksum holds the sum against that of a packet of RFC 1071's arithmetic: with
// its own checksum in place all words sum up to ones.
func TestChecksum(t *testing.T) {
	for _, r := range []request{sent(here, gateway, payload), sent(here6, gate6, marked), sent(here, gateway, nil)} {
		full, _ := checksums(r)
		var b []byte
		b = append(append(b, r.source.Addr().AsSlice()...), r.destination.Addr().AsSlice()...)
		n := uint16(udpHeader + len(r.payload))
		for _, word := range []uint16{protoUDP, n, r.source.Port(), r.destination.Port(), n, full} {
			b = binary.BigEndian.AppendUint16(b, word)
		}
		if got := sum(append(b, r.payload...)); got != 0xffff {
			t.Errorf("%v: the sum is %x, want ffff", r.source, got)
		}
	}
}

func TestEveryPrefixFails(t *testing.T) {
	for _, whole := range [][]byte{quote(here, gateway, 0, 1, payload, 8), quote(here6, gate6, 0, 1, marked, 12)} {
		v6 := whole[0] == 3
		if _, d, ok := parse(whole, v6); !ok || d.spi != spi {
			t.Fatalf("%+v, %v", d, ok)
		}
		for n := range whole {
			if _, _, ok := parse(whole[:n:n], v6); ok {
				t.Errorf("%d octets of %d are taken", n, len(whole))
			}
		}
		if _, _, ok := parse(whole, !v6); ok {
			t.Error("it is taken for the other version of IP")
		}
	}
	// A later fragment has no UDP header, and an echo reply is not an error.
	for _, change := range []func([]byte){
		func(b []byte) { b[icmpHeader+7] = 1 }, func(b []byte) { b[icmpHeader+9] = 6 },
		func(b []byte) { b[icmpHeader] = 0x44 }, func(b []byte) { b[0] = 0 },
	} {
		b := quote(here, gateway, 0, 1, payload, 8)
		change(b)
		if _, _, ok := parse(b, false); ok {
			t.Errorf("%x is taken", b)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(quote(here, gateway, 0, 1, payload, 8), false)
	f.Add(quote(here6, gate6, 0, 1, marked, 12), true)
	f.Fuzz(func(t *testing.T, b []byte, v6 bool) {
		before := slices.Clone(b)
		_, d, ok := parse(b, v6)
		if !slices.Equal(b, before) {
			t.Error("it changed what it read")
		}
		if ok && (!d.Source.IsValid() || d.Source.Addr().Is6() != v6) {
			t.Errorf("%+v", d)
		}
	})
}
