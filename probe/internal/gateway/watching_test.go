package gateway

import (
	"fmt"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// TestRefusedOf: it is what was asked about and is not accepted, as far as it fits.
func TestRefusedOf(t *testing.T) {
	m := &matrix.Matrix{
		Asked:    offers.MustParse("aes128-aes256-sha256-prfsha256-modp2048-modp3072"),
		Products: []matrix.Region{{Product: offers.MustParse("aes128-sha256-prfsha256-modp2048")[0]}},
	}
	greeting := offers.MustParse("aes128-aes192-aes256-sha256-prfsha256-modp2048-ecp256")
	k := Known{Oracle: ByForeignKE, Longest: 1000}
	got := k.RefusedOf(m, greeting)
	want := offers.MustParse("aes256-sha256-prfsha256-modp2048")
	if len(got) != 1 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if k.Longest = 100; k.RefusedOf(m, greeting) != nil {
		t.Error("a request that is longer than what was answered")
	}
	k.Longest = 1000
	if got := k.RefusedOf(m, offers.MustParse("aes128-sha256-prfsha256-modp2048")); got != nil {
		t.Errorf("of what is accepted: %v", got)
	}
}

// TestWithWeak: weak suites go beside an offer with methods of their own.
func TestWithWeak(t *testing.T) {
	k := Known{Oracle: ByForeignKE, Longest: 1000}
	weak := offers.MustParse("3des-sha1-prfsha1-modp1024-modp768")
	sent, method, ok := k.WithWeak(offers.MustParse("aes128-sha1-prfsha1-modp1024"), weak)
	if !ok || len(sent) != 2 || proposals.HasKeyExchange(sent[1:], ike.KE_MODP_1024) || !proposals.HasKeyExchange(sent[1:], ike.KE_MODP_768) || proposals.HasKeyExchange(sent, method) {
		t.Errorf("%v with %v, %v", sent, method, ok)
	}
	if _, _, ok := k.WithWeak(offers.MustParse("aes128-sha1-prfsha1-modp1024-modp768"), weak); ok {
		t.Error("none of the weak ones has a method of its own")
	}
}
