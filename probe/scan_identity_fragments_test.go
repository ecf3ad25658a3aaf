package probe

import (
	"net/netip"
	"testing"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/identity"
)

// TestScanIdentityWhole: a large answer comes in fragments of IKE, and where it is
// asked to come whole, it is seen whether it arrives; nothing is left open for it.
func TestScanIdentityWhole(t *testing.T) {
	t.Parallel()
	whole := iketest.StrongSwan
	whole.FragmentSize = 0
	for name, tt := range map[string]struct {
		profile   iketest.Profile
		large     bool
		longest   int // octets of a datagram that arrives; 0 for any
		fragments int
		asked     bool // whole, too
		state     identity.State
		lost      bool
	}{
		"small":             {iketest.StrongSwan, false, 0, 0, false, 0, false},
		"large":             {iketest.StrongSwan, true, 0, 4, true, identity.Seen, false},
		"large and dropped": {iketest.StrongSwan, true, 1472, 4, true, identity.Silent, true},
		"smaller fragments": {iketest.Libreswan, true, 0, 9, true, identity.Seen, false},
		"no fragments":      {whole, true, 0, 0, false, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connection(t, "vpn.example.com", "P-256")
			if tt.large {
				c.Certificates = append(c.Certificates, make([]byte, 3500))
			}
			o := scene{policy: identityPolicy, profile: tt.profile, connections: []iketest.Connection{c, c}, scanner: Scanner{Identity: identity.Brief}, prepare: func(n *memnet.Network) {
				n.SetFilter(func(from, _ netip.AddrPort, datagram []byte) memnet.Verdict {
					if tt.longest > 0 && from.Addr() == gatewayAddr && len(datagram) > tt.longest {
						return memnet.Drop
					}
					return memnet.Pass
				})
			}}.scan(t)
			got := o.Identity.Identities[0]
			if p := got.Plain; p.State != identity.Seen || p.Fragments != tt.fragments || p.Fragments > 0 && (p.Octets > tt.profile.FragmentSize || p.Octets < tt.profile.FragmentSize-40) || p.Fragments == 0 && (p.Octets > 3500) != tt.large {
				t.Errorf("%v in %d fragments of %d octets", p.State, p.Fragments, p.Octets)
			}
			n := got.NoFragments
			if (n != nil) != tt.asked {
				t.Fatalf("asked for it whole: %v", n)
			}
			if n != nil && (n.State != tt.state || n.AnswerLost != tt.lost || n.Fragments != 0 || (n.Octets > 3500) != (tt.state == identity.Seen)) {
				t.Errorf("%v, lost %v, in %d fragments of %d octets; want %v, lost %v", n.State, n.AnswerLost, n.Fragments, n.Octets, tt.state, tt.lost)
			}
			if o.Cost.HalfOpenLeft != 0 || o.stats.HalfOpen != 0 {
				t.Errorf("%d left, the gateway has %+v", o.Cost.HalfOpenLeft, o.stats)
			}
		})
	}
}
