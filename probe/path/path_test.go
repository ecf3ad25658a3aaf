package path

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/ike/iketest/streamtest"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

var (
	clientAddr  = netip.MustParseAddr("192.0.2.10")
	gatewayAddr = netip.MustParseAddr("198.51.100.7")
	otherAddr   = netip.MustParseAddr("198.51.100.8")
)

// scene is a gateway in a network in memory, in a bubble of synctest.
type scene struct {
	t       *testing.T
	network *memnet.Network
	streams *streamtest.Network
	gateway *iketest.Responder
	served  sync.WaitGroup
	conns   []net.PacketConn
	wrap    func(net.PacketConn) net.PacketConn // of the gateway's sockets, if set
}

func newScene(t *testing.T) *scene {
	s := &scene{t: t, network: memnet.New(), streams: &streamtest.Network{Delay: 5 * time.Millisecond}, gateway: &iketest.Responder{Profile: iketest.StrongSwan}}
	s.gateway.Policy = []ike.Proposal{products("aes256gcm16-prfsha384-ecp384")[0].Proposal(1)}
	s.network.SetLink(memnet.Link{Delay: 5 * time.Millisecond})
	return s
}

// serve has the gateway answer at an address until the test ends.
func (s *scene) serve(at netip.Addr) {
	var pair [2]net.PacketConn
	for i, port := range []uint16{500, 4500} {
		conn, err := s.network.ListenPacket(netip.AddrPortFrom(at, port))
		if err != nil {
			s.t.Fatal(err)
		}
		if s.wrap != nil {
			conn = s.wrap(conn)
		}
		pair[i] = conn
		s.conns = append(s.conns, conn)
	}
	s.served.Go(func() {
		if err := s.gateway.Serve(pair[0], pair[1]); err != nil {
			s.t.Error(err)
		}
	})
}

func (s *scene) close() {
	for _, c := range s.conns {
		c.Close()
	}
	s.served.Wait()
}

func (s *scene) examiner() Examiner {
	return Examiner{
		Rand: rand.NewChaCha8([32]byte{1}),
		Listen: func(_ context.Context, _ netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
			address := clientAddr
			if source.Addr().IsValid() {
				address = source.Addr()
			}
			return s.network.ListenPacket(netip.AddrPortFrom(address, source.Port()))
		},
	}
}

// examine examines the gateway as e says.
func (s *scene) examine(e Examiner) Result {
	s.t.Helper()
	began := time.Now()
	r, err := e.Examine(s.t.Context(), Target{Address: gatewayAddr})
	if err != nil {
		s.t.Fatal(err)
	}
	if took := time.Since(began); r.Elapsed != took { // in virtual time
		s.t.Errorf("it says that it took %v, and took %v", r.Elapsed, took)
	}
	return r
}

// run is a test in a bubble of synctest: its time is virtual, and passes only while
// all wait.
func run(t *testing.T, f func(*scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		defer s.close()
		f(s)
	})
}

func states(r Result) (all []initiator.PathState) {
	for _, p := range r.Ports {
		all = append(all, p.State)
	}
	return all
}

