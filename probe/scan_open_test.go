package probe

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/proposals"
)

// neverCloses drops every IKE_AUTH, so that what a scan opens stays open.
var neverCloses = iketest.Faults{Rewrite: func(received []byte, sent [][]byte) [][]byte {
	message, marked := ike.SplitNonESPMarker(received)
	if !marked {
		message = received
	}
	if h, _, _, err := ike.ParseHeader(message); err == nil && h.Exchange == ike.IKE_AUTH {
		return nil
	}
	return sent
}}

// TestScanLeftOpen: a gateway that does not let its half-open IKE SAs be closed
// gets no more than three of them.
func TestScanLeftOpen(t *testing.T) {
	t.Parallel()
	clients := slices.Repeat([]FirstPacket{packet(t, overlapPolicy)}, 5)
	for _, tc := range []struct {
		name     string
		profile  iketest.Profile
		complete bool // all is known that opens nothing
	}{
		{"as the RFC has it", iketest.StrongSwan, true},
		{"only accepted answers", acceptsOnly, false},
		{"a KE payload that was not offered is accepted", with(func(p *iketest.Profile) { p.ForeignKE = iketest.AsAccepted }), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.profile.CookieFrom, tc.profile.BlockFrom = 0, 0
			o := scene{policy: overlapPolicy, profile: tc.profile, faults: neverCloses, link: iketest.Link{Delay: 5 * ms}, scanner: Scanner{Clients: clients}}.scan(t)
			o.notes(t, "3 half-open IKE SAs could not be closed")
			if o.Cost.HalfOpenLeft != 3 || o.stats.HalfOpenPeak > 3 {
				t.Errorf("%d left, the gateway had %d", o.Cost.HalfOpenLeft, o.stats.HalfOpenPeak)
			}
			if tc.complete {
				o.exact(t)
			} else if o.right(t); o.Complete || o.Matrix.Proven {
				t.Error("it counts as complete, or as proven")
			}
			if c := o.Clients[4]; c.State != proposals.NotTested || !strings.Contains(c.Detail, "3 half-open IKE SAs are left") {
				t.Errorf("the last client: %v, %q", c.State, c.Detail)
			}
		})
	}
}
