package path

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/initiator"
)

// TestLargeAnswer: a gateway for EAP has a large answer, which arrives or does not; of
// another one that is not known.
func TestLargeAnswer(t *testing.T) {
	large := &iketest.Connection{IDType: ike.ID_FQDN, ID: "vpn.example.com", PSK: []byte("secret"), AsksIdentity: true, SendAlways: true,
		Certificates: [][]byte{make([]byte, 3000)}}
	small := &iketest.Connection{IDType: ike.ID_FQDN, ID: "vpn.example.com", PSK: []byte("secret"), AsksIdentity: true}
	drop := func(longest int) func(from, to netip.AddrPort, datagram []byte) memnet.Verdict {
		return func(from, _ netip.AddrPort, datagram []byte) memnet.Verdict {
			if from.Addr() == gatewayAddr && len(datagram) > longest {
				return memnet.Drop
			}
			return memnet.Pass
		}
	}
	for name, tc := range map[string]struct {
		identity *iketest.Connection
		longest  int // answer that arrives, in octets
		plain    bool
		large    Answer
		supports bool
		splits   bool
	}{
		"arrives":                     {large, 1 << 16, false, Yes, true, false},
		"is dropped":                  {large, 1472, false, No, true, false},
		"is dropped, no RFC 7383":     {large, 1472, true, No, false, false},
		"is dropped, but for pieces":  {large, 1472, false, No, true, true},
		"arrives, and in pieces":      {large, 1 << 16, false, Yes, true, true},
		"there is a small one":        {small, 1472, false, Unknown, true, true},
		"there is none":               {nil, 1472, false, Unknown, true, true},
		"all of IKE_AUTH are dropped": {large, 60, false, Unknown, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(s *scene) {
				if tc.identity != nil {
					s.gateway.Connections = []iketest.Connection{*tc.identity}
				}
				if tc.plain {
					s.gateway.Profile.Notifies = nil
				}
				if !tc.splits {
					s.gateway.Profile.FragmentSize = 0
				}
				s.serve(gatewayAddr)
				if tc.longest > 100 {
					s.network.SetFilter(drop(tc.longest))
				} else {
					s.network.SetFilter(func(from, _ netip.AddrPort, datagram []byte) memnet.Verdict {
						octets, marked := ike.SplitNonESPMarker(datagram)
						if !marked {
							octets = datagram
						}
						if h, _, _, err := ike.ParseHeader(octets); err == nil && from.Addr() == gatewayAddr && h.Exchange == ike.IKE_AUTH {
							return memnet.Drop
						}
						return memnet.Pass
					})
				}
				r := s.examine(s.examiner())
				f := r.Fragmentation
				if f == nil || f.LargeAnswer != tc.large || f.Supported != tc.supports || (f.Works == Yes) != (tc.splits && tc.large != Unknown) || (f.Octets > 3000) != (tc.large == Yes) {
					t.Fatalf("%+v", f)
				}
				if tc.large == No && tc.supports && !tc.splits && f.Works != No {
					t.Errorf("%+v: it splits nothing", f)
				}
				for _, id := range f.Evidence {
					if !slices.ContainsFunc(r.Exchanges, func(x initiator.Exchange) bool { return x.ID == id }) {
						t.Errorf("no exchange %d", id)
					}
				}
				if tc.longest > 100 && (r.HalfOpenLeft != 0 || s.gateway.Stats().HalfOpen != 0) {
					t.Errorf("%d left, the gateway has %+v", r.HalfOpenLeft, s.gateway.Stats())
				}
			})
		})
	}
}
