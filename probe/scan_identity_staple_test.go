package probe

import (
	"testing"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe/identity"
)

// TestScanIdentityStaple: an OCSP response is asked for only where that is wanted, once
// for each certificate, and kept apart from the certificates.
func TestScanIdentityStaple(t *testing.T) {
	t.Parallel()
	c := connection(t, "vpn.example.com", "P-256")
	c.Staple = []byte("response")
	without := connection(t, "vpn.example.com", "P-256")
	for name, tt := range map[string]struct {
		connection iketest.Connection
		asked      bool
		staples    int
	}{
		"not asked":        {c, false, 0},
		"sent":             {c, true, 1},
		"none is sent":     {without, true, 0},
		"not of strangers": {iketest.Connection{Policy: c.Policy, IDType: c.IDType, ID: c.ID, PSK: []byte("secret"), Methods: c.Methods, Staple: c.Staple}, true, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := scene{policy: identityPolicy + "," + otherPolicy, profile: iketest.StrongSwan, connections: []iketest.Connection{tt.connection},
				scanner: Scanner{Identity: identity.Brief, Staple: tt.asked}}.scan(t)
			r := o.Identity.Identities[0]
			if (r.Staple != nil) != (tt.asked && tt.staples >= 0) || len(r.Plain.Staples) > 0 {
				t.Fatalf("%+v", r.Staple)
			}
			if r.Staple == nil {
				return
			}
			if r.Staple.State != identity.Seen || len(r.Staple.Staples) != tt.staples || len(r.Staple.Unread) > 0 || len(r.Staple.Chain) != 1 || tt.staples > 0 && string(r.Staple.Staples[0]) != "response" {
				t.Errorf("%+v", r.Staple)
			}
			n := 0
			for _, reply := range o.Identity.Replies {
				if reply.Question.Staple {
					n++
				}
			}
			if n != 1 || o.stats.HalfOpen != 0 {
				t.Errorf("asked %d times, %d left half-open", n, o.stats.HalfOpen)
			}
		})
	}
}
