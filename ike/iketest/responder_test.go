package iketest

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
)

func TestZeroResponderRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := new(Responder)
		if r.Stats() != (Stats{}) {
			t.Errorf("stats before Serve %+v", r.Stats())
		}
		i := serve(t, r)
		if got := i.outcome(i.request(validKE(t, ike.KE_ECP_256), goodOffer)); got != "NO_PROPOSAL_CHOSEN" {
			t.Error(got)
		}
		want := Stats{Datagrams: 1, Requests: 1, InitRequests: 1, Refused: 1}
		if got := r.Stats(); got != want {
			t.Errorf("stats %+v, want %+v", got, want)
		}
	})
}

func TestAcceptedAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := serve(t, &Responder{Policy: policy})
		m := i.ask(i.request(validKE(t, ike.KE_ECP_256), goodOffer))
		ke, hasKE := ike.Find[*ike.KE](m)
		nonce, hasNonce := ike.Find[*ike.Nonce](m)
		if !hasKE || ke.Method != ike.KE_ECP_256 || len(ke.Data) != 64 {
			t.Errorf("KE is %+v", ke)
		}
		if !hasNonce || len(nonce.Data) < 16 {
			t.Errorf("nonce is %+v", nonce)
		}
		if m.SPIr == (ike.SPI{}) || m.MajorVersion != 2 || m.MessageID != 0 {
			t.Errorf("header %+v", m.Header)
		}
	})
}

// TestMalformedRequests: what is not IKE_SA_INIT is not answered, what is and
// cannot be used is.
func TestMalformedRequests(t *testing.T) {
	without := func(p ike.PayloadType) func(*ike.Message) {
		return func(m *ike.Message) {
			var kept []ike.Payload
			for _, q := range m.Payloads {
				if q.Type() != p {
					kept = append(kept, q)
				}
			}
			m.Payloads = kept
		}
	}
	nonce := func(octets int) func(*ike.Message) {
		return func(m *ike.Message) {
			n, _ := ike.Find[*ike.Nonce](m)
			n.Data = make([]byte, octets)
		}
	}
	for _, test := range []struct {
		name   string
		change func(*ike.Message)
		want   string
	}{
		{"nothing changed", func(*ike.Message) {}, "accepted"},
		{"no SA", without(ike.PayloadSA), "INVALID_SYNTAX"},
		{"no KE", without(ike.PayloadKE), "INVALID_SYNTAX"},
		{"no nonce", without(ike.PayloadNonce), "INVALID_SYNTAX"},
		{"nonce too short", nonce(15), "INVALID_SYNTAX"},
		{"nonce short", nonce(16), "accepted"},
		{"nonce long", nonce(256), "accepted"},
		{"nonce too long", nonce(257), "INVALID_SYNTAX"},
		{"unknown payload", func(m *ike.Message) {
			m.Payloads = append(m.Payloads, &ike.Unknown{PayloadType: 200})
		}, "accepted"},
		{"unknown critical payload", func(m *ike.Message) {
			m.Payloads = append(m.Payloads, &ike.Unknown{PayloadType: 200, Critical: true})
		}, "UNSUPPORTED_CRITICAL_PAYLOAD"},
		{"a response", func(m *ike.Message) { m.Flags |= ike.FlagResponse }, "silence"},
		{"of a responder", func(m *ike.Message) { m.Flags = 0 }, "silence"},
		{"no initiator SPI", func(m *ike.Message) { m.SPIi = ike.SPI{} }, "silence"},
		{"a responder SPI", func(m *ike.Message) { m.SPIr[0] = 1 }, "silence"},
		{"a second message", func(m *ike.Message) { m.MessageID = 1 }, "silence"},
		{"IKEv1", func(m *ike.Message) { m.MajorVersion = 1 }, "silence"},
		{"IKEv3", func(m *ike.Message) { m.MajorVersion = 3 }, "INVALID_MAJOR_VERSION"},
		{"INFORMATIONAL", func(m *ike.Message) { m.Exchange = ike.INFORMATIONAL }, "silence"},
		{"IKE_AUTH of no SA", func(m *ike.Message) { m.Exchange = ike.IKE_AUTH }, "silence"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i := serve(t, &Responder{Policy: policy})
				m := i.message(validKE(t, ike.KE_ECP_256), goodOffer)
				test.change(m)
				if got := i.outcome(i.encode(m)); got != test.want {
					t.Errorf("%s, want %s", got, test.want)
				}
			})
		})
	}
}

