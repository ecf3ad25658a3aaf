package probe

import (
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/evidence"
)

// TestScanTime: where the rate allows it, the matrix of a typical gateway 50 ms
// away is known within a second, which is twenty round trips, and nothing of
// that comes from asking so much at a time that the gateway resists. The time is
// the bubble's, so that it does not depend on the machine.
func TestScanTime(t *testing.T) {
	t.Parallel()
	libreswan := "-prfsha512-prfsha256-ecp256-ecp384-ecp521-x25519-modp4096-modp3072-modp2048-modp8192"
	for _, tc := range []struct {
		name, policy string
		profile      iketest.Profile
		whole        time.Duration // with the order of preference
	}{
		{"strongSwan, hardened", "aes256gcm16-prfsha384-ecp384,aes256-sha256-prfsha256-modp2048", iketest.StrongSwan, 1400 * ms},
		{"libreswan's default", "aes256gcm16-aes128gcm16" + libreswan + ",chacha20poly1305" + libreswan + ",aes256-aes128-sha512-sha256" + libreswan, iketest.Libreswan, 1800 * ms},
		{"OpenIKED's default", broadPolicy, iketest.OpenIKED, 2000 * ms},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := scene{policy: tc.policy, profile: tc.profile, link: memnet.Link{Delay: 25 * ms}, scanner: Scanner{Rate: 500}}.scan(t)
			o.exact(t)
			o.clean(t)
			var known time.Duration
			for _, x := range o.Exchanges {
				if x.Purpose == evidence.PurposeMatrix {
					known = max(known, x.Sent.Add(x.RTT).Sub(o.Started))
				}
			}
			t.Logf("the matrix after %v, all after %v; %d exchanges", known, o.Cost.Elapsed, o.Cost.Exchanges)
			if known > time.Second {
				t.Errorf("the matrix took %v", known)
			}
			if o.Cost.Elapsed > tc.whole {
				t.Errorf("the scan took %v", o.Cost.Elapsed)
			}
			if o.stats.Cookies != 0 || o.Cost.Retransmits != 0 {
				t.Errorf("%d cookies, %d retransmits", o.stats.Cookies, o.Cost.Retransmits)
			}
		})
	}
}

// TestScanSlowPath: on a path slower than the first timeout, which loses nothing, hardly
// a request is sent again, and it is not said that any was lost.
func TestScanSlowPath(t *testing.T) {
	t.Parallel()
	for name, sc := range map[string]scene{
		"path":    {link: memnet.Link{Delay: 750 * ms}},
		"gateway": {link: memnet.Link{Delay: 10 * ms}, faults: iketest.Faults{Delay: 1500 * ms}},
	} {
		sc.policy, sc.profile = smallPolicy, iketest.StrongSwan
		o := sc.scan(t)
		o.exact(t)
		if n, slowed := find(o.Notes, evidence.NoteSlowed); slowed || o.Cost.Retransmits > 4 {
			t.Errorf("%s: %d requests sent again, note %+v", name, o.Cost.Retransmits, n)
		}
		t.Logf("%s: %d exchanges in %v", name, o.Cost.Exchanges, o.Cost.Elapsed)
	}
}
