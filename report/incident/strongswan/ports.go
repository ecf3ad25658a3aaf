package strongswan

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// byPorts returns whose log it most likely is: a client behind a NAT comes from any
// port, and a client that is no daemon, such as the Android app, has one; who is
// asked has 500 or 4500. "" where both have one of these, or neither.
func byPorts(peer, local string) event.Side {
	switch theirs, ours := known(peer), known(local); {
	case ours && !theirs && strings.HasSuffix(peer, "]"):
		return event.Responder
	case theirs && !ours && strings.HasSuffix(local, "]"):
		return event.Initiator
	}
	return ""
}

// known reports whether an endpoint has a port of IKE (RFC 7296, Section 2).
func known(endpoint string) bool {
	return strings.HasSuffix(endpoint, "[500]") || strings.HasSuffix(endpoint, "[4500]")
}
