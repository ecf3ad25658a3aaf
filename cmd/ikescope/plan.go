package main

import (
	"io"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/documents"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/scan"
	"github.com/ikescope/ikescope/report/text"
)

// plan writes the offers with which a scan begins. Names are not resolved,
// since that sends datagrams too.
func (a *app) plan(o *scanOptions, args []string) error {
	s, _, endpoints, err := o.asked(args, a.in)
	if err != nil {
		return err
	}
	if o.to.HasOther(documents.TextOrJSON) {
		return usagef("--plan: is written as %s", english.List(documents.TextOrJSON, "or"))
	}
	universe := s.Universe
	if universe == nil {
		universe = matrix.Standard()
	}
	var targets []string
	for _, e := range endpoints {
		targets = append(targets, e.Text)
	}
	plan := scan.Plan(targets, universe, s.Plan())
	return a.print(&o.printOptions, documents.Writers(plan, func(w io.Writer, look text.Options) error {
		return text.Plan(w, plan, look)
	}))
}
