package probe

import (
	"net/netip"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
)

// detectNAT compares the NAT_DETECTION hashes of an accepted answer with those
// of the addresses that we see (RFC 7296, Section 2.23).
func (s *scan) detectNAT(a initiator.Answer) {
	sources := a.Message.NATDetectionHashes(ike.NAT_DETECTION_SOURCE_IP)
	destinations := a.Message.NATDetectionHashes(ike.NAT_DETECTION_DESTINATION_IP)
	nat := s.result.NAT
	if nat == nil {
		nat = &evidence.NAT{Local: s.conn.Local()}
		s.result.NAT = nat
	}
	nat.Evidence = append(nat.Evidence, a.ID)
	if len(sources) == 0 || len(destinations) == 0 {
		return
	}
	destination := destinations[0]
	nat.Supported = true
	hash := func(addr netip.AddrPort) [20]byte {
		return ike.NATDetectionHash(a.Message.SPIi, a.Message.SPIr, addr)
	}
	// "If none of the NAT_DETECTION_SOURCE_IP payloads received match the
	// expected value of the source IP and port found from the IP header of
	// the packet, the other end is behind a NAT"
	if !slices.Contains(sources, hash(s.conn.Remote(a.Transport))) {
		nat.GatewayBehindNAT = true
	}
	if destination == hash(nat.Local) {
		return
	}
	nat.LocalBehindNAT = true
	if nat.Observed.IsValid() {
		return
	}
	// The hash is of our address and port as the gateway sees them. With the
	// address known or guessed, 65,536 hashes give the port.
	for _, addr := range append([]netip.Addr{nat.Local.Addr()}, s.Outside...) {
		for port := 1; port <= 65535; port++ {
			if seen := netip.AddrPortFrom(addr, uint16(port)); destination == hash(seen) {
				nat.Observed = seen
				return
			}
		}
	}
}
