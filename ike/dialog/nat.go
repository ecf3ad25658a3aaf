package dialog

import (
	"net/netip"

	"github.com/ikescope/ikescope/ike"
)

// NAT is what the NAT detection of IKE_SA_INIT, or of IKEv1, shows, by comparing its hashes
// with the addresses that were captured. RFC 7296, Section 2.23; RFC 3947.
type NAT struct {
	// Supported says which sides sent the notifies.
	Supported [2]bool // initiator, responder
	// Initiator and Responder are behind NAT, or pretend to be so that ESP goes
	// in UDP.
	Initiator, Responder bool
}

// NAT compares the NAT detection of the first messages with their
// addresses. It reports false if there is none.
func (sa *SA) NAT() (NAT, bool) {
	var n NAT
	for _, x := range sa.Exchanges {
		if x.Version == 2 && !x.IsInit() {
			continue
		}
		if m := x.Request; m != nil && x.ByInitiator {
			source, destination, ok := m.natDetection()
			n.Supported[0] = n.Supported[0] || ok
			n.Initiator = n.Initiator || ok && !source
			n.Responder = n.Responder || ok && !destination
		}
		if m := x.Response(); m != nil && x.ByInitiator {
			source, destination, ok := m.natDetection()
			n.Supported[1] = n.Supported[1] || ok
			n.Responder = n.Responder || ok && !source
			n.Initiator = n.Initiator || ok && !destination
		}
	}
	return n, n.Supported[0] || n.Supported[1]
}

// natDetection reports whether the hashes of m are of the addresses with which
// it was captured. It is not ok if m lacks any. "There MAY be multiple
// NAT_DETECTION_SOURCE_IP payloads": one that fits is enough.
func (m *Message) natDetection() (source, destination, ok bool) {
	if m.IKEv1 != nil {
		return m.IKEv1.NATDetection(m.Source, m.Destination)
	}
	if m.Content == nil {
		return false, false, false
	}
	var sources, destinations int
	for _, p := range m.Content.Payloads {
		n, isNotify := p.(*ike.Notify)
		if !isNotify {
			continue
		}
		hash, isHash := n.NATDetection()
		if !isHash {
			continue
		}
		fits := func(a netip.AddrPort) bool {
			return hash == ike.NATDetectionHash(m.Content.SPIi, m.Content.SPIr, a)
		}
		if n.Notification == ike.NAT_DETECTION_SOURCE_IP {
			sources++
			source = source || fits(m.Source)
		} else {
			destinations++
			destination = destination || fits(m.Destination)
		}
	}
	return source, destination, sources > 0 && destinations > 0
}
