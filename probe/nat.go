package probe

import (
	"net/netip"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
)

// detectNAT compares the NAT_DETECTION hashes of an accepted answer with those
// of the addresses that we see (RFC 7296, Section 2.23).
func (s *scan) detectNAT(a initiator.Answer) {
	nat := s.result.NAT
	if nat == nil {
		nat = &evidence.NAT{Local: a.Local}
		s.result.NAT = nat
	}
	nat.Evidence = append(nat.Evidence, a.ID)
	seen, ok := a.Message.NATDetection()
	if !ok {
		return
	}
	nat.Supported = true
	if seen.SenderBehindNAT(s.conn.Remote(a.Transport)) {
		nat.GatewayBehindNAT = true
	}
	if seen.SentTo(a.Local) {
		return
	}
	nat.LocalBehindNAT = true
	if !nat.Observed.IsValid() { // with our address known or guessed, the hash shows the port
		nat.Observed, _ = seen.FindDestination(append([]netip.Addr{nat.Local.Addr()}, s.Outside...)...)
	}
}
