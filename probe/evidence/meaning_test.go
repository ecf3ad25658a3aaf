package evidence

import (
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// TestMeaning: an answer decides an offer only if it is about the offer.
func TestMeaning(t *testing.T) {
	parse := func(s string) []proposals.Product {
		p, err := proposals.ParseProducts(s)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	suite := func(s string) *proposals.Suite {
		first, _ := parse(s)[0].First()
		return &first
	}
	const (
		two    = "aes256-sha256-prfsha256-modp2048-ecp256"
		one    = "aes256-sha256-prfsha256-ecp256"
		hybrid = "aes256-sha256-prfsha256-ecp256-ke1_mlkem768"
		either = "aes256-sha256-prfsha256-ecp256-ke1_mlkem768-ke1_none"
	)
	for _, tt := range []struct {
		name  string
		offer string
		x     initiator.Exchange
		want  matrix.State
	}{
		{"a suite of the offer", two, initiator.Exchange{Outcome: initiator.Accepted, Suite: suite(one)}, matrix.Accepted},
		{"another suite", two, initiator.Exchange{Outcome: initiator.Accepted, Suite: suite("aes128-sha256-prfsha256-ecp256")}, matrix.NoAnswer},
		{"no suite", two, initiator.Exchange{Outcome: initiator.Accepted}, matrix.NoAnswer},
		{"the additional key exchange left out", hybrid, initiator.Exchange{Outcome: initiator.Accepted, Suite: suite(one)}, matrix.Refused},
		{"the same, as it may be", either, initiator.Exchange{Outcome: initiator.Accepted, Suite: suite(one)}, matrix.Accepted},
		{"asked for a method of the offer", two, initiator.Exchange{Outcome: initiator.InvalidKEPayload, KE: ike.KE_ECP_384, Group: ike.KE_MODP_2048}, matrix.Accepted},
		{"asked for the method that was sent", two, initiator.Exchange{Outcome: initiator.InvalidKEPayload, KE: ike.KE_ECP_256, Group: ike.KE_ECP_256}, matrix.NoAnswer},
		{"asked for what is not offered", two, initiator.Exchange{Outcome: initiator.InvalidKEPayload, KE: ike.KE_ECP_384, Group: ike.KE_ECP_521}, matrix.NoAnswer},
		{"asked for another than the only one", one, initiator.Exchange{Outcome: initiator.InvalidKEPayload, KE: ike.KE_ECP_256, Group: ike.KE_ECP_521}, matrix.Refused},
		{"refused", two, initiator.Exchange{Outcome: initiator.NoProposalChosen}, matrix.Refused},
		{"another error", two, initiator.Exchange{Outcome: initiator.OtherError, Notify: ike.INVALID_SYNTAX}, matrix.NoAnswer},
		{"silence", two, initiator.Exchange{Outcome: initiator.NoAnswer}, matrix.NoAnswer},
	} {
		tt.x.ID = 7
		if got := Meaning(parse(tt.offer), tt.x); got.State != tt.want || got.Exchange != 7 {
			t.Errorf("%s: %v of exchange %d, want %v", tt.name, got.State, got.Exchange, tt.want)
		}
	}
}
