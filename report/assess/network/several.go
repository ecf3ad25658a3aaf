package network

import (
	"fmt"

	"github.com/ikescope/ikescope/report"
)

// severalFindings are of an address at which more than one gateway answers.
func severalFindings(t *report.Target) []report.Finding {
	s := t.Several
	if s == nil {
		return nil
	}
	seen := "the same suites were refused and accepted, or another key exchange method was asked for"
	if s.ErrorSPIs {
		seen = "some error messages carry a responder SPI, as some programs write them, and others do not"
	}
	if n := len(t.HopLimits); n > 1 {
		seen += fmt.Sprintf("; and answers arrive with %d different hop limits", n)
	}
	return []report.Finding{{
		ID: "PATH-SEVERAL", Severity: report.SeverityMedium,
		Title:    "several gateways answer at this address, and they differ",
		Detail:   "the same request got different answers: " + seen + ". Which one a client gets may change from one connection to the next, and so what it can do",
		Evidence: s.Evidence,
		Fix: []string{
			"give all gateways behind the balancer the same version and configuration",
			"have the balancer choose by the client's address alone, for " + udpNames(t) + " alike",
		},
	}}
}
