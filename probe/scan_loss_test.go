package probe

import (
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
)

// TestScanLoss: on a path that loses and mixes up datagrams the result is exact
// or names what it could not decide.
func TestScanLoss(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		link  memnet.Link
		seeds uint64
		exact bool
	}{
		{"5 %", memnet.Link{Delay: 10 * ms, Loss: 0.05}, 100, true},
		{"20 %", memnet.Link{Delay: 10 * ms, Loss: 0.2}, 20, true},
		{"40 %", memnet.Link{Delay: 10 * ms, Loss: 0.4}, 20, false},
		{"duplicates", memnet.Link{Delay: 10 * ms, Duplicate: 0.5}, 10, true},
		{"reordering", memnet.Link{Delay: 10 * ms, Reorder: 0.5, HoldBack: 70 * ms}, 10, true},
		{"jitter", memnet.Link{Delay: 10 * ms, Jitter: 500 * ms}, 10, true},
		{"all of it", memnet.Link{Delay: 50 * ms, Jitter: 500 * ms, Loss: 0.2, Duplicate: 0.2, Reorder: 0.2, HoldBack: 300 * ms}, 20, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			undecided := 0
			var longest time.Duration
			most := 0
			seeds := repeated(tc.seeds)
			for seed := range seeds {
				policy := []string{smallPolicy, "aes256gcm16-prfsha384-ecp384,aes128-aes256-sha256-prfsha256-modp2048"}[seed%2]
				o := scene{policy: policy, profile: iketest.StrongSwan, link: tc.link, seed: seed}.scan(t)
				o.right(t)
				if !o.Matrix.Proven {
					undecided++
				}
				longest = max(longest, o.Cost.Elapsed)
				most = max(most, o.Cost.DatagramsSent)
				if t.Failed() {
					t.Fatalf("seed %d", seed)
				}
				if o.stats.HalfOpenPeak > 3 {
					t.Errorf("seed %d: %d half-open", seed, o.stats.HalfOpenPeak)
				}
			}
			if tc.exact && undecided > 0 {
				t.Errorf("%d of %d undecided", undecided, seeds)
			}
			t.Logf("%d of %d undecided, at most %v and %d datagrams", undecided, seeds, longest, most)
		})
	}
}
