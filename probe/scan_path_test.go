package probe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/proposals/matrix"
)

func TestScanNAT(t *testing.T) {
	t.Parallel()
	inside := netip.MustParseAddr("10.1.0.2")
	outside := netip.MustParseAddr("203.0.113.9")
	theirs := netip.MustParseAddr("10.2.0.2")
	ours := func(nat memnet.NAT) func(*memnet.Network) {
		nat.Inside, nat.Outside = netip.MustParsePrefix("10.1.0.0/16"), outside
		return func(n *memnet.Network) { n.AddNAT(nat) }
	}
	for _, tc := range []struct {
		name           string
		scene          scene
		local, gateway bool
		observed       string
	}{
		{name: "none", scene: scene{}},
		{name: "none, IPv6", scene: scene{client: netip.MustParseAddr("2001:db8::2"), gateway: netip.MustParseAddr("2001:db8:1::7")}},
		{name: "ours", scene: scene{client: inside, prepare: ours(memnet.NAT{})}, local: true},
		{name: "ours, address known", scene: scene{client: inside, prepare: ours(memnet.NAT{}),
			scanner: Scanner{Outside: []netip.Addr{netip.MustParseAddr("203.0.113.8"), outside}}},
			local: true, observed: "203.0.113.9:40000"},
		{name: "ours, ports kept", scene: scene{client: inside, prepare: ours(memnet.NAT{KeepPorts: true}),
			scanner: Scanner{Outside: []netip.Addr{outside}, Source: netip.MustParseAddrPort("0.0.0.0:4711")}},
			local: true, observed: "203.0.113.9:4711"},
		{name: "ours, a port for each destination", scene: scene{client: inside, prepare: ours(memnet.NAT{PerDestination: true, FirstPort: 61204}),
			scanner: Scanner{Outside: []netip.Addr{outside}}},
			local: true, observed: "203.0.113.9:61204 203.0.113.9:61205"},
		{name: "the gateway's", scene: scene{behind: theirs}, gateway: true},
		{name: "both", scene: scene{client: inside, behind: theirs, prepare: ours(memnet.NAT{})}, local: true, gateway: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.scene.policy, tc.scene.profile = smallPolicy, iketest.StrongSwan
			o := tc.scene.scan(t)
			o.exact(t)
			o.clean(t)
			if o.NAT == nil || !o.NAT.Supported || len(o.NAT.Evidence) != 2 {
				t.Fatalf("NAT %+v", o.NAT)
			}
			if o.NAT.LocalBehindNAT != tc.local || o.NAT.GatewayBehindNAT != tc.gateway {
				t.Errorf("local %v, gateway %v, want %v, %v", o.NAT.LocalBehindNAT, o.NAT.GatewayBehindNAT, tc.local, tc.gateway)
			}
			observed := ""
			if o.NAT.Observed.IsValid() {
				observed = o.NAT.Observed.String()
			}
			if observed != tc.observed && !slices.Contains(strings.Fields(tc.observed), observed) {
				t.Errorf("observed %q, want %q", observed, tc.observed)
			}
		})
	}
}

// TestScanTCP: a gateway that only TCP reaches is scanned as over UDP, and what is
// opened there is closed there.
func TestScanTCP(t *testing.T) {
	t.Parallel()
	o := scene{policy: smallPolicy, profile: iketest.StrongSwan, tcp: true, link: memnet.Link{Delay: 5 * ms},
		scanner: Scanner{Transports: []initiator.Transport{initiator.TCP4500}}}.scan(t)
	o.exact(t)
	o.clean(t)
	if len(o.Paths) != 1 || o.Paths[0].Transport != initiator.TCP4500 || o.Paths[0].State != initiator.PathAnswers || o.Paths[0].Port != 4500 {
		t.Errorf("paths %+v", o.Paths)
	}
	if o.NAT == nil || !o.NAT.Supported || o.NAT.LocalBehindNAT || o.NAT.GatewayBehindNAT {
		t.Errorf("NAT %+v", o.NAT)
	}
	if o.Cost.Retransmits != 0 {
		t.Errorf("%d requests sent again over TCP", o.Cost.Retransmits)
	}
	refused := scene{policy: smallPolicy, tcp: true, scanner: Scanner{Transports: []initiator.Transport{initiator.TCP4500}},
		target: target.Target{Address: netip.MustParseAddr("198.51.100.77")}}.scan(t)
	if refused.Verdict != evidence.VerdictUnreachable || refused.Paths[0].State != initiator.PathPortUnreachable {
		t.Errorf("%v, %+v", refused.Verdict, refused.Paths)
	}
}

