package path

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/initiator"
)

// unmarked returns an IKE message as it is on UDP 500.
func unmarked(datagram []byte) []byte {
	if octets, ok := ike.SplitNonESPMarker(datagram); ok {
		return octets
	}
	return datagram
}

// TestInterference: what is done to IKE on the way is named, and told from what looks
// like it.
func TestInterference(t *testing.T) {
	all := []initiator.Transport{initiator.UDP500, initiator.UDP4500}
	type filter = func(from, to netip.AddrPort, datagram []byte) memnet.Verdict
	dropRequests := func(f func(to netip.AddrPort, datagram []byte) bool) filter {
		return func(_, to netip.AddrPort, datagram []byte) memnet.Verdict {
			if to.Addr() == gatewayAddr && f(to, datagram) {
				return memnet.Drop
			}
			return memnet.Pass
		}
	}
	for name, tc := range map[string]struct {
		filter func() filter
		spoil  bool // the SPI of answers
		kind   InterferenceKind
		odd    []Oddity
		on     []initiator.Transport // none for no interference
		size   bool                  // it is measured
	}{
		"none": {size: true},
		"unknown Vendor IDs dropped": {filter: func() filter {
			return dropRequests(func(_ netip.AddrPort, datagram []byte) bool {
				m, _ := ike.ParseMessage(unmarked(datagram))
				_, has := ike.Find[*ike.VendorID](m)
				return has
			})
		}, kind: DropsUnusual, odd: []Oddity{OddVendorID}, on: all[:1]},
		"unknown payloads dropped": {filter: func() filter {
			return dropRequests(func(_ netip.AddrPort, datagram []byte) bool {
				m, _ := ike.ParseMessage(unmarked(datagram))
				_, has := ike.Find[*ike.Unknown](m)
				return has
			})
		}, kind: DropsUnusual, odd: []Oddity{OddPayload}, on: all[:1], size: true},
		"unknown notifies dropped": {filter: func() filter {
			return dropRequests(func(_ netip.AddrPort, datagram []byte) bool {
				m, _ := ike.ParseMessage(unmarked(datagram))
				_, has := m.Notify(unknownNotify)
				return has
			})
		}, kind: DropsUnusual, odd: []Oddity{OddNotify}, on: all[:1], size: true},
		"other versions than 2.0, and transforms of unknown types, dropped": {filter: func() filter {
			return dropRequests(func(_ netip.AddrPort, datagram []byte) bool {
				m, _ := ike.ParseMessage(unmarked(datagram))
				sa, _ := ike.Find[*ike.SA](m)
				return m.MinorVersion != 0 || sa != nil && slices.ContainsFunc(sa.Proposals, func(p ike.Proposal) bool {
					return slices.ContainsFunc(p.Transforms, func(t ike.Transform) bool { return t.Type == ike.TransformADDKE1 })
				})
			})
		}, kind: DropsUnusual, odd: []Oddity{OddMinorVersion, OddKeyExchange}, on: all[:1], size: true},
		"unknown payloads dropped once": {filter: func() filter {
			n := 0
			return dropRequests(func(_ netip.AddrPort, datagram []byte) bool {
				m, _ := ike.ParseMessage(unmarked(datagram))
				_, has := ike.Find[*ike.Unknown](m)
				if has {
					n++
				}
				return has && n <= unusualAttempts
			})
		}, size: true},
		"packets above 560 octets dropped": {filter: func() filter {
			return dropRequests(func(_ netip.AddrPort, datagram []byte) bool {
				h, _, _, err := ike.ParseHeader(unmarked(datagram))
				return err == nil && h.Exchange == ike.IKE_SA_INIT && len(datagram)+28 > 560
			})
		}, kind: DropsLarge, on: all[:1], size: true},
		"a link of 1,000 octets": {filter: func() filter {
			return dropRequests(func(_ netip.AddrPort, datagram []byte) bool { return len(datagram)+28 > 1000 })
		}, size: true},
		"SPIs rewritten": {spoil: true, kind: RewritesSPI, on: all},
		"4 in half a second let through": {filter: func() filter {
			passed := map[netip.AddrPort][]time.Time{}
			return dropRequests(func(to netip.AddrPort, _ []byte) bool {
				now := time.Now()
				recent := slices.DeleteFunc(passed[to], func(at time.Time) bool { return now.Sub(at) >= 400*time.Millisecond })
				if len(recent) < 3 {
					passed[to] = append(recent, now)
					return false
				}
				passed[to] = recent
				return true
			})
		}, kind: LimitsRate, on: all, size: true},
		"each third one lost": {filter: func() filter {
			n := map[netip.AddrPort]int{}
			return dropRequests(func(to netip.AddrPort, _ []byte) bool {
				n[to]++
				return n[to]%3 == 0
			})
		}, size: true},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(s *scene) {
				if tc.spoil {
					s.gateway.Faults.Rewrite = func(_ []byte, sent [][]byte) [][]byte {
						for _, octets := range sent {
							unmarked(octets)[5] ^= 1
						}
						return sent
					}
				}
				s.serve(gatewayAddr)
				if tc.filter != nil {
					s.network.SetFilter(tc.filter())
				}
				e := s.examiner()
				e.SourcePorts = []uint16{}
				e.Probes = 8
				r := s.examine(e)
				var on []initiator.Transport
				var odd []Oddity
				for _, i := range r.Interference {
					if i.Kind != tc.kind || len(tc.on) == 0 {
						t.Errorf("%v over %v", i.Kind, i.Transport)
					}
					if !slices.Contains(on, i.Transport) {
						on = append(on, i.Transport)
					}
					if i.Oddity != NoOddity {
						odd = append(odd, i.Oddity)
					}
					for _, id := range i.Evidence {
						if !slices.ContainsFunc(r.Exchanges, func(x initiator.Exchange) bool { return x.ID == id }) {
							t.Errorf("no exchange %d", id)
						}
					}
				}
				slices.Sort(on)
				slices.Sort(odd)
				if !slices.Equal(odd, tc.odd) {
					t.Errorf("dropped: %v, want %v", odd, tc.odd)
				}
				if !slices.Equal(on, tc.on) {
					t.Errorf("%v over %v, want over %v", tc.kind, on, tc.on)
				}
				if (r.Size != nil) != tc.size {
					t.Errorf("size %+v", r.Size)
				}
				if tc.spoil && r.Answers() {
					t.Error("an answer with another SPI is taken")
				}
			})
		})
	}
}