func TestHealthy(t *testing.T) {
	run(t, func(s *scene) {
		s.serve(gatewayAddr)
		start := time.Now()
		r := s.examine(s.examiner())
		if took := time.Since(start); took > time.Second {
			t.Errorf("took %v", took)
		}
		if !r.Complete || !r.Answers() || r.HalfOpenLeft != 0 || r.Refuses {
			t.Errorf("%+v", r)
		}
		for _, p := range r.Ports {
			if p.State != initiator.PathAnswers || p.Reason != NoReason || p.Lost != 0 || p.Tries != defaultProbes {
				t.Errorf("%+v", p)
			}
			if want := 10 * time.Millisecond; p.RTT != (RTT{want, want, want}) {
				t.Errorf("round trips %v", p.RTT)
			}
			if len(p.Sources) != 1 || p.Sources[0].Port != p.Port || p.Sources[0].State != initiator.PathAnswers || p.Sources[0].Err != nil {
				t.Errorf("from other ports: %+v", p.Sources)
			}
			if p.Answered != defaultProbes {
				t.Errorf("%d answered", p.Answered)
			}
		}
		n := r.NAT
		if n == nil || !n.Supported || n.LocalBehindNAT || n.GatewayBehindNAT || n.Floats != Yes || n.Mapping != MappingUnknown {
			t.Errorf("NAT %+v", n)
		}
		if !slices.Contains(r.Notifies, ike.IKEV2_FRAGMENTATION_SUPPORTED) {
			t.Errorf("notifies %v", r.Notifies)
		}
		if got := s.gateway.Stats(); got.HalfOpen != 0 || got.Accepted != 3 || got.Closed != 3 {
			t.Errorf("the gateway has %+v", got)
		}
		ids := make(map[int]bool)
		for _, x := range r.Exchanges {
			if ids[x.ID] {
				t.Errorf("two exchanges %d", x.ID)
			}
			ids[x.ID] = true
		}
		if r.Cost.Exchanges != len(r.Exchanges) {
			t.Errorf("%d exchanges, and %d are told", r.Cost.Exchanges, len(r.Exchanges))
		}
	})
}

func TestDead(t *testing.T) {
	run(t, func(s *scene) {
		start := time.Now()
		r := s.examine(s.examiner())
		if took := time.Since(start); took >= 6*time.Second {
			t.Errorf("took %v", took)
		}
		if want := []initiator.PathState{initiator.PathSilent, initiator.PathSilent}; !slices.Equal(states(r), want) || !r.Complete {
			t.Errorf("%v, complete: %v", states(r), r.Complete)
		}
		for _, p := range r.Ports {
			if p.Tries != defaultAttempts || p.Sources[0].Tries != defaultAttempts || p.Lost != 0 {
				t.Errorf("%+v", p)
			}
		}
		if r.HalfOpenLeft != 0 || r.NAT != nil {
			t.Errorf("%+v", r)
		}
	})
}

func TestStates(t *testing.T) {
	const (
		answers = initiator.PathAnswers
		silent  = initiator.PathSilent
		closed  = initiator.PathPortUnreachable
		admin   = initiator.PathAdminProhibited
		failed  = initiator.PathError
	)
	for name, tc := range map[string]struct {
		verdict map[uint16]memnet.Verdict // by the gateway's port
		want    [2]initiator.PathState
		reason  [2]Reason
	}{
		"500 dropped":     {map[uint16]memnet.Verdict{500: memnet.Drop}, [2]initiator.PathState{silent, answers}, [2]Reason{}},
		"4500 dropped":    {map[uint16]memnet.Verdict{4500: memnet.Drop}, [2]initiator.PathState{answers, silent}, [2]Reason{}},
		"4500 rejected":   {map[uint16]memnet.Verdict{4500: memnet.RejectAdmin}, [2]initiator.PathState{answers, admin}, [2]Reason{}},
		"500 closed":      {map[uint16]memnet.Verdict{500: memnet.RejectPort}, [2]initiator.PathState{closed, answers}, [2]Reason{}},
		"no such host":    {map[uint16]memnet.Verdict{500: memnet.RejectHost, 4500: memnet.RejectHost}, [2]initiator.PathState{failed, failed}, [2]Reason{NoHost, NoHost}},
		"both are closed": {map[uint16]memnet.Verdict{500: memnet.RejectPort, 4500: memnet.RejectPort}, [2]initiator.PathState{closed, closed}, [2]Reason{}},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(s *scene) {
				s.serve(gatewayAddr)
				s.network.SetFilter(func(from, to netip.AddrPort, _ []byte) memnet.Verdict {
					if to.Addr() == gatewayAddr {
						return tc.verdict[to.Port()]
					}
					return memnet.Pass
				})
				r := s.examine(s.examiner())
				for i, p := range r.Ports {
					if p.State != tc.want[i] || p.Reason != tc.reason[i] {
						t.Errorf("%v: %v %v, want %v %v", p.Transport, p.State, p.Reason, tc.want[i], tc.reason[i])
					}
				}
				if got := s.gateway.Stats(); got.HalfOpen != 0 || r.HalfOpenLeft != 0 {
					t.Errorf("half-open: %d at the gateway, %d told", got.HalfOpen, r.HalfOpenLeft)
				}
			})
		})
	}
}

