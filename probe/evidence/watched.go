package evidence

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// CountWatched returns from how many flows an answer of r would have shown another
// gateway that accepts suite, which is one of the weak: an answer to an offer that
// holds it. What one flow is asked may all go to the same gateway.
func CountWatched(r Result, suite proposals.Suite) int {
	if len(r.Weak) == 0 || r.Matrix == nil {
		return 0
	}
	if state, _ := r.Matrix.State(suite); state != matrix.Refused {
		return 0
	}
	type flow struct {
		transport initiator.Transport
		number    int
	}
	flows := make(map[flow]bool)
	for _, x := range r.Exchanges {
		if !x.Doubtful && x.Type == ike.IKE_SA_INIT && x.Outcome.IsIKEv2() &&
			slices.ContainsFunc(x.Offer, func(p proposals.Product) bool { return p.Contains(suite) }) {
			flows[flow{x.Transport, x.Flow}] = true
		}
	}
	return len(flows)
}
