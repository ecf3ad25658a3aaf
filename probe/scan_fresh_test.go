package probe

import (
	"testing"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/identity"
)

// TestScanFreshness: what a gateway should draw anew for each IKE SA and does not is said,
// and nothing of a gateway that does.
func TestScanFreshness(t *testing.T) {
	t.Parallel()
	kinds := []evidence.HabitKind{evidence.HabitRepeatsPublic, evidence.HabitRepeatsNonces, evidence.HabitShortNonces, evidence.HabitRepeatsSPIs}
	for name, tt := range map[string]struct {
		change func(*iketest.Profile)
		policy string
		want   evidence.HabitKind
		count  int
	}{
		"good":                    {func(*iketest.Profile) {}, identityPolicy, 0, 0},
		"one key":                 {func(p *iketest.Profile) { p.OneKey = true }, identityPolicy, evidence.HabitRepeatsPublic, 0},
		"one nonce":               {func(p *iketest.Profile) { p.OneNonce = true }, identityPolicy, evidence.HabitRepeatsNonces, 0},
		"one SPI":                 {func(p *iketest.Profile) { p.OneSPI = true }, identityPolicy, evidence.HabitRepeatsSPIs, 0},
		"nonces of 16 octets":     {func(p *iketest.Profile) { p.NonceLength = 16 }, otherPolicy, 0, 0},
		"short of PRF SHA2_384":   {func(p *iketest.Profile) { p.NonceLength = 23 }, identityPolicy, evidence.HabitShortNonces, 23},
		"enough for PRF SHA2_384": {func(p *iketest.Profile) { p.NonceLength = 24 }, identityPolicy, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sc := scene{policy: tt.policy, profile: iketest.StrongSwan, connections: []iketest.Connection{connection(t, "vpn.example.com", "P-256")}, scanner: Scanner{Identity: identity.Brief}}
			tt.change(&sc.profile)
			o := sc.scan(t)
			for _, k := range kinds {
				var found *evidence.Habit
				for i, h := range o.Habits {
					if h.Kind == k {
						found = &o.Habits[i]
					}
				}
				if (found != nil) != (k == tt.want) {
					t.Errorf("%v: %+v", k, found)
				}
				if found != nil && (len(found.Exchanges) == 0 || found.Count == 0 || tt.count > 0 && found.Count != tt.count) {
					t.Errorf("%v: %+v", k, found)
				}
			}
			if o.stats.HalfOpen != 0 {
				t.Errorf("%d half-open", o.stats.HalfOpen)
			}
		})
	}
}

// TestScanIdentityNull: a gateway that lets anyone in is found out, and the IKE SA
// deleted; of others nothing is said.
func TestScanIdentityNull(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		auth iketest.AuthReaction
		want identity.State
	}{
		"anyone": {iketest.AuthEstablishes, identity.Seen},
		"nobody": {iketest.AuthFails, identity.Refused},
		"EAP":    {iketest.AuthEAP, identity.Unclear},
		"silent": {iketest.AuthSilent, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			profile := iketest.StrongSwan
			profile.Auth = tt.auth
			o := scene{policy: identityPolicy, profile: profile, scanner: Scanner{Identity: identity.Full}}.scan(t)
			switch r := o.Identity; {
			case tt.auth == iketest.AuthSilent:
				if r != nil && r.Null != nil && r.Null.State == identity.Seen {
					t.Errorf("%+v", r.Null)
				}
			case r == nil || r.Null == nil && tt.auth != iketest.AuthEAP:
				t.Errorf("%+v", r)
			case r.Null != nil && r.Null.State != tt.want:
				t.Errorf("%v, want %v", r.Null.State, tt.want)
			}
			if o.stats.Established != 0 {
				t.Errorf("%d established", o.stats.Established)
			}
		})
	}
}

// TestScanIdentityHybrid: where all suites have an additional key exchange, which comes
// before IKE_AUTH, it is said that the gateway was not asked.
func TestScanIdentityHybrid(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string][2]int{
		"aes256gcm16-prfsha384-ecp384-ke1_mlkem768":          {1, 0},
		"aes256gcm16-prfsha384-ecp384-ke1_none-ke1_mlkem768": {0, 1},
	} {
		o := scene{policy: policy, profile: iketest.StrongSwan, connections: []iketest.Connection{connection(t, "vpn.example.com", "P-256")}, scanner: Scanner{Identity: identity.Brief}}.scan(t)
		if o.Identity == nil || o.Identity.Hybrid != want[0] || len(o.Identity.Identities) != want[1] {
			t.Errorf("%s: %+v, want %v", policy, o.Identity, want)
		}
	}
}
