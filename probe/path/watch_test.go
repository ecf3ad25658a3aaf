package path

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/initiator"
)

// TestWatch: each port is asked once a second, and what gets lost is told from what
// does not.
func TestWatch(t *testing.T) {
	run(t, func(s *scene) {
		s.serve(gatewayAddr)
		sent := map[uint16]int{}
		s.network.SetFilter(func(from, to netip.AddrPort, _ []byte) memnet.Verdict {
			if to.Addr() != gatewayAddr {
				return memnet.Pass
			}
			if sent[to.Port()]++; to.Port() == 500 && sent[500]%4 == 0 {
				return memnet.Drop
			}
			return memnet.Pass
		})
		start := time.Now()
		got := map[initiator.Transport]map[initiator.PathState]int{initiator.UDP500: {}, initiator.UDP4500: {}}
		err := s.examiner().Watch(s.t.Context(), Target{Address: gatewayAddr}, time.Second, 8, func(x Sample) {
			got[x.Transport][x.State]++
			if x.State == initiator.PathAnswers && x.RTT != 10*time.Millisecond {
				t.Errorf("%+v", x)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < 7*time.Second || took > 9*time.Second {
			t.Errorf("took %v", took)
		}
		if a := got[initiator.UDP500]; a[initiator.PathAnswers] != 6 || a[initiator.PathSilent] != 2 {
			t.Errorf("UDP 500: %v", a)
		}
		if a := got[initiator.UDP4500]; a[initiator.PathAnswers] != 8 {
			t.Errorf("UDP 4500: %v", a)
		}
		if stats := s.gateway.Stats(); stats.HalfOpenPeak != 0 || stats.InitRequests != 14 {
			t.Errorf("the gateway has %+v", stats)
		}
	})
}

// TestWatchEnds: it goes on until it is told to end, and waits for no answer then.
func TestWatchEnds(t *testing.T) {
	run(t, func(s *scene) {
		ctx, cancel := context.WithTimeout(s.t.Context(), 10500*time.Millisecond)
		defer cancel()
		samples := 0
		err := s.examiner().Watch(ctx, Target{Address: gatewayAddr}, time.Second, 0, func(x Sample) {
			samples++
			if x.State != initiator.PathSilent {
				t.Errorf("%+v", x)
			}
		})
		if err != nil || samples != 20 {
			t.Errorf("%v, %d samples of silence", err, samples)
		}
	})
}
