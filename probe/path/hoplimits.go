package path

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/probe/initiator"
)

// HopLimit is a hop limit with which answers arrived: what the gateway, or who answers in
// its place, sent them with, less the routers on the way back.
type HopLimit struct {
	Limit int
	// Evidence are the numbers of the exchanges.
	Evidence []int
}

// hopLimitsOf returns those of exchanges, but for the ones beside, ascending.
func hopLimitsOf(exchanges []initiator.Exchange, beside []int) []HopLimit {
	var out []HopLimit
	for _, x := range exchanges {
		if x.HopLimit == 0 || slices.Contains(beside, x.ID) {
			continue
		}
		i := slices.IndexFunc(out, func(h HopLimit) bool { return h.Limit == x.HopLimit })
		if i < 0 {
			i, out = len(out), append(out, HopLimit{Limit: x.HopLimit})
		}
		out[i].Evidence = append(out[i].Evidence, x.ID)
	}
	slices.SortFunc(out, func(a, b HopLimit) int { return cmp.Compare(a.Limit, b.Limit) })
	return out
}
