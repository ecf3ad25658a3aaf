package choice_test

import (
	"fmt"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
)

// A responder that prefers AES-256-GCM, in its own order, meets a client that
// offers AES-128-GCM first.
func ExampleChoice_OfKE() {
	own, err := proposals.ParseProduct("aes256gcm16-aes128gcm16-prfsha384-ecp384-ecp256")
	if err != nil {
		fmt.Println(err)
		return
	}
	c := choice.Choice{
		Accepted:   []proposals.Product{own},
		Algorithms: choice.AlgorithmsResponder,
		Proposals:  choice.ProposalsResponder,
		FollowsKE:  choice.No,
		Own: []choice.OwnProposal{{
			Rank: 1, Product: own,
			// Its order of methods is known for the first one alone.
			Ordered: [proposals.NumAxes]int{proposals.ENCR: 2, proposals.PRF: 1, proposals.KE: 1},
		}},
	}
	for _, text := range []string{
		"aes128gcm16-aes256gcm16-prfsha384-ecp256-ecp384",
		"aes128gcm16-prfsha384-ecp256,aes256gcm16-prfsha384-ecp256",
		"aes256-sha256-prfsha256-ecp256",
	} {
		offer, err := proposals.ParseProducts(text)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(c.OfKE(offer, ike.KE_ECP_256))
	}
	// Output:
	// [aes256gcm16-prfsha384-ecp384]
	// [aes128gcm16-prfsha384-ecp256]
	// []
}

// The answers are those of a responder with two proposals, which takes the first
// that meets the offer, by its own order of algorithms.
func ExampleLearner() {
	policy, err := proposals.ParseProducts("aes256gcm16-prfsha384-ecp384-x25519,aes128-sha256-prfsha256-modp2048")
	if err != nil {
		fmt.Println(err)
		return
	}
	answer := func(q choice.Question) choice.Pick {
		for _, own := range policy {
			for _, offered := range q.Offer {
				both, ok := own.Intersect(offered)
				if !ok {
					continue
				}
				suite, _ := both.First()
				pick := choice.Pick{KE: proposals.MethodOf(suite[proposals.KE])}
				if pick.KE == q.KE { // else INVALID_KE_PAYLOAD names the method alone
					pick.Suite = &suite
				}
				return pick
			}
		}
		return choice.Pick{}
	}
	asked := 0
	learnt, top := choice.Learner{
		Accepted: policy,
		Most:     40,
		Ask: func(questions []choice.Question) []choice.Pick {
			asked += len(questions)
			var picks []choice.Pick
			for _, q := range questions {
				picks = append(picks, answer(q))
			}
			return picks
		},
	}.Learn()
	fmt.Println("algorithms by the order of the", learnt.Algorithms)
	fmt.Println("proposals by the order of the", learnt.Proposals)
	fmt.Println("follows the KE payload:", learnt.FollowsKE)
	for _, own := range learnt.Own {
		fmt.Println(own.Rank, own.Product)
	}
	fmt.Println("chosen from all of it:", top)
	fmt.Println(asked <= 40)
	// Output:
	// algorithms by the order of the responder
	// proposals by the order of the responder
	// follows the KE payload: no
	// 1 aes256gcm16-prfsha384-ecp384-x25519
	// 2 aes128-sha256-prfsha256-modp2048
	// chosen from all of it: aes256gcm16-prfsha384-ecp384
	// true
}
