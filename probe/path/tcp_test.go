package path

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/ike/iketest/streamtest"
	"github.com/ikescope/ikescope/probe/initiator"
)

var allTransports = []initiator.Transport{initiator.UDP500, initiator.UDP4500, initiator.TCP4500}

// serveTCP has TCP 4500 of the gateway served, until what it returns is called.
func (s *scene) serveTCP(serve func(net.Listener) error) (stop func()) {
	l, err := s.streams.Listen(netip.AddrPortFrom(gatewayAddr, 4500))
	if err != nil {
		s.t.Fatal(err)
	}
	s.served.Go(func() {
		if err := serve(l); err != nil {
			s.t.Error(err)
		}
	})
	return func() { l.Close() }
}

func (s *scene) examinerTCP() Examiner {
	e := s.examiner()
	e.Transports, e.Dial = allTransports, s.streams.Dial
	return e
}

// each serves connections with f.
func each(f func(net.Conn)) func(net.Listener) error {
	return func(l net.Listener) error {
		var all sync.WaitGroup
		defer all.Wait()
		for {
			c, err := l.Accept()
			if err != nil {
				return nil
			}
			all.Go(func() {
				defer c.Close()
				f(c)
			})
		}
	}
}

// TestTCPBesideUDP: all three answer, and NAT detection is that of UDP.
func TestTCPBesideUDP(t *testing.T) {
	run(t, func(s *scene) {
		s.serve(gatewayAddr)
		defer s.serveTCP(func(l net.Listener) error { return streamtest.Serve(s.gateway, l) })()
		r := s.examine(s.examinerTCP())
		if len(r.Ports) != 3 || r.Ports[2].Transport != initiator.TCP4500 || !r.Complete {
			t.Fatalf("%+v", r.Ports)
		}
		for _, p := range r.Ports {
			if p.State != initiator.PathAnswers || p.Lost != 0 || p.Answered != defaultProbes || p.RTT.Min == 0 && !p.Transport.IsTCP() {
				t.Errorf("%+v", p)
			}
		}
		if len(r.Ports[2].Sources) != 0 {
			t.Errorf("from other ports: %+v", r.Ports[2].Sources)
		}
		if n := r.NAT; n == nil || n.LocalBehindNAT || n.GatewayBehindNAT || n.Floats != Yes {
			t.Errorf("NAT %+v", n)
		}
		if got := s.gateway.Stats(); got.HalfOpen != 0 || got.Accepted != 3 {
			t.Errorf("the gateway has %+v", got)
		}
	})
}

// TestTCPOnly: where UDP is blocked NAT detection goes by TCP, and what is opened is
// closed there.
func TestTCPOnly(t *testing.T) {
	run(t, func(s *scene) {
		s.serve(gatewayAddr)
		defer s.serveTCP(func(l net.Listener) error { return streamtest.Serve(s.gateway, l) })()
		s.network.SetFilter(func(netip.AddrPort, netip.AddrPort, []byte) memnet.Verdict { return memnet.Drop })
		r := s.examine(s.examinerTCP())
		for i, want := range []initiator.PathState{initiator.PathSilent, initiator.PathSilent, initiator.PathAnswers} {
			if r.Ports[i].State != want {
				t.Errorf("%v", states(r))
			}
		}
		n := r.NAT
		if n == nil || !n.Supported || n.LocalBehindNAT || n.GatewayBehindNAT || n.Local.Addr() != clientAddr || n.Floats != Unknown {
			t.Errorf("NAT %+v", n)
		}
		if r.Size != nil {
			t.Errorf("a size of packets in TCP: %+v", r.Size)
		}
		if r.HalfOpenLeft != 0 || s.gateway.Stats().HalfOpen != 0 || s.gateway.Stats().Closed != 1 {
			t.Errorf("%d left, the gateway has %+v", r.HalfOpenLeft, s.gateway.Stats())
		}
		for _, x := range r.Exchanges {
			if x.Transport == initiator.TCP4500 && x.Type != ike.IKE_SA_INIT && x.Type != ike.IKE_AUTH {
				t.Errorf("%v over TCP", x.Type)
			}
		}
	})
}

func TestTCPStates(t *testing.T) {
	prefix := func(c net.Conn) { _, _ = io.ReadFull(c, make([]byte, 6)) }
	certificate := selfSigned(t)
	for name, tc := range map[string]struct {
		serve  func(net.Listener) error
		state  initiator.PathState
		reason Reason
	}{
		"refused":             {nil, initiator.PathPortUnreachable, NoReason},
		"closes after prefix": {each(prefix), initiator.PathOpen, ClosesAfterPrefix},
		"open and silent":     {each(func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }), initiator.PathOpen, NoReason},
		"a banner": {each(func(c net.Conn) {
			go func() { _, _ = io.Copy(io.Discard, c) }()
			_, _ = c.Write([]byte("220 mail.example ESMTP\r\n"))
			time.Sleep(time.Second)
		}), initiator.PathNotIKE, NoReason},
		"TLS": {each(func(c net.Conn) {
			server := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{certificate}})
			_ = server.Handshake()
			_, _ = io.Copy(io.Discard, server)
		}), initiator.PathNotIKE, TLS},
		"TLS that wants another version": {each(func(c net.Conn) {
			b := make([]byte, 1)
			if n, _ := c.Read(b); n > 0 && b[0] == 22 {
				go func() { _, _ = io.Copy(io.Discard, c) }()
				_, _ = c.Write([]byte("\x15\x03\x01\x00\x02\x02\x46"))
			}
		}), initiator.PathNotIKE, TLS},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(s *scene) {
				s.serve(gatewayAddr)
				if tc.serve != nil {
					defer s.serveTCP(tc.serve)()
				}
				start := time.Now()
				r := s.examine(s.examinerTCP())
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("took %v", took)
				}
				if p := r.Ports[2]; p.State != tc.state || p.Reason != tc.reason || len(p.Evidence) == 0 || p.Tries == 0 {
					t.Errorf("%+v", p)
				}
				if !r.Answers() || r.Ports[0].State != initiator.PathAnswers {
					t.Errorf("%v", states(r))
				}
			})
		})
	}
}

func selfSigned(t *testing.T) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
