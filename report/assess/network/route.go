package network

import (
	"fmt"

	"github.com/ikescope/ikescope/report"
)

// filterFix says where to look for what filters requests over a transport, "" where
// the routers on the way do not show it.
func filterFix(t *report.Target, transport report.Transport) string {
	for _, r := range t.Routes {
		if r.Control || r.Transport != transport || r.FilteredAfter == nil {
			continue
		}
		port := report.Path{Transport: r.Transport, Port: r.Port}.Name()
		if n := *r.FilteredAfter; n > 0 && n <= len(r.Hops) {
			return fmt.Sprintf("look for the filter at the router %s (hop %d) or right behind it: requests to %s are not reported further on, others are", r.Hops[n-1].Router, n, port)
		}
		return "look for the filter on this machine or at the first router: no other one reports requests to " + port
	}
	return ""
}

// filterFixes are those of all transports.
func filterFixes(t *report.Target) []string {
	var out []string
	for _, p := range t.Paths {
		if fix := filterFix(t, p.Transport); fix != "" {
			out = append(out, fix)
		}
	}
	return out
}
