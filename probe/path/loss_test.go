package path

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/initiator"
)

// TestLossAlone: on paths that lose up to a quarter of all round trips and do nothing else,
// hardly anything is said to be wrong. A gateway that lost a request to close an IKE SA
// answered by one that it no longer has, as real ones do.
func TestLossAlone(t *testing.T) {
	runs := 200
	if testing.Short() {
		runs = 40
	}
	wrong, left, unconfirmed := map[string]int{}, 0, 0
	for i := range runs {
		run(t, func(s *scene) {
			s.serve(gatewayAddr)
			s.network.Seed = uint64(i)
			s.network.SetLink(memnet.Link{Delay: 5 * time.Millisecond, Loss: 0.13})
			e := s.examiner()
			e.Rand = rand.NewChaCha8([32]byte{byte(i)})
			r := s.examine(e)
			for _, p := range r.Ports {
				if p.State != initiator.PathAnswers {
					wrong[p.Transport.String()]++
				}
				for _, o := range p.Sources {
					if o.State != initiator.PathAnswers {
						wrong["source port"]++
					}
				}
			}
			if n := r.NAT; n != nil && n.Floats == No {
				wrong["floats"]++
			}
			if n := r.NAT; n != nil && n.Forced == No {
				wrong["forced"]++
			}
			if r.Size != nil && r.Size.Discovery == BlackHole {
				wrong["MTU"]++
			}
			if r.Size != nil && r.Size.Fragments == No {
				wrong["fragments"]++
			}
			for _, in := range r.Interference {
				wrong[in.Kind.String()]++
			}
			n := s.gateway.Stats().HalfOpen
			if r.HalfOpenLeft > n || n > r.HalfOpenLeft+len(r.HalfOpenUnconfirmed) {
				t.Errorf("seed %d: %d half-open at the gateway; %d left, by %v, and unconfirmed those of %v", i, n, r.HalfOpenLeft, r.HalfOpenEvidence, r.HalfOpenUnconfirmed)
			}
			left += n
			unconfirmed += len(r.HalfOpenUnconfirmed)
		})
	}
	for what, n := range wrong {
		if n > max(runs/50, 1) {
			t.Errorf("%s: in %d of %d", what, n, runs)
		}
	}
	if unconfirmed > left+runs/10 {
		t.Errorf("%d half-open at gateways, of %d that is not known", left, unconfirmed)
	}
	t.Log(wrong, left, unconfirmed)
}

// TestLossLeavesNothingClaimed: whatever is lost, no IKE SA is said to be left that the
// gateway has closed, and none is left that is neither said to be left nor unconfirmed.
func TestLossLeavesNothingClaimed(t *testing.T) {
	runs := 100
	if testing.Short() {
		runs = 12
	}
	for _, lost := range []float64{0.05, 0.13, 0.3} {
		for i := range runs {
			run(t, func(s *scene) {
				s.serve(gatewayAddr)
				s.network.Seed = uint64(i) + 1<<16
				s.network.SetLink(memnet.Link{Delay: 5 * time.Millisecond, Loss: lost})
				e := s.examiner()
				e.Rand = rand.NewChaCha8([32]byte{byte(i), 1})
				r := s.examine(e)
				if n := s.gateway.Stats().HalfOpen; r.HalfOpenLeft > n || n > r.HalfOpenLeft+len(r.HalfOpenUnconfirmed) {
					t.Errorf("loss %v, seed %d: %d half-open at the gateway; %d left, by %v, and unconfirmed those of %v", lost, i, n, r.HalfOpenLeft, r.HalfOpenEvidence, r.HalfOpenUnconfirmed)
				}
			})
		}
	}
}

// TestNeverEnds: a gateway that does not answer what ends its IKE SAs keeps them, and is
// said to, where nothing is lost, and so is one that answers a Delete, and the next one
// too. All others are left without one.
func TestNeverEnds(t *testing.T) {
	for _, tc := range []struct {
		auth    iketest.AuthReaction
		deletes iketest.DeleteReaction
		left    bool
	}{
		{iketest.AuthFails, iketest.DeleteEnds, false},
		{iketest.AuthEstablishes, iketest.DeleteEnds, false},
		{iketest.AuthEAP, iketest.DeleteEnds, false},
		{iketest.AuthEAP, iketest.DeleteIgnored, true},
		{iketest.AuthSilent, iketest.DeleteEnds, true},
	} {
		run(t, func(s *scene) {
			s.gateway.Profile.Auth, s.gateway.Profile.Delete = tc.auth, tc.deletes
			s.serve(gatewayAddr)
			r := s.examine(s.examiner())
			if n := s.gateway.Stats(); r.HalfOpenLeft != n.HalfOpen+n.Established || (r.HalfOpenLeft > 0) != tc.left || len(r.HalfOpenUnconfirmed) > 0 || len(r.HalfOpenEvidence) != r.HalfOpenLeft {
				t.Errorf("%+v: %+v; %d left, by %v, and unconfirmed those of %v", tc, n, r.HalfOpenLeft, r.HalfOpenEvidence, r.HalfOpenUnconfirmed)
			}
		})
	}
}
