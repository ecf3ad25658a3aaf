package assess

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report"
)

// reading is how many proposals of an offer, and transforms of a type in each, a
// gateway reads or takes; 0 is no limit that is known.
type reading struct{ proposals, transforms int }

func readingOf(t *report.Target) reading {
	var r reading
	for _, h := range t.Habits {
		switch h.Kind {
		case report.HabitProposals:
			r.proposals = h.Count
		case report.HabitTransforms:
			r.transforms = h.Count
		}
	}
	return r
}

// of returns what is within the limits of an offer, and whether that is less than
// all of it. The gateway may go by that, or refuse the whole for its length.
func (r reading) of(offer []proposals.Product) (within []proposals.Product, less bool) {
	within = slices.Clone(offer)
	if r.proposals > 0 && len(within) > r.proposals {
		within, less = within[:r.proposals], true
	}
	if r.transforms == 0 {
		return within, less
	}
	for i, p := range within {
		for axis, list := range p {
			if len(list) > r.transforms {
				p[axis], less = list[:r.transforms], true
			}
		}
		within[i] = p
	}
	return within, less
}
