package incident

import (
	"net/netip"
	"strings"
)

// besideIt returns what the lines show beside a cause, or leave open.
func (a *Attempt) besideIt(id string, e *Event) []string {
	switch sent := a.words["peer-id"]; {
	case id == "traffic-selectors" && a.Established:
		return []string{"another Child SA of this connection came up: only this one was refused"}
	case id == "no-config" && (sent == "%any" || sent == "0.0.0.0"):
		return []string{"the client sends the identity " + sent + ", which is none: its own ID or address is not set"}
	case id == "cert-untrusted" && e.arg("id") != "" && e.arg("cert") == "":
		return []string{"or the certificate does not have the name " + e.arg("id") + ": the line does not tell the two apart"}
	case id == "path-lost":
		if at, err := netip.ParseAddr(a.Peer); err == nil && at.Is6() || err != nil && strings.Count(a.Peer, ":") > 2 {
			return []string{"the address is one of IPv6: IPv4 may still work, by which a new connection would come up"}
		}
	}
	return nil
}

// unfit reports whether a fix proposes what the lines show to be so already.
func (a *Attempt) unfit(line string) bool {
	switch {
	case strings.HasPrefix(line, "fragmentation"):
		return a.says("N(FRAG_SUP)")
	case strings.HasPrefix(line, "dpd"): // it sent requests, and missed the answers
		return a.Cause.Event.Kind == Again || a.Cause.Event.Kind == Gone
	}
	return false
}