// TestScanShiftedTries: the tries on one port do not coincide with those on the
// other, of which a router would then report one only.
func TestScanShiftedTries(t *testing.T) {
	sent := make(map[initiator.Transport][]time.Time)
	o := scene{target: target.Target{Address: netip.MustParseAddr("198.51.100.77")}, scanner: Scanner{Trace: func(d initiator.Datagram) {
		sent[d.Transport] = append(sent[d.Transport], d.Time)
	}}}.scan(t)
	if o.Verdict != evidence.VerdictNoAnswer || len(sent[initiator.UDP500]) != len(sent[initiator.UDP4500]) {
		t.Fatalf("%v, %d and %d datagrams", o.Verdict, len(sent[initiator.UDP500]), len(sent[initiator.UDP4500]))
	}
	again := 0
	for _, one := range sent[initiator.UDP500] {
		for _, other := range sent[initiator.UDP4500] {
			if one != sent[initiator.UDP500][0] && other != sent[initiator.UDP4500][0] && one.Sub(other).Abs() < 100*ms {
				again++
			}
		}
	}
	// The client's greeting comes when both are silent, on both at once.
	if again > 1 {
		t.Errorf("%d tries coincide: %v, %v", again, sent[initiator.UDP500], sent[initiator.UDP4500])
	}
}

// TestScanWithoutMatrix is about targets that are dead or rude.
func TestScanWithoutMatrix(t *testing.T) {
	reject := func(v memnet.Verdict) func(*memnet.Network) {
		return func(n *memnet.Network) {
			n.SetFilter(func(from, _ netip.AddrPort, _ []byte) memnet.Verdict {
				if from.Addr() == clientAddr {
					return v
				}
				return memnet.Pass
			})
		}
	}
	instead := func(f iketest.Forgery) scene { return scene{faults: iketest.Faults{Instead: f}} }
	for _, tc := range []struct {
		name    string
		scene   scene
		verdict evidence.Verdict
		state   initiator.PathState
		detail  string // a part of it
	}{
		{"no host", scene{target: target.Target{Address: netip.MustParseAddr("198.51.100.77")}}, evidence.VerdictNoAnswer, initiator.PathSilent, ""},
		{"silence", scene{prepare: reject(memnet.Drop)}, evidence.VerdictNoAnswer, initiator.PathSilent, ""},
		{"closed ports", scene{target: target.Target{Address: gatewayAddr, Paths: initiator.Paths{{Transport: initiator.UDP500, Port: 501}, {Transport: initiator.UDP4500, Port: 4501}}}}, evidence.VerdictUnreachable, initiator.PathPortUnreachable, "port unreachable"},
		{"admin prohibited", scene{prepare: reject(memnet.RejectAdmin)}, evidence.VerdictUnreachable, initiator.PathAdminProhibited, "prohibited"},
		{"host unreachable", scene{prepare: reject(memnet.RejectHost)}, evidence.VerdictUnreachable, initiator.PathError, "host unreachable"},
		{"echo", instead(iketest.Echo), evidence.VerdictNotIKE, initiator.PathNotIKE, "came back"},
		{"text", instead(iketest.Text), evidence.VerdictNotIKE, initiator.PathNotIKE, "HTTP/1.1 400"},
		{"garbage", instead(iketest.Garbage), evidence.VerdictNotIKE, initiator.PathNotIKE, "IKE"},
		{"IKEv1", instead(iketest.IKEv1Answer), evidence.VerdictNotIKE, initiator.PathNotIKE, "IKEv1"},
		{"another version", instead(iketest.InvalidMajorVersion), evidence.VerdictNotIKE, initiator.PathNotIKE, "INVALID_MAJOR_VERSION"},
		{"truncated", instead(iketest.Truncated), evidence.VerdictNotIKE, initiator.PathNotIKE, "28 octets"},
		{"another initiator SPI", instead(iketest.WrongInitiatorSPI), evidence.VerdictNoAnswer, initiator.PathSilent, "another initiator SPI"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.scene.policy, tc.scene.profile = smallPolicy, iketest.StrongSwan
			tc.scene.link = memnet.Link{Delay: 10 * ms}
			o := tc.scene.scan(t)
			if o.Verdict != tc.verdict || o.Matrix != nil || o.NAT != nil || !o.Complete {
				t.Errorf("verdict %v, want %v; matrix %v, NAT %v, complete %v", o.Verdict, tc.verdict, o.Matrix, o.NAT, o.Complete)
			}
			if len(o.Paths) != 2 {
				t.Fatalf("paths %+v", o.Paths)
			}
			for _, p := range o.Paths {
				if p.State != tc.state || !strings.Contains(p.Detail, tc.detail) || len(p.Evidence) == 0 {
					t.Errorf("%v: %v, %q; want %v, %q", p.Transport, p.State, p.Detail, tc.state, tc.detail)
				}
			}
			if o.Cost.Elapsed > 30*time.Second || o.Cost.DatagramsSent > 16 {
				t.Errorf("it took %v and %d datagrams", o.Cost.Elapsed, o.Cost.DatagramsSent)
			}
		})
	}
}

func TestScanOtherAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		listen := func(at string) net.PacketConn {
			pc, err := network.ListenPacket(netip.MustParseAddrPort(at))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { pc.Close() })
			return pc
		}
		r := &iketest.Responder{Policy: policyOf(t, smallPolicy), Faults: iketest.Faults{Source: listen("198.51.100.99:500")}}
		conn := listen(gatewayAddr.String() + ":500")
		go r.Serve(conn, nil)
		s := Scanner{Transports: []initiator.Transport{initiator.UDP500}, Listen: func(_ context.Context, _ netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
			return network.ListenPacket(netip.AddrPortFrom(clientAddr, source.Port()))
		}}
		o, err := s.Scan(t.Context(), target.Target{Address: gatewayAddr})
		if o.Verdict != evidence.VerdictNoAnswer || o.Matrix != nil || o.Paths[0].State != initiator.PathSilent {
			t.Errorf("verdict %v, %+v", o.Verdict, o.Paths)
		}
		if len(o.Notes) != 1 || o.Notes[0].Kind != evidence.NoteStrays || o.Notes[0].Count == 0 {
			t.Errorf("notes %+v", o.Notes)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

func TestScanOnlyNATT(t *testing.T) {
	o := scene{policy: smallPolicy, profile: iketest.StrongSwan, silent500: true, link: memnet.Link{Delay: 10 * ms}}.scan(t)
	o.exact(t)
	o.clean(t)
	if o.Paths[0].State != initiator.PathSilent || o.Paths[1].State != initiator.PathAnswers {
		t.Errorf("paths %+v", o.Paths)
	}
	for _, x := range o.Exchanges {
		if x.Purpose != evidence.PurposeReach && x.Transport != initiator.UDP4500 {
			t.Errorf("exchange %d, %s, went over %v", x.ID, x.Purpose, x.Transport)
		}
	}
}

func TestScanNoRoute(t *testing.T) {
	for _, tc := range []struct {
		errno error
		want  string
	}{
		{syscall.ENETUNREACH, "no route to the network"},
		{syscall.EHOSTUNREACH, "no route to the host"},
		{syscall.EACCES, "permission denied"},
	} {
		s := Scanner{Listen: func(context.Context, netip.Addr, netip.AddrPort) (net.PacketConn, error) {
			return nil, &net.OpError{Op: "dial", Net: "udp", Err: os.NewSyscallError("connect", tc.errno)}
		}}
		r, _ := s.Scan(t.Context(), target.Target{Address: gatewayAddr})
		if r.Verdict != evidence.VerdictUnreachable || r.Err != nil || !r.Complete || len(r.Paths) != 2 {
			t.Fatalf("verdict %v, error %v, %+v", r.Verdict, r.Err, r.Paths)
		}
		for _, p := range r.Paths {
			if p.State != initiator.PathError || !strings.Contains(p.Detail, tc.want) {
				t.Errorf("%v: %v %q, want %q", p.Transport, p.State, p.Detail, tc.want)
			}
		}
	}
	s := Scanner{Listen: func(context.Context, netip.Addr, netip.AddrPort) (net.PacketConn, error) { return nil, syscall.EMFILE }}
	if r, err := s.Scan(t.Context(), target.Target{Address: gatewayAddr}); r.Verdict != evidence.VerdictError || r.Err == nil || r.Complete || err == nil {
		t.Errorf("no socket: %v, %v", r.Verdict, r.Err)
	}
}

// TestScanInterrupted ends scans at any time: the result holds what was found
// until then, and nothing stays at the gateway.
func TestScanInterrupted(t *testing.T) {
	t.Parallel()
	for _, profile := range []iketest.Profile{iketest.StrongSwan, acceptsOnly} {
		step := 251 * ms
		if testing.Short() {
			step = 753 * ms
		}
		for after := 10 * ms; after < 3*time.Second; after += step {
			o := scene{policy: overlapPolicy, profile: profile, link: memnet.Link{Delay: 15 * ms},
				during: func(cancel context.CancelFunc) { time.Sleep(after); cancel() }}.scan(t)
			if o.Complete || !errors.Is(o.err, ErrInterrupted) || !errors.Is(o.err, context.Canceled) {
				t.Errorf("after %v: complete %v, error %v", after, o.Complete, o.err)
			}
			if o.Matrix != nil {
				o.right(t)
			}
			o.clean(t)
			if o.Cost.Elapsed > after+time.Second {
				t.Errorf("it went on for %v after %v", o.Cost.Elapsed-after, after)
			}
		}
	}
}

func TestScanBudget(t *testing.T) {
	t.Parallel()
	for _, profile := range []iketest.Profile{iketest.StrongSwan, acceptsOnly} {
		for _, budget := range []int{1, 5, 13, 20, 50, 100} {
			o := scene{policy: overlapPolicy, profile: profile, scanner: Scanner{MaxExchanges: budget}}.scan(t)
			// Both ports are asked in any case.
			if o.Complete || len(o.Exchanges) > max(budget, 2) {
				t.Errorf("budget %d: %d exchanges, complete: %v", budget, len(o.Exchanges), o.Complete)
			}
			o.right(t)
			if n, _ := find(o.Notes, evidence.NoteBudget); n.Of != budget || !errors.Is(o.err, ErrBudget) {
				t.Errorf("budget %d: note %+v, error %v", budget, n, o.err)
			}
			if o.Matrix.NotTested == 0 {
				t.Errorf("budget %d: all tested", budget)
			}
			if o.NAT == nil && o.Matrix.Accepted > 0 && budget >= 50 {
				t.Errorf("budget %d: nothing left for what comes after the matrix", budget)
			}
		}
	}
}

// TestScanFewSuites: of a gateway that has to be asked otherwise a few suites are
// found out by few exchanges, exhaustively or not.
func TestScanFewSuites(t *testing.T) {
	t.Parallel()
	few, err := matrix.NewUniverse(products(t, "aes256-aes128-sha256-prfsha256-modp2048-ecp256,aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke1_none")...)
	if err != nil {
		t.Fatal(err)
	}
	for name, profile := range map[string]iketest.Profile{
		"as the RFC has it":     iketest.StrongSwan,
		"only accepted answers": acceptsOnly,
		"decoy":                 with(func(p *iketest.Profile) { p.ForeignKE = iketest.AsRefusal }),
	} {
		for _, policy := range []string{smallPolicy, overlapPolicy, mixedPolicy, singlesPolicy, "3des-sha1-prfsha1-modp1024"} {
			for _, exhaustive := range []bool{false, true} {
				o := scene{policy: policy, profile: profile, link: memnet.Link{Delay: 5 * ms}, scanner: Scanner{Universe: few, Exhaustive: exhaustive}}.scan(t)
				o.exact(t)
				o.clean(t)
				if most := 48; o.Cost.Exchanges > most {
					t.Errorf("%s, %s: %d exchanges, want at most %d", name, policy, o.Cost.Exchanges, most)
				}
			}
		}
	}
}

// TestScanEachAddress scans a name with two addresses, one of which is dead.
func TestScanEachAddress(t *testing.T) {
	second := netip.MustParseAddr("2001:db8::77")
	alive := scene{policy: smallPolicy, profile: iketest.OpenIKED}
	for _, target := range []target.Target{{Name: "vpn.example", Address: gatewayAddr}, {Name: "vpn.example", Address: second}} {
		sc := alive
		sc.target = target
		if target.Address == second {
			sc.client = netip.MustParseAddr("2001:db8::2")
		}
		o := sc.scan(t)
		if o.Target != "vpn.example" || o.Address != target.Address {
			t.Errorf("result of %q %v", o.Target, o.Address)
		}
		if want := target.Address == gatewayAddr; (o.Verdict == evidence.VerdictIKEv2) != want {
			t.Errorf("%v: %v", o.Address, o.Verdict)
		}
	}
}