// TestUnfoundOnce: of one ICMP error that there is no such host all ways take it, since
// routers limit these.
func TestUnfoundOnce(t *testing.T) {
	run(t, func(s *scene) {
		s.serve(gatewayAddr)
		first := true
		s.network.SetFilter(func(from, _ netip.AddrPort, _ []byte) memnet.Verdict {
			if from.Addr() == clientAddr && first {
				first = false
				return memnet.RejectHost
			}
			return memnet.Drop
		})
		for _, p := range s.examine(s.examiner()).Ports {
			if p.State != initiator.PathError || p.Reason != NoHost || p.Sources[0].Reason != NoHost {
				t.Errorf("%+v", p)
			}
		}
	})
}

// TestOtherAddress: a gateway with two addresses answers from the wrong one.
func TestOtherAddress(t *testing.T) {
	run(t, func(s *scene) {
		for _, port := range []uint16{500, 4500} {
			asked, err := s.network.ListenPacket(netip.AddrPortFrom(gatewayAddr, port))
			if err != nil {
				t.Fatal(err)
			}
			other, err := s.network.ListenPacket(netip.AddrPortFrom(otherAddr, port))
			if err != nil {
				t.Fatal(err)
			}
			s.conns = append(s.conns, asked, other)
			go func() {
				buf := make([]byte, 1<<16)
				for {
					n, from, err := asked.ReadFrom(buf)
					if err != nil {
						return
					}
					octets, marker := buf[:n], []byte(nil)
					if rest, ok := ike.SplitNonESPMarker(octets); ok {
						octets, marker = rest, ike.AppendNonESPMarker(nil)
					}
					h, _, _, err := ike.ParseHeader(octets)
					if err != nil || h.MajorVersion != 2 {
						continue
					}
					h.Flags = ike.FlagResponse
					m := &ike.Message{Header: h, Payloads: []ike.Payload{&ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN}}}
					answer, err := m.AppendBinary(marker)
					if err != nil {
						t.Error(err)
					}
					other.WriteTo(answer, from)
				}
			}()
		}
		r := s.examine(s.examiner())
		for _, p := range r.Ports {
			if p.State != initiator.PathSilent || p.Reason != OtherAddress || p.From != netip.AddrPortFrom(otherAddr, p.Port) {
				t.Errorf("%+v", p)
			}
		}
	})
}

// TestSourcePort: something on the way takes what comes from port 500.
func TestSourcePort(t *testing.T) {
	run(t, func(s *scene) {
		s.serve(gatewayAddr)
		s.network.SetFilter(func(from, to netip.AddrPort, _ []byte) memnet.Verdict {
			if from.Addr() == clientAddr && from.Port() == 500 {
				return memnet.Drop
			}
			return memnet.Pass
		})
		r := s.examine(s.examiner())
		p := r.Ports[0]
		if p.State != initiator.PathAnswers || p.Sources[0].State != initiator.PathSilent || p.Sources[0].Tries < defaultAttempts {
			t.Errorf("%+v", p)
		}
		if p := r.Ports[1]; p.Sources[0].State != initiator.PathAnswers {
			t.Errorf("%+v", p)
		}
	})
}

