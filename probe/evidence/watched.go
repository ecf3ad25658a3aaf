package evidence

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// CountWatched returns how many answers of r would have shown another gateway that
// accepts suite, which is one of the weak: those to offers that hold it.
func CountWatched(r Result, suite proposals.Suite) int {
	if len(r.Weak) == 0 || r.Matrix == nil {
		return 0
	}
	if state, _ := r.Matrix.State(suite); state != matrix.Refused {
		return 0
	}
	n := 0
	for _, x := range r.Exchanges {
		if !x.Doubtful && x.Type == ike.IKE_SA_INIT && x.Outcome.IsIKEv2() &&
			slices.ContainsFunc(x.Offer, func(p proposals.Product) bool { return p.Contains(suite) }) {
			n++
		}
	}
	return n
}