// TestEveryPrefix: no truncated request is accepted or ends the gateway.
func TestEveryPrefix(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Responder{Policy: policy}
		i := serve(t, r)
		request := i.request(validKE(t, ike.KE_ECP_256), goodOffer)
		for n := range request {
			i.send(request[:n])
		}
		time.Sleep(time.Second)
		if s := r.Stats(); s.Accepted != 0 || s.Datagrams != len(request) {
			t.Errorf("stats %+v", s)
		}
	})
}

func TestRetransmissionGetsTheSameAnswer(t *testing.T) {
	for _, profile := range []Profile{StrongSwan, OpenIKED} {
		synctest.Test(t, func(t *testing.T) {
			r := &Responder{Policy: policy, Profile: profile}
			i := serve(t, r)
			for _, method := range []ike.KeyExchangeMethod{ike.KE_ECP_256, ike.KE_CURVE25519} {
				request := i.request(validKE(t, method), goodOffer)
				i.send(request)
				first := i.receive()
				for range 4 {
					i.send(request)
					if again := i.receive(); first == nil || !bytes.Equal(first, again) {
						t.Fatalf("answers\n%x and\n%x", first, again)
					}
				}
			}
			s := r.Stats()
			if s.HalfOpen != 1 || s.Accepted != 1 || s.Retransmissions != 8 || s.InitRequests != 2 || s.Requests != 10 {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

// TestSameOctetsFromElsewhere: a request from another port is no
// retransmission.
func TestSameOctetsFromElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Responder{Policy: policy}
		i := serve(t, r)
		j := newInitiator(t, i.network, netip.AddrPortFrom(initiatorAddress, 0))
		request := i.request(validKE(t, ike.KE_ECP_256), goodOffer)
		first, second := i.ask(request), j.ask(request)
		if first == nil || second == nil || first.SPIr == second.SPIr {
			t.Errorf("answers %s and %s", outcomeOf(first), outcomeOf(second))
		}
		if s := r.Stats(); s.HalfOpen != 2 || s.Retransmissions != 0 {
			t.Errorf("stats %+v", s)
		}
	})
}

// TestSameSPIAnotherRequest: an initiator may keep its SPI after
// INVALID_KE_PAYLOAD.
func TestSameSPIAnotherRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := serve(t, &Responder{Policy: policy})
		m := i.message(validKE(t, ike.KE_CURVE25519), goodOffer)
		if got := i.outcome(i.encode(m)); got != "INVALID_KE_PAYLOAD KE_ECP_256" {
			t.Fatal(got)
		}
		m.Payloads[1] = validKE(t, ike.KE_ECP_256)
		if got := i.outcome(i.encode(m)); got != "accepted" {
			t.Error(got)
		}
	})
}

func TestPort4500(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Responder{Policy: policy, Profile: StrongSwan}
		i := serve(t, r)
		i.gateway = netip.AddrPortFrom(gatewayAddress, 4500)
		request := i.request(validKE(t, ike.KE_ECP_256), goodOffer)
		i.send(request)
		if answer := i.receive(); answer != nil {
			t.Errorf("without the marker: %x", answer)
		}
		i.send([]byte{0xff})
		if answer := i.receive(); answer != nil {
			t.Errorf("a keepalive: %x", answer)
		}
		i.send(append(ike.AppendNonESPMarker(nil), request...))
		answer, ok := ike.SplitNonESPMarker(i.receive())
		if !ok {
			t.Fatal("no answer with a marker")
		}
		m, err := ike.ParseMessage(answer)
		if err != nil || outcomeOf(m) != "accepted" {
			t.Errorf("%s, %v", outcomeOf(m), err)
		}
		if s := r.Stats(); s.Datagrams != 3 || s.Requests != 1 || s.Ignored != 2 {
			t.Errorf("stats %+v", s)
		}
	})
}

