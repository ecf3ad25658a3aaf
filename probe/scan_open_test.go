package probe

import (
	"errors"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals/matrix"
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
	clients := slices.Repeat([]initiator.FirstPacket{packet(t, overlapPolicy)}, 5)
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
			o := scene{policy: overlapPolicy, profile: tc.profile, faults: neverCloses, link: memnet.Link{Delay: 5 * ms}, scanner: Scanner{Clients: clients}}.scan(t)
			o.notes(t, evidence.NoteHalfOpenLeft)
			if o.Cost.HalfOpenLeft != 3 || o.stats.HalfOpenPeak > 3 {
				t.Errorf("%d left, the gateway had %d", o.Cost.HalfOpenLeft, o.stats.HalfOpenPeak)
			}
			if tc.complete {
				o.exact(t)
			} else if o.right(t); o.Complete || o.Matrix.Proven {
				t.Error("it counts as complete, or as proven")
			} else if !errors.Is(o.err, ErrHalfOpen) {
				t.Errorf("error %v", o.err)
			}
			if c := o.Clients[4]; c.State != matrix.NotTested || len(c.Notes) != 1 || c.Notes[0].Kind != evidence.ClientHalfOpenLeft || c.Notes[0].Count != 3 {
				t.Errorf("the last client: %v, %+v", c.State, c.Notes)
			}
		})
	}
}

// TestScanOpensLater: a gateway that begins to accept KE payloads that were not
// offered gets no more requests than are on the way then.
func TestScanOpensLater(t *testing.T) {
	t.Parallel()
	const most = 6
	later := with(func(p *iketest.Profile) { p.ForeignKE, p.CookieFrom, p.BlockFrom = iketest.AsAccepted, 0, 0 })
	for from := 5; from < 200; from += 15 {
		o := scene{policy: broadPolicy, later: broadPolicy, profile: iketest.StrongSwan, laterProfile: &later, laterFrom: from, opens: true,
			link: memnet.Link{Delay: 25 * ms}, scanner: Scanner{Exhaustive: true}}.scan(t)
		o.right(t)
		if o.stats.HalfOpenPeak > most || o.stats.HalfOpen != o.Cost.HalfOpenLeft {
			t.Errorf("from %d: the gateway had %d at most, %d in the end; the result says %d are left",
				from, o.stats.HalfOpenPeak, o.stats.HalfOpen, o.Cost.HalfOpenLeft)
		}
	}
}

// TestScanCookieAndAccepted: a gateway that asks for a COOKIE and accepts all the same
// opens an IKE SA for each of the two requests, and both are reported.
func TestScanCookieAndAccepted(t *testing.T) {
	t.Parallel()
	i := slices.IndexFunc(rewriters, func(r rewriter) bool { return r.name == "a COOKIE that changes before each answer" })
	o := oddScene(overlapPolicy, iketest.StrongSwan, 1, rewriters[i].oddity()).scan(t)
	if o.left() == 0 || o.left() != o.Cost.HalfOpenLeft {
		t.Errorf("%d are left, the result says %d", o.left(), o.Cost.HalfOpenLeft)
	}
}
