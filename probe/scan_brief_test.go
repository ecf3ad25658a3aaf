package probe

import (
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/proposals/choice"
)

// TestScanBrief: to ask who a gateway is costs a scan a handful of IKE SAs, and leaves
// none that can be ended.
func TestScanBrief(t *testing.T) {
	t.Parallel()
	many := "aes256gcm16-prfsha384-ecp384,aes256-sha256-prfsha256-modp2048,aes128-sha1-prfsha1-modp2048,3des-sha1-prfsha1-modp2048," +
		"aes128gcm16-prfsha256-ecp256,aes192-sha512-prfsha512-modp3072"
	silent := iketest.StrongSwan
	silent.Auth = iketest.AuthSilent
	for _, tt := range []struct {
		name     string
		policy   string
		profile  iketest.Profile
		with     []iketest.Connection
		state    identity.State
		opened   int // IKE SAs
		notAsked bool
		left     bool
	}{
		{"EAP", identityPolicy, iketest.StrongSwan, []iketest.Connection{connection(t, "vpn.example.com", "P-256")}, identity.Seen, 4, false, false},
		{"no EAP", identityPolicy, iketest.StrongSwan, nil, identity.Refused, 4, false, false},
		{"no EAP, many products", many, iketest.StrongSwan, nil, identity.Refused, 7, true, false},
		{"no IKE SA is ended", many, silent, nil, identity.NotAsked, 0, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := scene{policy: tt.policy, profile: tt.profile, connections: tt.with,
				scanner: Scanner{Identity: identity.Brief}, target: target.Target{Name: "vpn.example.com", Address: gatewayAddr}}.scan(t)
			r := o.Identity
			if r == nil || len(r.Identities) != 1 || r.Identities[0].Plain.State != tt.state || (r.NotAsked > 0) != tt.notAsked {
				t.Fatalf("%+v, the first %v", r, r.Identities[0].Plain)
			}
			opened := 0
			for _, x := range o.Exchanges {
				if x.Purpose == evidence.PurposeIdentity && x.Type == ike.IKE_SA_INIT {
					opened++
				}
			}
			if opened != tt.opened {
				t.Errorf("%d IKE SAs, want %d", opened, tt.opened)
			}
			if o.Cost.HalfOpenLeft != o.stats.HalfOpen || (o.stats.HalfOpen > 0) != tt.left {
				t.Errorf("%d half-open IKE SAs, %d told", o.stats.HalfOpen, o.Cost.HalfOpenLeft)
			}
		})
	}
}

// TestUsualSuite: of each product the suite is asked with that most clients get.
func TestUsualSuite(t *testing.T) {
	t.Parallel()
	offer := func(s string) choice.Question { return choice.Question{Offer: products(t, s)} }
	o := scene{policy: "aes256-aes128-sha256-prfsha256-modp2048-ecp256", profile: iketest.StrongSwan, connections: []iketest.Connection{connection(t, "vpn.example.com", "P-256")},
		scanner: Scanner{Identity: identity.Brief, Offers: []choice.Question{
			offer("3des-sha1-prfsha1-modp1024"), offer("aes128-sha256-prfsha256-ecp256"), offer("aes128-sha256-prfsha256-ecp256"), offer("aes256-sha256-prfsha256-modp2048"),
		}}, target: target.Target{Name: "vpn.example.com", Address: gatewayAddr}}.scan(t)
	if r := o.Identity; r == nil || len(r.Identities) != 1 || r.Identities[0].Suites[0].String() != "aes128-sha256-prfsha256-ecp256" {
		t.Errorf("%+v", r)
	}
}