// TestNATDetection compares the hashes with what each side is called by the
// other.
func TestNATDetection(t *testing.T) {
	outside := memnet.NAT{Inside: netip.MustParsePrefix("10.0.0.0/24"), Outside: netip.MustParseAddr("203.0.113.9"), FirstPort: 61204}
	private := netip.MustParseAddr("192.168.0.2")
	for _, test := range []struct {
		name        string
		nats        []memnet.NAT
		at          netip.Addr // of the gateway's sockets
		address     netip.Addr // Responder.Address
		local       string
		wantSource  string
		wantSeenFor string
	}{
		{name: "no NAT", at: gatewayAddress, local: "192.0.2.10:40112",
			wantSource: "198.51.100.7:500", wantSeenFor: "192.0.2.10:40112"},
		{name: "the initiator behind NAT", nats: []memnet.NAT{outside}, at: gatewayAddress, local: "10.0.0.5:500",
			wantSource: "198.51.100.7:500", wantSeenFor: "203.0.113.9:61204"},
		{name: "the gateway behind NAT", at: private, local: "192.0.2.10:40112",
			nats: []memnet.NAT{{Inside: netip.MustParsePrefix("192.168.0.0/24"), Outside: gatewayAddress,
				Forward: map[uint16]netip.AddrPort{500: netip.AddrPortFrom(private, 500)}}},
			wantSource: "192.168.0.2:500", wantSeenFor: "192.0.2.10:40112"},
		{name: "the gateway knows itself by another address", at: gatewayAddress, address: private, local: "192.0.2.10:40112",
			wantSource: "192.168.0.2:500", wantSeenFor: "192.0.2.10:40112"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := memnet.New()
				for _, nat := range test.nats {
					n.AddNAT(nat)
				}
				serveOn(t, n, test.at, &Responder{Policy: policy, Address: test.address})
				i := newInitiator(t, n, netip.MustParseAddrPort(test.local))
				m := i.ask(i.request(validKE(t, ike.KE_ECP_256), goodOffer, ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP))
				for _, half := range []struct {
					notify ike.NotifyType
					want   string
				}{{ike.NAT_DETECTION_SOURCE_IP, test.wantSource}, {ike.NAT_DETECTION_DESTINATION_IP, test.wantSeenFor}} {
					n, ok := m.Notify(half.notify)
					if !ok {
						t.Fatalf("no %v", half.notify)
					}
					hash, _ := n.NATDetection()
					if hash != ike.NATDetectionHash(m.SPIi, m.SPIr, netip.MustParseAddrPort(half.want)) {
						t.Errorf("%v is not that of %s", half.notify, half.want)
					}
				}
			})
		})
	}
}

func TestPolicyChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := serve(t, &Responder{Policy: policy[:1], LaterPolicy: policy[1:], LaterFrom: 2})
		for n, want := range []string{"accepted", "accepted", "NO_PROPOSAL_CHOSEN", "NO_PROPOSAL_CHOSEN"} {
			if got := i.outcome(i.request(validKE(t, ike.KE_ECP_256), goodOffer)); got != want {
				t.Errorf("request %d: %s, want %s", n+1, got, want)
			}
		}
	})
}

func TestAdditionalKeyExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hybrid := offer(proposal(gcm256, prf256, ecp256, addke(1, ike.KE_ML_KEM_768)))
		i := serve(t, &Responder{Policy: hybrid, Profile: StrongSwan})
		if got := i.outcome(i.request(validKE(t, ike.KE_ECP_256), hybrid)); got != "NO_PROPOSAL_CHOSEN" {
			t.Errorf("without INTERMEDIATE_EXCHANGE_SUPPORTED: %s", got)
		}
		if got := i.outcome(i.request(validKE(t, ike.KE_MODP_2048), hybrid)); got != "INVALID_KE_PAYLOAD KE_ECP_256" {
			t.Errorf("the oracle without INTERMEDIATE_EXCHANGE_SUPPORTED: %s", got)
		}
		if got := i.outcome(i.request(validKE(t, ike.KE_MODP_2048), hybrid, ike.INTERMEDIATE_EXCHANGE_SUPPORTED)); got != "INVALID_KE_PAYLOAD KE_ECP_256" {
			t.Errorf("the oracle: %s", got)
		}
		m := i.ask(i.request(validKE(t, ike.KE_ECP_256), hybrid, ike.INTERMEDIATE_EXCHANGE_SUPPORTED))
		if _, ok := m.Notify(ike.INTERMEDIATE_EXCHANGE_SUPPORTED); !ok || outcomeOf(m) != "accepted" {
			t.Errorf("%s, INTERMEDIATE_EXCHANGE_SUPPORTED %v", outcomeOf(m), ok)
		}
	})
}