// TestOnlySourcePort: the other way round.
func TestOnlySourcePort(t *testing.T) {
	run(t, func(s *scene) {
		s.serve(gatewayAddr)
		s.network.SetFilter(func(from, to netip.AddrPort, _ []byte) memnet.Verdict {
			if from.Addr() == clientAddr && from.Port() != 500 {
				return memnet.Drop
			}
			return memnet.Pass
		})
		r := s.examine(s.examiner())
		if p := r.Ports[0]; p.State != initiator.PathSilent || p.Sources[0].State != initiator.PathAnswers || p.Tries < defaultAttempts {
			t.Errorf("%+v", p)
		}
		if got := s.gateway.Stats(); got.HalfOpen != 0 || r.HalfOpenLeft != 0 {
			t.Errorf("half-open: %d at the gateway, %d told", got.HalfOpen, r.HalfOpenLeft)
		}
	})
}

func TestSourcePortTaken(t *testing.T) {
	run(t, func(s *scene) {
		s.serve(gatewayAddr)
		conn, err := s.network.ListenPacket(netip.AddrPortFrom(clientAddr, 500))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		r := s.examine(s.examiner())
		if p := r.Ports[0]; p.State != initiator.PathAnswers || p.Sources[0].Err == nil || p.Sources[0].Err.Error() != "address already in use" {
			t.Errorf("%+v", p)
		}
		if !r.Complete {
			t.Error("not complete, though what can be measured was")
		}
	})
}

func TestBehindNAT(t *testing.T) {
	for _, perDestination := range []bool{false, true} {
		run(t, func(s *scene) {
			inside, outside := netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("203.0.113.9")
			s.network.AddNAT(memnet.NAT{Inside: netip.MustParsePrefix("10.0.0.0/8"), Outside: outside, PerDestination: perDestination})
			s.serve(gatewayAddr)
			e := s.examiner()
			e.Source = netip.AddrPortFrom(inside, 0)
			if n := s.examine(e).NAT; n == nil || !n.LocalBehindNAT || n.GatewayBehindNAT || n.Mapping != MappingUnknown || len(n.Observed) != 0 {
				t.Errorf("without the address outside: %+v", n)
			}
			e.Outside = []netip.Addr{outside}
			want := MappingSame
			if perDestination {
				want = MappingPerDestination
			}
			n := s.examine(e).NAT
			if n == nil || n.Mapping != want || n.Observed[initiator.UDP500].Addr() != outside {
				t.Errorf("%+v, want the mapping %v", n, want)
			}
		})
	}
}

// TestDeafToTheForeign: a gateway that answers only what clients say is found, and
// nothing is left open.
func TestDeafToTheForeign(t *testing.T) {
	run(t, func(s *scene) {
		s.gateway.Policy = []ike.Proposal{products("aes256-sha256-prfsha256-modp2048")[0].Proposal(1)}
		s.gateway.Profile.ForeignKE = iketest.AsSilence
		s.serve(gatewayAddr)
		r := s.examine(s.examiner())
		if !r.Answers() {
			t.Errorf("%v", states(r))
		}
		if got := s.gateway.Stats(); got.HalfOpen != 0 || r.HalfOpenLeft != 0 || r.HalfOpenPeak == 0 {
			t.Errorf("half-open: %d at the gateway, %d told, %d at once", got.HalfOpen, r.HalfOpenLeft, r.HalfOpenPeak)
		}
	})
}

func TestRefuses(t *testing.T) {
	run(t, func(s *scene) {
		s.gateway.Policy = nil
		s.serve(gatewayAddr)
		r := s.examine(s.examiner())
		if !r.Answers() || !r.Refuses || r.NAT != nil {
			t.Errorf("%+v", r)
		}
	})
}

// TestLate: an answer that comes after its request was sent again is not lost.
func TestLate(t *testing.T) {
	for name, tc := range map[string]struct {
		link memnet.Link
		lost bool
	}{
		"late": {memnet.Link{Reorder: 0.5, HoldBack: 300 * time.Millisecond}, false},
		"lost": {memnet.Link{Loss: 0.5}, true},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(s *scene) {
				s.serve(gatewayAddr)
				s.network.SetPath(gatewayAddr, clientAddr, tc.link)
				e := s.examiner()
				e.Probes, e.SourcePorts = 20, []uint16{}
				r := s.examine(e)
				tries := 0
				for _, p := range r.Ports {
					tries += p.Tries
					if p.State != initiator.PathAnswers || (p.Lost > 0) != tc.lost || p.Answered != p.Tries-p.Lost {
						t.Errorf("%+v", p.Seen)
					}
				}
				if tries <= 2*20 {
					t.Errorf("%d requests, so none was sent again", tries)
				}
			})
		})
	}
}

