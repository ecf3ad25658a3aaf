package path

import (
	"context"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/initiator"
)

// TestInterruptedAnywhere ends the examination of a healthy path with each datagram that
// is sent: nothing is said to be wrong, nothing lost, and no IKE SA is left.
func TestInterruptedAnywhere(t *testing.T) {
	for at, whole := 1, false; !whole; at++ {
		run(t, func(s *scene) {
			s.gateway.Profile = iketest.StrongSwan
			s.serve(gatewayAddr)
			s.network.SetLink(memnet.Link{Delay: 20 * time.Millisecond})
			ctx, cancel := context.WithCancel(s.t.Context())
			defer cancel()
			e := s.examiner()
			sent := 0
			e.Trace = func(d initiator.Datagram) {
				if d.Sent {
					if sent++; sent == at {
						cancel()
					}
				}
			}
			start := time.Now()
			r, err := e.Examine(ctx, Target{Address: gatewayAddr})
			if err != nil {
				t.Errorf("at %d: %v", at, err)
			}
			whole = sent < at
			if r.Complete != whole {
				t.Errorf("at %d: complete: %v", at, r.Complete)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("at %d: took %v", at, took)
			}
			if left := s.gateway.Stats().HalfOpen; left != 0 || r.HalfOpenLeft != 0 {
				t.Errorf("at %d: %d half-open at the gateway, %d told", at, left, r.HalfOpenLeft)
			}
			if len(r.Interference) > 0 || r.Several != nil {
				t.Errorf("at %d: %+v, %+v", at, r.Interference, r.Several)
			}
			for _, p := range r.Ports {
				if p.Lost != 0 || p.State != initiator.PathAnswers && p.State != initiator.PathSilent {
					t.Errorf("at %d: %v, %d lost", at, p.State, p.Lost)
				}
				if p.State == initiator.PathSilent && p.Tries > 0 && p.Detail != "interrupted" {
					t.Errorf("at %d: silent, %q, after %d requests", at, p.Detail, p.Tries)
				}
			}
			if n := r.NAT; n != nil && (n.Forced == No || n.Floats == No || n.Insists == Yes || n.KeepalivesIgnored == No || !n.Supported) {
				t.Errorf("at %d: %+v", at, n)
			}
			if z := r.Size; z != nil && (z.Fragments == No || z.Discovery == BlackHole) {
				t.Errorf("at %d: %+v", at, z)
			}
			if f := r.Fragmentation; f != nil && (f.LargeAnswer == No || f.Works == No) {
				t.Errorf("at %d: %+v", at, f)
			}
		})
		if t.Failed() && at > 60 {
			t.Fatal("it does not end")
		}
	}
}
