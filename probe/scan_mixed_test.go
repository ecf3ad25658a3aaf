package probe

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// mixes are habits of gateways, faults of paths and wishes of users, any of
// which may meet.
var mixes = []struct {
	name string
	mix  func(*scene)
}{
	{"foreign KE refused", func(s *scene) { s.profile.ForeignKE = iketest.AsRefusal }},
	{"foreign KE is bad syntax", func(s *scene) { s.profile.ForeignKE = iketest.AsSyntax }},
	{"foreign KE dropped", func(s *scene) { s.profile.ForeignKE = iketest.AsSilence }},
	{"unchosen KE refused", func(s *scene) { s.profile.UnchosenKE = iketest.AsRefusal }},
	{"refuses with an error", func(s *scene) { s.profile.Refusal = ike.INVALID_SYNTAX }},
	{"drops refused", func(s *scene) { s.faults.DropRefused = true }},
	{"short requests", func(s *scene) { s.profile.MaxDatagram = 700 }},
	{"reads 15 transforms", func(s *scene) { s.profile.TransformsRead = 15 }},
	{"deaf", func(s *scene) { s.profile.DeafAboveKE = ike.KE_ECP_521 }},
	{"cookies", func(s *scene) { s.profile.AlwaysCookie = true }},
	{"strict limits", func(s *scene) { s.profile.CookieFrom, s.profile.BlockFrom = 1, 2 }},
	{"rate limit", func(s *scene) { s.faults.RateLimit = 10 }},
	{"loss", func(s *scene) { s.link.Loss = 0.1 }},
	{"jitter", func(s *scene) { s.link.Jitter = 500 * ms }},
	{"exhaustive", func(s *scene) { s.scanner.Exhaustive = true }},
	{"quick", func(s *scene) { s.scanner.Universe = matrix.Quick() }},
	{"budget", func(s *scene) { s.scanner.MaxExchanges = 60 }},
}

// TestScanMixed: whatever meets, nothing that the matrix says is wrong, the
// budget holds, and no IKE SA is left that the result does not tell of.
func TestScanMixed(t *testing.T) {
	t.Parallel()
	policies := []string{"", smallPolicy, singlesPolicy, overlapPolicy, mixedPolicy, "aes128-sha1-prfsha1-modp1024"}
	profiles := []iketest.Profile{iketest.StrongSwan, iketest.Libreswan, iketest.OpenIKED}
	scans := repeated(120)
	complete := 0
	for seed := range scans {
		r := rand.New(rand.NewPCG(seed, 1))
		sc := scene{policy: policies[r.IntN(len(policies))], profile: profiles[r.IntN(len(profiles))], seed: seed, rude: true,
			link: memnet.Link{Delay: 10 * ms}, during: func(cancel context.CancelFunc) { time.AfterFunc(time.Hour, cancel) }}
		if strings.Contains(sc.policy, "mlkem") {
			sc.profile = iketest.StrongSwan // the others know no additional key exchange
		}
		var names []string
		for _, i := range r.Perm(len(mixes))[:2+r.IntN(3)] {
			mixes[i].mix(&sc)
			names = append(names, mixes[i].name)
		}
		t.Run(fmt.Sprint(seed, " ", strings.Join(names, ", ")), func(t *testing.T) {
			o := sc.scan(t)
			if o.Matrix == nil {
				if o.Verdict == evidence.VerdictIKEv2 {
					t.Error("no matrix")
				}
				return
			}
			o.right(t)
			if o.Complete {
				complete++
			}
			if o.stats.HalfOpenPeak > 3 || o.stats.HalfOpen > o.Cost.HalfOpenLeft {
				t.Errorf("%d half-open at most, %d in the end; the result says %d are left", o.stats.HalfOpenPeak, o.stats.HalfOpen, o.Cost.HalfOpenLeft)
			}
			if most := sc.scanner.MaxExchanges; most > 0 && sc.link.Loss == 0 && o.Cost.Exchanges > most {
				t.Errorf("%d exchanges of %d", o.Cost.Exchanges, most)
			}
		})
	}
	t.Logf("%d of %d scans are complete", complete, scans)
	if complete < int(scans)/2 {
		t.Errorf("only %d of %d scans are complete", complete, scans)
	}
}
