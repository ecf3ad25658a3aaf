package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/proposals"
)

// printPlan writes the offers with which a scan begins. Names are not resolved,
// since that sends datagrams too.
func printPlan(w io.Writer, s probe.Scanner, endpoints []probe.Endpoint) error {
	universe := s.Universe
	if universe == nil {
		universe = proposals.Standard()
	}
	offers := s.Plan()
	var b bytes.Buffer
	if len(endpoints) > 0 {
		var names []string
		for _, e := range endpoints {
			names = append(names, e.Text)
		}
		fmt.Fprintf(&b, "targets: %s\n", strings.Join(names, " "))
	}
	fmt.Fprintf(&b, "%s to decide. Each path is asked once with a common offer; then comes what is below,\n"+
		"each offer in one IKE_SA_INIT request. What follows depends on the answers.\n", suiteCount(universe))
	for i, offer := range offers {
		octets := 0
		for _, p := range offer.Products {
			octets += p.Octets()
		}
		suites, err := proposals.NewUniverse(offer.Products...)
		if err != nil {
			return fmt.Errorf("offer %d: %w", i+1, err)
		}
		fmt.Fprintf(&b, "\noffer %d of %d: %d octets of proposals, %s\n", i+1, len(offers), octets, suiteCount(suites))
		for _, p := range offer.Products {
			fmt.Fprintf(&b, "  %s\n", p)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

func suiteCount(u *proposals.Universe) string {
	if u.Size() == 1 {
		return "1 suite"
	}
	return fmt.Sprintf("%d suites", u.Size())
}
