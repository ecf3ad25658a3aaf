package scan

import (
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Plan returns the plan of a scan that asks about universe and begins with
// offers.
func Plan(targets []string, universe *matrix.Universe, offers []matrix.Offer) report.Plan {
	plan := report.Plan{Targets: append([]string{}, targets...), Suites: universe.Size(), Offers: []report.PlannedOffer{}}
	for _, offer := range offers {
		out := report.PlannedOffer{Suites: assess.CountSuites(offer.Products), Proposals: lists.Convert(offer.Products, proposals.Product.String)}
		for _, p := range offer.Products {
			out.Octets += p.Octets()
		}
		plan.Offers = append(plan.Offers, out)
	}
	return plan
}
