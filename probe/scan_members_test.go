package probe

import (
	"slices"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// TestScanMembers: two products behind one address, with policies of their own, are
// each asked until it is decided what it accepts, and nothing of the other is in it.
func TestScanMembers(t *testing.T) {
	t.Parallel()
	const theirs = "3des-sha1-prfsha1-modp1024,aes128-sha256-prfsha256-ecp256"
	for _, tc := range []struct {
		balance iketest.Balance
		share   float64
		loss    float64
		proven  bool // of each
	}{
		{iketest.PerPacket, 0.3, 0, true},
		{iketest.PerPacket, 0.3, 0.05, true},
		{iketest.PerSPI, 0.5, 0, true},
		{iketest.PerFlow, 0.3, 0, true},
		{iketest.PerFlow, 0.1, 0, true},
		{iketest.PerPacket, 0.05, 0, false},
	} {
		other := &iketest.Responder{Policy: policyOf(t, theirs), Profile: iketest.OpenIKED}
		odd := iketest.Oddity{Name: "two products", Apply: func(r *iketest.Responder) {
			r.Balance = tc.balance
			r.Members = append(r.Members, iketest.Member{Responder: other, Share: tc.share})
		}}
		sc := oddScene(singlesPolicy, iketest.StrongSwan, 3, odd)
		sc.link.Loss = tc.loss
		o := sc.scan(t)
		if len(o.Members) != 2 || o.Complete || o.Matrix.Proven {
			t.Fatalf("%+v: %d members, complete: %v, proven: %v", tc, len(o.Members), o.Complete, o.Matrix.Proven)
		}
		if tc.loss == 0 && (o.Cost.Elapsed > 30*time.Second || o.Cost.Exchanges > 900) {
			t.Errorf("%+v: it took %v and %d exchanges", tc, o.Cost.Elapsed, o.Cost.Exchanges)
		}
		t.Logf("%+v: %d exchanges in %v, doubts %v; %v", tc, o.Cost.Exchanges, o.Cost.Elapsed, o.Doubts, kindsOf(o.Notes))
		for _, m := range o.Members {
			gateway := o.alone()
			if m.Look.ErrorSPI == evidence.ErrorSPIDrawn {
				gateway = other
			}
			if tc.proven && !m.Matrix.Proven {
				t.Errorf("%+v, %v: not proven", tc, m.Look)
			}
			decided := 0
			for _, p := range products(t, singlesPolicy+","+theirs) {
				for s := range p.Suites() {
					state, _ := m.Matrix.State(s)
					if accepts := gateway.Accepts(proposalOf(s)); state == matrix.Accepted && !accepts || state == matrix.Refused && accepts {
						t.Errorf("%+v, %v: %v is %v, and accepted: %v", tc, m.Look, s, state, accepts)
					}
					if state == matrix.Accepted || state == matrix.Refused {
						decided++
					}
				}
			}
			if decided == 0 && tc.share >= 0.3 {
				t.Errorf("%+v, %v: nothing is decided", tc, m.Look)
			}
		}
	}
}

// TestScanMembersUndecided: of several gateways that accept the same as far as they
// were asked, nothing is proven that the answers of each of them do not prove.
func TestScanMembersUndecided(t *testing.T) {
	t.Parallel()
	seen := 0
	for i, odd := range iketest.Oddities() {
		if odd.Name != "two products behind one address" && odd.Name != "members with their own vendor IDs" {
			continue
		}
		for j, policy := range truthPolicies {
			o := oddScene(policy, iketest.StrongSwan, uint64(i*10+j), odd).scan(t)
			if len(o.Members) < 2 {
				continue // only one was met as it looks
			}
			seen++
			proven := true
			for _, m := range o.Members {
				proven = proven && m.Matrix.Proven
			}
			doubted := slices.ContainsFunc(o.Doubts, func(d evidence.Doubt) bool { return d.Kind == evidence.DoubtMember })
			if doubted == proven || o.Matrix.Proven && !proven || o.Complete && !proven {
				t.Errorf("%s: each proven: %v; proven: %v, complete: %v, doubts %v", odd.Name, proven, o.Matrix.Proven, o.Complete, o.Doubts)
			}
		}
	}
	if seen < 4 {
		t.Errorf("%d scans met several", seen)
	}
}
