package mock

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// TestSockets: the mock gateway answers the initiator on both UDP ports and, where it is
// to, over TCP, with a line for each message; and it ends although connections are open.
func TestSockets(t *testing.T) {
	gateway := Gateway{Profile: "libreswan"}
	r, err := gateway.Responder()
	if err != nil {
		t.Fatal(err)
	}
	loopback := netip.MustParseAddr("127.0.0.1")
	s, err := Listen(t.Context(), loopback, 0, 0, true)
	if err != nil {
		t.Fatal(err)
	}
	var log lockedBuffer
	served := make(chan error, 1)
	go func() { served <- s.Logged(&log, r).Serve(r) }()

	conn, err := initiator.Open(t.Context(), initiator.Config{Gateway: loopback, Paths: s.Paths()})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	offer, err := proposals.ParseProducts("aes128-sha256-prfsha256-ecp256")
	if err != nil {
		t.Fatal(err)
	}
	for _, transport := range []initiator.Transport{initiator.UDP500, initiator.UDP4500, initiator.TCP4500} {
		req, err := conn.Init(initiator.Offer{Transport: transport, Products: offer, KE: ike.KE_ECP_256})
		if err != nil {
			t.Fatal(err)
		}
		a := conn.Exchange(t.Context(), req)
		if a.Outcome != initiator.Accepted {
			t.Errorf("%v: %v, %s", transport, a.Outcome, a.Detail)
			continue
		}
		// The gateway sees where it comes from, over TCP as well.
		if seen, ok := a.Message.NATDetection(); !ok || !seen.SentTo(a.Local) {
			t.Errorf("%v: the gateway does not see %v", transport, a.Local)
		}
	}

	// What is not IKE is closed, and does no harm.
	other, err := net.Dial("tcp", s.Stream.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Write([]byte("GET / HTTP/1.1\r\n\r\n")); err != nil {
		t.Error(err)
	}
	if b, err := io.ReadAll(other); len(b) != 0 {
		t.Errorf("it is answered: %q, %v", b, err)
	}

	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if lines := log.String(); strings.Count(lines, "IKE_SA_INIT request 0") != 3 || strings.Count(lines, "IKE_SA_INIT response 0") != 3 {
		t.Errorf("the log is\n%s", lines)
	}
}

// TestListen: a port that is taken is named with its flag, and nothing stays open.
func TestListen(t *testing.T) {
	loopback := netip.MustParseAddr("127.0.0.1")
	// A port that is held in TCP, and that nobody else had in UDP.
	var held net.Listener
	var port uint16
	for range 100 {
		free, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		held, err = net.Listen("tcp", free.LocalAddr().String())
		free.Close()
		if err == nil {
			port = held.Addr().(*net.TCPAddr).AddrPort().Port()
			break
		}
	}
	if port == 0 {
		t.Fatal("no port is free in both UDP and TCP")
	}
	defer held.Close()
	for range 2 {
		if s, err := Listen(context.Background(), loopback, 0, port, true); err == nil || !strings.HasPrefix(err.Error(), "--tcp: ") {
			t.Errorf("%v, %v", s, err)
		}
	}
	s, err := Listen(context.Background(), loopback, 0, port, false)
	if err != nil {
		t.Fatalf("UDP is still held: %v", err)
	}
	if s.Stream != nil {
		t.Error("TCP is open, which was not asked for")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// lockedBuffer is written by several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// TestWords: what the gateway says of itself is what it does: who it is and to whom it
// shows that, who can log in, and how.
func TestWords(t *testing.T) {
	secrets := func(name string) string { return "the secret of " + name }
	for _, tt := range []struct {
		gateway     Gateway
		want, never []string
	}{
		{Gateway{}, nil, []string{"identity", "login", "trust", "Child SAs", "ask who it is"}},
		{Gateway{PSK: true}, []string{"identity  vpn.example.com, by a pre-shared key; shown to nobody who does not know it\n", "login     whoever knows the pre-shared key\n",
			"Child SAs aes256gcm16-", "log in: ikescope login --credentials FILE 127.0.0.1:"}, []string{"ask who it is", "trust", "certificate", "the secret"}},
		{Gateway{PSK: true, EAP: "eap-tls", Name: "gw.example.net"}, []string{"identity  gw.example.net, by a pre-shared key, which strangers can guess offline; asks clients for eap-tls\n",
			"ask who it is: ikescope identity --name gw.example.net "}, []string{"certificate"}},
		{Gateway{EAP: "eap-tls"}, []string{"by a certificate made for it, of a root made for it; asks clients for eap-tls\n"}, []string{"login", "Child SAs", "trust"}},
		{Gateway{User: "carol", ESP: "aes256-sha256", RootFile: "root.pem"}, []string{"asks clients for eap-mschapv2\n", "login     carol by eap-mschapv2\n", "Child SAs aes256-sha256\n",
			"trust     log in with --trust root.pem, and with remote_identity: vpn.example.com in the credentials\n", "log in: ikescope login --credentials FILE --trust root.pem 127.0.0.1:"}, []string{"the secret"}},
		{Gateway{User: "carol", EAP: "eap-ttls"}, []string{"login     carol by eap-ttls\n", "trust     nobody can trust a root made for it"}, nil},
	} {
		tt.gateway.Profile, tt.gateway.Environment = "strongswan", secrets
		if err := tt.gateway.Check(); err != nil {
			t.Fatal(err)
		}
		s, err := Listen(t.Context(), netip.MustParseAddr("127.0.0.1"), 0, 0, false)
		if err != nil {
			t.Fatal(err)
		}
		got := tt.gateway.Words(s)
		s.Close()
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in\n%s", want, got)
			}
		}
		for _, never := range tt.never {
			if strings.Contains(got, never) {
				t.Errorf("%q in\n%s", never, got)
			}
		}
	}
	if err := (&Gateway{Profile: "strongswan", PSK: true, CertFile: "x.pem", Environment: secrets}).Check(); err == nil || !strings.Contains(err.Error(), "--cert: ") {
		t.Errorf("a certificate that is never shown: %v", err)
	}
}