// TestMethodThatNoOneComputes: the gateway answers with octets of the right
// length.
func TestMethodThatNoOneComputes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gost := offer(proposal(gcm256, prf256, ke(ike.KE_GOST3410_2012_256)))
		i := serve(t, &Responder{Policy: gost})
		m := i.ask(i.request(&ike.KE{Method: ike.KE_GOST3410_2012_256, Data: make([]byte, 64)}, gost))
		if ke, ok := ike.Find[*ike.KE](m); !ok || len(ke.Data) != 64 || ke.Method != ike.KE_GOST3410_2012_256 {
			t.Errorf("KE is %+v", ke)
		}
		private := offer(proposal(gcm256, prf256, ke(4000)))
		j := serve(t, &Responder{Policy: private})
		m = j.ask(j.request(&ike.KE{Method: 4000, Data: make([]byte, 7)}, private))
		if ke, ok := ike.Find[*ike.KE](m); !ok || ke.Method != 4000 {
			t.Errorf("KE is %+v", ke)
		}
	})
}

// brokenConn fails to read.
type brokenConn struct {
	net.PacketConn
	err error
}

func (c brokenConn) ReadFrom([]byte) (int, net.Addr, error) { return 0, nil, c.err }

func TestServeErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		broken := errors.New("broken")
		conn := brokenConn{listen(t, n, hostA), broken}
		// The other side ends, too.
		if err := new(Responder).Serve(conn, listen(t, n, hostB)); !errors.Is(err, broken) {
			t.Errorf("Serve: %v", err)
		}
		if err := (&Responder{Rand: iotest.ErrReader(broken)}).Serve(conn, nil); !errors.Is(err, broken) {
			t.Errorf("without randomness: %v", err)
		}
		if err := new(Responder).Serve(nil, nil); err != nil {
			t.Errorf("without connections: %v", err)
		}
	})
}

// TestServeOutlivesICMPErrors: an answer that met a closed port is none of the
// gateway's business.
func TestServeOutlivesICMPErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Responder{Policy: policy, Faults: Faults{Delay: time.Second}}
		i := serve(t, r)
		j := newInitiator(t, i.network, netip.MustParseAddrPort("192.0.2.10:7"))
		j.send(j.request(validKE(t, ike.KE_ECP_256), goodOffer))
		j.conn.Close()
		time.Sleep(2 * time.Second)
		i.send(i.request(validKE(t, ike.KE_ECP_256), goodOffer))
		time.Sleep(time.Second)
		if i.receive() == nil {
			t.Error("no answer after an ICMP error")
		}
	})
}

// TestServeOverUDP takes real sockets, and two addresses for one gateway.
func TestServeOverUDP(t *testing.T) {
	r := &Responder{Policy: policy}
	request := newInitiator(t, memnet.New(), hostA).request(validKE(t, ike.KE_ECP_256), goodOffer)
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		conn, err := net.ListenPacket("udp", address)
		if err != nil {
			t.Skipf("%s: %v", address, err)
		}
		done := make(chan error)
		go func() { done <- r.Serve(conn, nil) }()
		client, err := net.Dial("udp", conn.LocalAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if _, err := client.Write(request); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 2048)
		n, err := client.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := ike.ParseMessage(buf[:n]); err != nil || outcomeOf(m) != "accepted" {
			t.Errorf("%s: %s, %v", address, outcomeOf(m), err)
		}
		conn.Close()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	}
	if s := r.Stats(); s.Accepted != 2 {
		t.Errorf("stats %+v", s)
	}
}
