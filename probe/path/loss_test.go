package path

import (
	"math/rand/v2"
	"testing"
	"time"

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
	wrong, left, told := map[string]int{}, 0, 0
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
			left += s.gateway.Stats().HalfOpen
			told += r.HalfOpenLeft
		})
	}
	for what, n := range wrong {
		if n > max(runs/50, 1) {
			t.Errorf("%s: in %d of %d", what, n, runs)
		}
	}
	if left > told+max(runs/50, 1) || told > left+runs/4 {
		t.Errorf("%d half-open at gateways, %d told", left, told)
	}
	t.Log(wrong, left, told)
}
