package matrix_test

import (
	"fmt"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// A planner finds out what a gateway accepts from yes and no alone. Here the
// gateway is a policy of two proposals; in a scan Ask sends each offer.
func ExamplePlanner() {
	policy, err := proposals.ParseProducts("aes256gcm16-prfsha384-ecp384,aes256-aes128-sha256-prfsha256-modp2048-ecp256")
	if err != nil {
		fmt.Println(err)
		return
	}
	asked := 0
	answer := func(o matrix.Offer) matrix.Answer {
		asked++
		for _, own := range policy {
			for _, offered := range o.Products {
				if both, ok := own.Intersect(offered); ok {
					// INVALID_KE_PAYLOAD names the method of what was chosen.
					return matrix.Answer{State: matrix.Accepted, KE: both[proposals.KE][0], Exchange: asked}
				}
			}
		}
		return matrix.Answer{State: matrix.Refused, Exchange: asked}
	}
	m := matrix.Planner{
		Universe: matrix.Classical(),
		Ask: func(offers []matrix.Offer) []matrix.Answer {
			var answers []matrix.Answer
			for _, o := range offers {
				answers = append(answers, answer(o))
			}
			return answers
		},
	}.Run()

	fmt.Println(m.Accepted, "accepted and", m.Refused, "refused of", m.Universe)
	fmt.Println("proven:", m.Proven)
	for _, r := range m.Products {
		fmt.Println(r.Product, r.Basis)
	}
	fmt.Println("fewer than 100 offers:", asked < 100)
	// Output:
	// 5 accepted and 60745 refused of 60750
	// proven: true
	// aes256gcm16-prfsha384-ecp384 observed
	// aes128-aes256-sha256-prfsha256-modp2048-ecp256 observed
	// fewer than 100 offers: true
}

// What one policy allows and another does not.
func ExampleDifference() {
	old, err := proposals.ParseProducts("aes256-aes128-sha256-sha1-prfsha256-modp2048-ecp256")
	if err != nil {
		fmt.Println(err)
		return
	}
	now, err := proposals.ParseProducts("aes256-aes128-sha256-prfsha256-modp2048-ecp256,aes256-sha1-prfsha256-modp2048")
	if err != nil {
		fmt.Println(err)
		return
	}
	gone, err := matrix.Difference(old, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range gone {
		fmt.Println(p, p.Size())
	}
	// Output:
	// aes128-sha1-prfsha256-modp2048-ecp256 2
	// aes256-sha1-prfsha256-ecp256 1
}
