package choice

import (
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// TestChoice: the rules one by one, as Choice names them.
func TestChoice(t *testing.T) {
	own := func(rank int, keywords string) OwnProposal { return ordered(rank, mustParse(t, keywords)) }
	const (
		aes = "aes256-sha256-prfsha256-ecp384"
		gcm = "aes256gcm16-prfsha256-ecp384"
	)
	both := "aes256-aes128-sha256-prfsha256-ecp384-ecp256"
	of := func(rule AlgorithmRule, proposals ProposalRule, own ...OwnProposal) Choice {
		c := Choice{Algorithms: rule, Proposals: proposals, FollowsKE: No, Own: own}
		for _, o := range own {
			c.Accepted = append(c.Accepted, o.Product)
		}
		return c
	}
	follows := of(AlgorithmsResponder, ProposalsResponder, own(1, both))
	follows.FollowsKE = Yes
	mayFollow := of(AlgorithmsResponder, ProposalsResponder, own(1, both))
	mayFollow.FollowsKE = Unknown
	unknown := of(AlgorithmsUnknown, ProposalsUnknown)
	unknown.Accepted = []proposals.Product{mustParse(t, both)}
	for _, tt := range []struct {
		name   string
		choice Choice
		offer  string
		ke     ike.KeyExchangeMethod
		want   []string // none: refused
	}{
		{"refused", of(AlgorithmsResponder, ProposalsResponder, own(1, aes)), gcm, 0, nil},
		{"the responder's order of algorithms", of(AlgorithmsResponder, ProposalsResponder, own(1, both)),
			"aes128-aes256-sha256-prfsha256-ecp256-ecp384", 0, []string{aes}},
		{"the initiator's order of algorithms", of(AlgorithmsInitiator, ProposalsResponder, own(1, both)),
			"aes128-aes256-sha256-prfsha256-ecp256-ecp384", 0, []string{"aes128-sha256-prfsha256-ecp256"}},
		{"the responder's order of proposals", of(AlgorithmsResponder, ProposalsResponder, own(1, gcm), own(2, aes)),
			aes + "," + gcm, 0, []string{gcm}},
		{"the initiator's order of proposals", of(AlgorithmsResponder, ProposalsInitiator, own(1, gcm), own(2, aes)),
			aes + "," + gcm, 0, []string{aes}},
		{"of equal rank", of(AlgorithmsResponder, ProposalsResponder, own(1, gcm), own(1, aes)),
			aes + "," + gcm, 0, []string{gcm, aes}},
		{"the first that meets", of(AlgorithmsResponder, ProposalsResponder, own(1, both)),
			"aes128-sha256-prfsha256-ecp256," + aes, 0, []string{"aes128-sha256-prfsha256-ecp256"}},
		{"the best that meets", of(AlgorithmsResponder, ProposalsResponderBest, own(1, both)),
			"aes128-sha256-prfsha256-ecp256," + aes, 0, []string{aes}},
		{"a cipher weighs more than a method", of(AlgorithmsResponder, ProposalsResponderBest, own(1, both)),
			"aes128-sha256-prfsha256-ecp384,aes256-sha256-prfsha256-ecp256", 0, []string{"aes256-sha256-prfsha256-ecp256"}},
		{"the method of the KE payload", follows,
			"aes256-sha256-prfsha256-ecp384-ecp256", ike.KE_ECP_256, []string{"aes256-sha256-prfsha256-ecp256"}},
		{"perhaps the method of the KE payload", mayFollow,
			"aes256-sha256-prfsha256-ecp384-ecp256", ike.KE_ECP_256, []string{aes, "aes256-sha256-prfsha256-ecp256"}},
		{"an unknown rule", unknown,
			"aes128-aes256-sha256-prfsha256-ecp384", 0, []string{"aes128-sha256-prfsha256-ecp384", aes}},
	} {
		offer, err := proposals.ParseProducts(tt.offer)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range tt.choice.OfKE(offer, tt.ke) {
			got = append(got, s.String())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	// Whose method the KE payload has is open: each may be.
	offer, _ := proposals.ParseProducts("aes256-sha256-prfsha256-ecp384-ecp256")
	if got := follows.Of(offer); len(got) != 2 {
		t.Errorf("with any KE payload: %v", got)
	}
}

func mustParse(t *testing.T, s string) proposals.Product {
	t.Helper()
	p, err := proposals.ParseProduct(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
