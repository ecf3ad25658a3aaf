package path

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest/memnet"
)

// narrowConn is a socket of a link that takes only so many octets of UDP payload whole,
// as the kernel has it with DF set.
type narrowConn struct {
	net.PacketConn
	most int
}

func (c narrowConn) WriteTo(b []byte, to net.Addr) (int, error) {
	if len(b) > c.most && len(b) < fragmented {
		return 0, &net.OpError{Op: "write", Net: "udp", Addr: to, Err: os.NewSyscallError("sendto", syscall.EMSGSIZE)}
	}
	return c.PacketConn.WriteTo(b, to)
}

func (s *scene) narrow(e Examiner, most int) Examiner {
	open := e.Listen
	e.Listen = func(ctx context.Context, gateway netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
		pc, err := open(ctx, gateway, source)
		return narrowConn{pc, most}, err
	}
	return e
}

// TestOwnLink: what our own link does not take is no black hole, and neither is a request
// that a cookie makes too long for it.
func TestOwnLink(t *testing.T) {
	for _, cookies := range []bool{false, true} {
		for _, mtu := range []int{1500, 1400} {
			run(t, func(s *scene) {
				s.gateway.Profile.AlwaysCookie = cookies
				s.serve(gatewayAddr)
				r := s.examine(s.narrow(s.examiner(), mtu-28))
				if got := r.Size; got == nil || got.MTU < mtu-stepMTU || got.MTU > mtu || got.Discovery != DiscoveryUnneeded || got.Fragments != Yes || len(r.Interference) > 0 {
					t.Errorf("cookies %v, MTU %d: %+v, %v", cookies, mtu, got, r.Interference)
				}
			})
		}
	}
}

// TestOutage: that large requests are lost while all are, and short ones are answered
// later, does not make a black hole of it.
func TestOutage(t *testing.T) {
	run(t, func(s *scene) {
		s.serve(gatewayAddr)
		var until time.Time
		s.network.SetFilter(func(_, to netip.AddrPort, datagram []byte) memnet.Verdict {
			now := time.Now()
			if to.Addr() == gatewayAddr && len(datagram) == 1500-28 && until.IsZero() {
				until = now.Add(5 * time.Second)
			}
			if now.Before(until) {
				return memnet.Drop
			}
			return memnet.Pass
		})
		e := s.examiner()
		e.SourcePorts = []uint16{}
		r := s.examine(e)
		if until.IsZero() {
			t.Fatal("no large request")
		}
		if got := r.Size; got != nil && (got.Discovery == BlackHole || got.Fragments == No) || len(r.Interference) > 0 {
			t.Errorf("%+v, %v", got, r.Interference)
		}
	})
}

// TestSizeUnderLimits: a gateway that limits how many requests it answers, or a path that
// loses a fifth of them, is not taken for one that drops large ones, which is still found.
func TestSizeUnderLimits(t *testing.T) {
	runs := 20
	if testing.Short() {
		runs = 4
	}
	for name, set := range map[string]func(*scene) memnet.Link{
		"limit":   func(s *scene) memnet.Link { s.gateway.Faults.RateLimit = 5; return memnet.Link{} },
		"cookies": func(s *scene) memnet.Link { s.gateway.Profile.AlwaysCookie = true; return memnet.Link{} },
		"losses":  func(s *scene) memnet.Link { return memnet.Link{Loss: 0.1} },
		"both":    func(s *scene) memnet.Link { s.gateway.Faults.RateLimit = 10; return memnet.Link{Loss: 0.1} },
		"blocked": func(s *scene) memnet.Link {
			s.gateway.Faults.BlockAfter, s.gateway.Faults.BlockFor = 25+int(s.network.Seed), 3*time.Second
			return memnet.Link{}
		},
	} {
		for _, most := range []int{0, 1400 - 28} {
			found := 0
			for i := range runs {
				run(t, func(s *scene) {
					s.network.Seed, s.gateway.Faults.Seed = uint64(i), uint64(i)
					link := set(s)
					link.Delay, link.MaxDatagram = 5*time.Millisecond, most
					s.network.SetLink(link)
					s.serve(gatewayAddr)
					e := s.examiner()
					e.Rand = rand.NewChaCha8([32]byte{byte(i), 2})
					r := s.examine(s.narrow(e, 1500-28))
					if r.Size == nil {
						return
					}
					hole, dropped := r.Size.Discovery == BlackHole, r.Size.Fragments == No
					if hole && dropped && r.Size.MTU <= 1400 {
						found++
					}
					if most == 0 && (hole || dropped) || r.Size.MTU > 1400 && most > 0 {
						t.Errorf("%s, seed %d: %+v", name, i, r.Size)
					}
				})
			}
			if most > 0 && name != "blocked" && !testing.Short() && found < runs/2 {
				t.Errorf("%s: found in %d of %d", name, found, runs)
			}
		}
	}
}
