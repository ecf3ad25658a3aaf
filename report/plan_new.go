package report

import (
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// NewPlan returns the plan of a scan that asks about universe and begins with
// offers.
func NewPlan(targets []string, universe *matrix.Universe, offers []matrix.Offer) Plan {
	plan := Plan{Targets: append([]string{}, targets...), Suites: universe.Size(), Offers: []PlannedOffer{}}
	for _, offer := range offers {
		out := PlannedOffer{Suites: CountSuites(offer.Products), Proposals: lists.Convert(offer.Products, proposals.Product.String)}
		for _, p := range offer.Products {
			out.Octets += p.Octets()
		}
		plan.Offers = append(plan.Offers, out)
	}
	return plan
}
