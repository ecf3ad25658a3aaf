package initiator

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/ike/keyexchange"
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
	*Conn
	t       testing.TB
	network *memnet.Network

	mu       sync.Mutex
	requests [][]byte    // what the gateway got, without the marker
	at       []time.Time // and when
	trace    []Datagram
}

// newBench runs a gateway on both ports; a nil script leaves its ports closed.
// wrap, if any, is put around the client's socket.
func newBench(t testing.TB, cfg Config, s script, wrap ...func(net.PacketConn) net.PacketConn) *bench {
	t.Helper()
	b := &bench{t: t, network: memnet.New()}
	b.network.AddHost(gatewayAddr)
	if s != nil {
		for _, transport := range []Transport{UDP500, UDP4500} {
			b.serve(transport, s)
		}
	}
	cfg.Gateway = gatewayAddr
	cfg.Listen = func(_ context.Context, _ netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
		pc, err := b.network.ListenPacket(netip.AddrPortFrom(clientAddr, source.Port()))
		for _, w := range wrap {
			pc = w(pc)
		}
		return pc, err
	}
	cfg.Rand = rand.NewChaCha8([32]byte{})
	cfg.Trace = func(d Datagram) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.trace = append(b.trace, d)
	}
	c, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	b.Conn = c
	t.Cleanup(func() { c.Close() })
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
	at := netip.AddrPortFrom(gatewayAddr, transport.Port())
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

func (b *bench) init(transport Transport) *Request {
	b.t.Helper()
	req, err := b.Init(Offer{Transport: transport, Products: products(b.t, testOffer), Key: testKey(b.t)})
	if err != nil {
		b.t.Fatal(err)
	}
	return req
}

func (b *bench) ask() Answer {
	b.t.Helper()
	return b.Exchange(b.t.Context(), b.init(UDP500))
}

// testKey returns a key of a method that testOffer holds.
func testKey(t testing.TB) *keyexchange.PrivateKey {
	t.Helper()
	key, err := keyexchange.Generate(ike.KE_ECP_256, rand.NewChaCha8([32]byte{}))
	if err != nil {
		t.Fatal(err)
	}
	return key
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
