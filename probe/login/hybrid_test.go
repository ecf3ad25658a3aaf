package login

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// TestHybrid: additional key exchanges come before each method, at a gateway that takes no
// suite without them, also where its answers are fragmented.
func TestHybrid(t *testing.T) {
	const one, two = "aes256gcm16-prfsha384-x25519-ke1_mlkem768", "aes256-sha384-prfsha384-ecp384-ke1_mlkem768-ke2_mlkem1024"
	byCert := func(s *scene) { s.client.Credentials = certified(newSigner(s.t, newKey(s.t), s.ca, "client", nil)) }
	for _, tt := range []struct {
		name, suite  string
		set          func(*scene)
		want         string
		intermediate int
	}{
		{"PSK, one", one, func(s *scene) { s.client.Credentials = psk("it") }, wellDirect, 1},
		{"PSK, two", two, func(s *scene) { s.client.Credentials = psk("it") }, wellDirect, 2},
		{"PSK wrong", one, func(s *scene) { s.client.Credentials = psk("other") }, "negotiate+ authenticate-auth-refused", 1},
		{"certificate, one", one, byCert, wellDirect, 1},
		{"MSCHAPv2, two", two, func(s *scene) { s.client.Credentials = user(MSCHAPv2, "carol", "Ar3etTnp") }, wellEAP, 2},
		{"fragments", two, func(s *scene) {
			s.gateway.Profile.FragmentSize = 600
			s.client.Credentials = user(MSCHAPv2, "carol", "Ar3etTnp")
		}, wellEAP, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				products, err := proposals.ParseProducts(tt.suite)
				if err != nil {
					t.Fatal(err)
				}
				s.gateway.Policy = []ike.Proposal{products[0].Proposal(1)}
				tt.set(s)
				r := s.login(t.Context())
				n := 0
				for _, x := range r.Exchanges {
					if x.Type == ike.IKE_INTERMEDIATE {
						n++
					}
				}
				stats := s.gateway.Stats()
				if got := told(r); got != tt.want || n != tt.intermediate || stats.HalfOpen+stats.Established != 0 {
					t.Errorf("%s after %d IKE_INTERMEDIATE, want %s after %d; %d IKE SAs are left", got, n, tt.want, tt.intermediate, stats.HalfOpen+stats.Established)
				}
				if tt.name == "fragments" && !slices.ContainsFunc(s.gateway.Profile.Notifies, func(n ike.Notify) bool { return n.Notification == ike.IKEV2_FRAGMENTATION_SUPPORTED }) {
					t.Error("the gateway does not announce fragmentation")
				}
			})
		})
	}
}
