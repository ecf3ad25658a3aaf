package text

import (
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// Plan writes plan as a text to read.
func Plan(w io.Writer, plan report.Plan, o Options) error {
	p := newPage(o)
	line := func(hang int, text string) {
		for _, line := range layout.Wrap(printable.Text(text), p.Width, hang) {
			p.Wide(line)
		}
	}
	if len(plan.Targets) > 0 {
		line(2, "targets: "+strings.Join(plan.Targets, " "))
	}
	line(0, english.Counted(plan.Suites, "suite", "suites")+" to decide. Each path is asked once with a common offer; then come the offers below, "+
		"each in one IKE_SA_INIT request. What follows depends on the answers.")
	for i, offer := range plan.Offers {
		p.Wide("")
		line(2, fmt.Sprintf("offer %d of %d: %d octets of proposals, %s", i+1, len(plan.Offers), offer.Octets, english.Counted(offer.Suites, "suite", "suites")))
		for _, proposal := range offer.Proposals {
			if p.names != "" { // else as --suite takes it
				proposal = p.names.Text(proposal)
			}
			for n, words := range layout.Wrap(proposal, p.Width-4, 0) {
				indent := "  - "
				if n > 0 {
					indent = "    "
				}
				p.Wide(indent + words)
			}
		}
	}
	return p.Print(w)
}