func TestLoss(t *testing.T) {
	run(t, func(s *scene) {
		s.serve(gatewayAddr)
		sent := 0
		s.network.SetFilter(func(from, to netip.AddrPort, _ []byte) memnet.Verdict {
			if to.Addr() == gatewayAddr && to.Port() == 500 && from.Port() != 500 {
				if sent++; sent%3 == 2 {
					return memnet.Drop
				}
			}
			return memnet.Pass
		})
		p := s.examine(s.examiner()).Ports[0]
		if p.State != initiator.PathAnswers || p.Lost == 0 || p.Lost != p.Tries-defaultProbes {
			t.Errorf("%+v", p)
		}
	})
}

// TestManySilent: many silent addresses take so many datagrams each, and no longer
// for being many.
func TestManySilent(t *testing.T) {
	run(t, func(s *scene) {
		count := 2000
		if testing.Short() {
			count = 200
		}
		e := s.examiner()
		e.SourcePorts = []uint16{}
		e.Rand = nil
		start := time.Now()
		var all sync.WaitGroup
		for i := range count {
			all.Go(func() {
				r, err := e.Examine(s.t.Context(), Target{Address: netip.AddrFrom4([4]byte{198, 51, byte(i / 250), byte(1 + i%250)})})
				if err != nil || r.Answers() || r.Cost.DatagramsSent > 2*defaultAttempts+2*2*versionAttempts {
					t.Errorf("%v, %d datagrams", err, r.Cost.DatagramsSent)
				}
			})
		}
		all.Wait()
		if took := time.Since(start); took >= 6*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestInterrupted(t *testing.T) {
	run(t, func(s *scene) {
		ctx, cancel := context.WithTimeout(s.t.Context(), 700*time.Millisecond)
		defer cancel()
		r, err := s.examiner().Examine(ctx, Target{Address: gatewayAddr})
		if err != nil || r.Complete {
			t.Errorf("%v, complete: %v", err, r.Complete)
		}
	})
}

func TestGreetingsFit(t *testing.T) {
	const most = 1232 // octets of UDP payload, which every path passes whole
	for _, g := range []greeting{stateless, asClient} {
		if n := (initiator.Offer{Products: g.offer, KE: g.ke}).Octets(); n > most-4 {
			t.Errorf("a greeting of %d octets", n)
		}
		if has := proposals.HasKeyExchange(g.offer, g.ke); has != g.opens {
			t.Errorf("its KE payload is of an offered method: %v", has)
		}
	}
	x := newExamination(Examiner{}, Target{Address: gatewayAddr})
	for mode, group := range map[ike.ExchangeType]uint16{2: 0, 4: groupMODP2048} {
		octets, err := x.requestIKEv1(mode, group)
		if err != nil || len(octets) > most-4 {
			t.Errorf("exchange %d: %d octets, %v", mode, len(octets), err)
		}
		if bytes.Equal(octets[:4], make([]byte, 4)) {
			t.Error("its SPI is a non-ESP marker")
		}
	}
}

// TestOwnAddress: where the gateway has our own address, we do not answer for it from the
// ports that clients send from.
func TestOwnAddress(t *testing.T) {
	run(t, func(s *scene) {
		r, err := s.examiner().Examine(s.t.Context(), Target{Address: clientAddr})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Ports {
			if p.State != initiator.PathPortUnreachable || len(p.Sources) > 0 {
				t.Errorf("%+v", p)
			}
		}
	})
}
