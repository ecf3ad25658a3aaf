package dialog

import (
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
)

// A Datagram is a captured IKE message.
type Datagram struct {
	File                string    // the capture's, "" where there is one only
	Packet              int       // its number in the capture
	Time                time.Time // zero if unknown
	Source, Destination netip.AddrPort
	// Marked: it had the non-ESP marker, as all have that use NAT traversal.
	Marked bool
	// Octets are the IKE message, without the non-ESP marker. They are not
	// kept.
	Octets []byte
	// Missing is how many octets at its end the capture cut off.
	Missing int
	// Fragments is how many IP packets it came in. Where Lost is set, these are
	// not all, and what they would hold counts as Missing.
	Fragments int
	Lost      bool
}

// An ICMPError quotes a datagram that could not be delivered.
type ICMPError struct {
	File     string
	Packet   int
	Time     time.Time
	Error    icmp.Error
	Reporter netip.Addr
	// Source and Destination are those of the datagram.
	Source, Destination netip.AddrPort
	// Octets are what is quoted of the datagram's payload. They are not kept.
	Octets []byte
}

// Kind is what a datagram between IKE ports holds.
type Kind int

const (
	Other     Kind = iota // none of the others
	IKE                   // an IKE message of version 1 or 2
	ESP                   // an ESP packet in UDP (RFC 3948, Section 2.1)
	Keepalive             // a NAT keepalive (RFC 3948, Section 2.3)
)

const nattPort = 4500

// Classify says what a datagram holds, and returns the IKE message in it
// without the non-ESP marker, which stands before all of them on port 4500,
// and on other ports only where these are used for NAT traversal.
func Classify(source, destination netip.AddrPort, payload []byte) (Kind, []byte) {
	natt := source.Port() == nattPort || destination.Port() == nattPort
	if ike.IsKeepalive(payload) {
		return Keepalive, nil
	}
	if message, ok := ike.SplitNonESPMarker(payload); ok {
		if isMessage(message) {
			return IKE, message
		}
		return Other, nil
	}
	if !natt && isMessage(payload) {
		return IKE, payload
	}
	// SPI, Sequence Number, and an integrity checksum of at least 8 octets.
	const leastESP = 16
	if natt && len(payload) >= leastESP {
		return ESP, nil
	}
	return Other, nil
}

// isMessage reports whether octets begin with a header of IKEv1 or IKEv2,
// which share one.
func isMessage(octets []byte) bool {
	h, _, length, err := ike.ParseHeader(octets)
	return err == nil && h.SPIi != ike.SPI{} && length >= ike.HeaderLen && (h.MajorVersion == 1 || h.MajorVersion == 2)
}
