package main

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/places"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/progress"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/targets"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/path"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/report"
)

// TestFollow: redirects are followed from gateway to gateway, three at most, and not
// in a circle.
func TestFollow(t *testing.T) {
	address := func(n int) string { return "198.51.100." + string(rune('0'+n)) }
	for name, tc := range map[string]struct {
		to       map[int]string // of the gateways 1 to 5
		forge    bool
		last     int
		passed   int
		note     string
		findings []string
	}{
		"none":    {last: 1},
		"one":     {to: map[int]string{1: address(2)}, last: 2, passed: 1, findings: []string{"GATEWAY-REDIRECTED"}},
		"three":   {to: map[int]string{1: address(2), 2: address(3), 3: address(4)}, last: 4, passed: 3, findings: []string{"GATEWAY-REDIRECTED"}},
		"four":    {to: map[int]string{1: address(2), 2: address(3), 3: address(4), 4: address(5)}, last: 4, passed: 3, note: "3 were", findings: []string{"GATEWAY-REDIRECT", "GATEWAY-REDIRECTED"}},
		"circle":  {to: map[int]string{1: address(2), 2: address(1)}, last: 2, passed: 1, note: "it leads back to " + address(1), findings: []string{"GATEWAY-REDIRECT", "GATEWAY-REDIRECTED"}},
		"itself":  {to: map[int]string{1: address(1)}, last: 1, note: "it leads back", findings: []string{"GATEWAY-REDIRECT"}},
		"no host": {to: map[int]string{1: "224.0.0.1"}, last: 1, note: `"224.0.0.1" is not the address of a host`, findings: []string{"GATEWAY-REDIRECT"}},
		"a port":  {to: map[int]string{1: "gw2.example:22"}, last: 1, note: `"gw2.example:22" is not a host`, findings: []string{"GATEWAY-REDIRECT"}},
		"no name": {to: map[int]string{1: "\x1b[2J"}, last: 1, note: "is not a host name", findings: []string{"GATEWAY-REDIRECT"}},
		"of IPv6": {to: map[int]string{1: "2001:db8::1"}, last: 1, note: "is not an IPv4 address", findings: []string{"GATEWAY-REDIRECT"}},
		"forged":  {to: map[int]string{1: address(2)}, forge: true, last: 1, note: "does not repeat our nonce", findings: []string{"GATEWAY-REDIRECT"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := memnet.New()
				for n := 1; n <= 5; n++ {
					gateway := &iketest.Responder{Profile: iketest.StrongSwan}
					gateway.Profile.RedirectTo = tc.to[n]
					if tc.forge {
						gateway.Faults.Rewrite = func(_ []byte, sent [][]byte) [][]byte {
							for _, octets := range sent {
								octets[len(octets)-1] ^= 1
							}
							return sent
						}
					}
					var conns [2]net.PacketConn
					for i, port := range []uint16{500, 4500} {
						var err error
						if conns[i], err = network.ListenPacket(netip.AddrPortFrom(netip.MustParseAddr(address(n)), port)); err != nil {
							t.Fatal(err)
						}
						t.Cleanup(func() { conns[i].Close() })
					}
					go gateway.Serve(conns[0], conns[1])
				}
				e := path.Examiner{Brief: true, Listen: func(_ context.Context, _ netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
					return network.ListenPacket(netip.AddrPortFrom(netip.MustParseAddr("192.0.2.10"), source.Port()))
				}}
				var out strings.Builder
				watch := progress.New(&out, progress.Options{Quiet: true})
				j := job{Found: targets.Found{Target: target.Target{Name: "vpn.example", Address: netip.MustParseAddr(address(1))}}}
				got := examineOne(t.Context(), e, following{true, targets.OnlyIPv4}, j, places.New(1), watch)
				if got.Name != "vpn.example" || got.Address != address(tc.last) || len(got.Redirects) != tc.passed || got.Verdict != report.VerdictIKEv2 {
					t.Errorf("%s %s, %+v", got.Address, got.Verdict, got.Redirects)
				}
				for i, r := range got.Redirects {
					if r.Address != address(i+1) || r.To != address(i+2) {
						t.Errorf("%+v", r)
					}
					for _, id := range r.Evidence {
						if !slices.ContainsFunc(got.Exchanges, func(x report.Exchange) bool { return x.ID == id }) {
							t.Errorf("no exchange %d", id)
						}
					}
				}
				if notes := strings.Join(got.Notes, "\n"); (tc.note == "") != !strings.Contains(notes, "not followed") || !strings.Contains(notes, tc.note) || strings.Contains(notes, "\x1b") {
					t.Errorf("notes %q, want %q", notes, tc.note)
				}
				var ids []string
				seen := map[int]bool{}
				for _, f := range got.Findings {
					ids = append(ids, f.ID)
				}
				for _, x := range got.Exchanges {
					if seen[x.ID] {
						t.Errorf("two exchanges %d", x.ID)
					}
					seen[x.ID] = true
				}
				if !slices.Equal(ids, tc.findings) {
					t.Errorf("findings %v, want %v", ids, tc.findings)
				}
			})
		})
	}
}
