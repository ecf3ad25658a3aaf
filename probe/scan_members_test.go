package probe

import (
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// TestScanMembers: of two products behind one address, with policies of their own,
// each gets what it took and refused apart, and nothing of the other.
func TestScanMembers(t *testing.T) {
	t.Parallel()
	const theirs = "3des-sha1-prfsha1-modp1024,aes128-sha256-prfsha256-ecp256"
	for _, balance := range []iketest.Balance{iketest.PerPacket, iketest.PerFlow} {
		other := &iketest.Responder{Policy: policyOf(t, theirs), Profile: iketest.OpenIKED}
		odd := iketest.Oddity{Name: "two products", Apply: func(r *iketest.Responder) {
			r.Balance = balance
			r.Members = append(r.Members, iketest.Member{Responder: other, Share: 0.3})
		}}
		o := oddScene(singlesPolicy, iketest.StrongSwan, 3, odd).scan(t)
		if len(o.Members) != 2 || o.Complete || o.Matrix.Proven {
			t.Fatalf("%d members, complete: %v, proven: %v", len(o.Members), o.Complete, o.Matrix.Proven)
		}
		for _, m := range o.Members {
			gateway := o.alone()
			if m.Look.ErrorSPI == evidence.ErrorSPIDrawn {
				gateway = other
			}
			decided := 0
			for _, p := range products(t, singlesPolicy+","+theirs) {
				for s := range p.Suites() {
					state, _ := m.Matrix.State(s)
					if accepts := gateway.Accepts(proposalOf(s)); state == matrix.Accepted && !accepts || state == matrix.Refused && accepts {
						t.Errorf("%v: %v is %v, and accepted: %v", m.Look, s, state, accepts)
					}
					if state == matrix.Accepted || state == matrix.Refused {
						decided++
					}
				}
			}
			if decided == 0 || m.Matrix.Accepted+m.Matrix.Refused == 0 || m.Matrix.Proven {
				t.Errorf("%v: %d suites decided, %d accepted and %d refused, proven: %v", m.Look, decided, m.Matrix.Accepted, m.Matrix.Refused, m.Matrix.Proven)
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
