package remedy

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
)

// nearest returns the suite of able that is nearest to one of reference, and
// the axes on which it differs. Of those with the least that is weak it is one
// with the fewest changes, and of those the best choice by
// [baseline.PreferSuite]. It reports false if able is empty.
func nearest(able, reference []proposals.Product) (proposals.Suite, []proposals.Axis, bool) {
	if len(reference) == 0 {
		reference = []proposals.Product{{}} // from which everything differs
	}
	type candidate struct {
		suite   proposals.Suite
		changes []proposals.Axis
	}
	var best candidate
	found := false
	for _, p := range able {
		for _, q := range reference {
			var c candidate
			c.suite, c.changes = align(p, q)
			if !found || cmp.Or(
				cmp.Compare(baseline.SuiteSoundness(c.suite), baseline.SuiteSoundness(best.suite)),
				cmp.Compare(len(best.changes), len(c.changes)),
				baseline.PreferSuite(c.suite, best.suite),
			) > 0 {
				best, found = c, true
			}
		}
	}
	return best.suite, best.changes, found
}

// align returns a suite of p as sound as p has one, of those one with the
// fewest algorithms that q does not have, and of those the best choice by
// [baseline.Prefer], and the axes where it differs from q.
func align(p, q proposals.Product) (s proposals.Suite, changes []proposals.Axis) {
	soundest := baseline.Sound
	for _, axis := range judged {
		best := 0
		for _, a := range p.On(axis) {
			best = max(best, baseline.Soundness(a))
		}
		soundest = min(soundest, best)
	}
	for axis := proposals.ENCR; axis < proposals.NumAxes; axis++ {
		theirs := q.On(axis)
		ours := slices.DeleteFunc(slices.Clone(p.On(axis)), func(a proposals.Algorithm) bool { return baseline.Soundness(a) < soundest })
		common := slices.DeleteFunc(slices.Clone(ours), func(a proposals.Algorithm) bool { return !slices.Contains(theirs, a) })
		if len(common) == 0 {
			common = ours
			changes = append(changes, axis)
		}
		s[axis] = slices.MaxFunc(common, baseline.Prefer)
	}
	return s, changes
}

// judged are the axes on which algorithms can be weak.
var judged = []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE}
