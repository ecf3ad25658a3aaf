package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/english"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Plan is with what a scan begins. What follows depends on the answers.
type Plan struct {
	Targets []string       `json:"targets"` // as named; names are not resolved
	Suites  int64          `json:"suites"`  // to decide
	Offers  []PlannedOffer `json:"offers"`
}

// PlannedOffer is one IKE_SA_INIT request of a plan.
type PlannedOffer struct {
	Octets    int      `json:"octets"` // of its proposals
	Suites    int64    `json:"suites"`
	Proposals []string `json:"proposals"` // as keywords
}

// NewPlan returns the plan of a scan that asks about universe and begins with
// offers.
func NewPlan(targets []string, universe *matrix.Universe, offers []matrix.Offer) Plan {
	plan := Plan{Targets: append([]string{}, targets...), Suites: universe.Size(), Offers: []PlannedOffer{}}
	for _, offer := range offers {
		out := PlannedOffer{Suites: sizeOf(offer.Products), Proposals: lists.Convert(offer.Products, proposals.Product.String)}
		for _, p := range offer.Products {
			out.Octets += p.Octets()
		}
		plan.Offers = append(plan.Offers, out)
	}
	return plan
}

// WritePlan writes plan as a text to read.
func WritePlan(w io.Writer, plan Plan, o TextOptions) error {
	p := newPage(o)
	line := func(hang int, text string) {
		for _, line := range wrap(Printable(text), p.width, hang) {
			p.wide(line)
		}
	}
	if len(plan.Targets) > 0 {
		line(2, "targets: "+strings.Join(plan.Targets, " "))
	}
	line(0, english.Counted(plan.Suites, "suite", "suites")+" to decide. Each path is asked once with a common offer; then comes what is below, "+
		"each offer in one IKE_SA_INIT request. What follows depends on the answers.")
	for i, offer := range plan.Offers {
		p.wide("")
		line(2, fmt.Sprintf("offer %d of %d: %d octets of proposals, %s", i+1, len(plan.Offers), offer.Octets, english.Counted(offer.Suites, "suite", "suites")))
		for _, proposal := range offer.Proposals {
			for n, words := range wrap(proposal, p.width-4, 0) {
				indent := "  - "
				if n > 0 {
					indent = "    "
				}
				p.wide(indent + words)
			}
		}
	}
	return p.writeTo(w)
}
