package path

import (
	"net/netip"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
)

// TestRedirect: where a gateway sends us is kept, with whether it read our request, and
// the next gateway is told who sent us.
func TestRedirect(t *testing.T) {
	for _, to := range []string{"198.51.100.8", "2001:db8::8", "gw2.example"} {
		run(t, func(s *scene) {
			s.gateway.Profile.RedirectTo = to
			s.serve(gatewayAddr)
			r := s.examine(s.examiner())
			if r.Redirect == nil || r.Redirect.To != to || !r.Redirect.RepeatsNonce || r.Redirect.Evidence == 0 {
				t.Errorf("%+v, want %s", r.Redirect, to)
			}
			if !r.Answers() || r.HalfOpenLeft != 0 {
				t.Errorf("%v, %d left", states(r), r.HalfOpenLeft)
			}
		})
	}
	run(t, func(s *scene) {
		var from []netip.Addr
		supported, whole := 0, 0
		s.serve(gatewayAddr)
		s.network.SetFilter(func(_, to netip.AddrPort, datagram []byte) memnet.Verdict {
			if len(datagram) == 1500-28 {
				whole++
			}
			if m, err := ike.ParseMessage(datagram); err == nil && to == netip.AddrPortFrom(gatewayAddr, 500) && m.Exchange == ike.IKE_SA_INIT {
				if n, ok := m.Notify(ike.REDIRECTED_FROM); ok {
					gw, _ := n.Redirect()
					from = append(from, gw.Addr)
				}
				if _, ok := m.Notify(ike.REDIRECT_SUPPORTED); ok {
					supported++
				}
			}
			return memnet.Pass
		})
		r, err := s.examiner().Examine(s.t.Context(), Target{Address: gatewayAddr, RedirectedFrom: otherAddr})
		if err != nil || r.Redirect != nil || !r.Answers() {
			t.Errorf("%+v, %v", r.Redirect, err)
		}
		if r.Size == nil || whole == 0 || r.Size.MTU != 1500 || r.Size.Discovery != DiscoveryUnneeded {
			t.Errorf("size %+v", r.Size)
		}
		if len(from) < 5 || from[0] != otherAddr {
			t.Errorf("told %v, want %v", from, otherAddr)
		}
		if supported != 1 { // that of IKE version 3, which is of another version
			t.Errorf("%d requests claim REDIRECT_SUPPORTED beside", supported)
		}
	})
}

// TestForgedRedirect: a REDIRECT without our nonce is shown as such.
func TestForgedRedirect(t *testing.T) {
	run(t, func(s *scene) {
		s.gateway.Profile.RedirectTo = "gw2.example"
		s.gateway.Faults.Rewrite = func(_ []byte, sent [][]byte) [][]byte {
			for _, octets := range sent {
				octets[len(octets)-1] ^= 1 // the last one of the nonce
			}
			return sent
		}
		s.serve(gatewayAddr)
		if r := s.examine(s.examiner()); r.Redirect == nil || r.Redirect.RepeatsNonce {
			t.Errorf("%+v", r.Redirect)
		}
	})
}
