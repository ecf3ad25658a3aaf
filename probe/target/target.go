package target

import (
	"net/netip"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Target is one address to scan, and how the user named it.
type Target struct {
	Name    string
	Address netip.Addr
	// Paths say which ports the responder has; nil means the assigned ones.
	Paths initiator.Paths
	// Prior are answers of an earlier scan, of exchanges that decide their
	// offers, which this one goes on from. Its exchanges are numbered from FirstExchange, 0 meaning 1.
	Prior         []matrix.Asked
	FirstExchange int
	// Inside is the private address that it has behind NAT; empty where it is not known.
	Inside []netip.Addr
	// RedirectedFrom is the gateway that redirected us to this one (RFC 5685); invalid
	// if none did.
	RedirectedFrom netip.Addr
}

// Transports returns those of t to try: if its IKE port is that of NAT
// traversal, there is only one.
func (t Target) Transports() []initiator.Transport {
	if t.Paths.Port(initiator.UDP500) == t.Paths.Port(initiator.UDP4500) {
		return []initiator.Transport{initiator.UDP4500}
	}
	return []initiator.Transport{initiator.UDP500, initiator.UDP4500}
}
