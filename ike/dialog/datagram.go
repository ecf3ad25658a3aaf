package dialog

import (
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/ike/ikev1"
)

// A Datagram is a captured IKE message.
type Datagram struct {
	File                string    // the capture's, "" where there is one only
	Packet              int       // its number in the capture
	Time                time.Time // zero if unknown
	Source, Destination netip.AddrPort
	// Marked: it had the non-ESP marker, as all have that use NAT traversal.
	Marked bool
	// TCP: it came in a TCP stream (RFC 9329), in which all are marked.
	TCP bool
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

// A ChildPacket is one of ESP, in UDP or not, or of AH: what a Child SA
// carries.
type ChildPacket struct {
	Packet              int // its number in the capture
	Time                time.Time
	Source, Destination netip.AddrPort // the ports are 0 without UDP
	SPI                 uint32
	AH                  bool
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
	// Child: it quotes a packet of ESP or AH, with this SPI.
	Child bool
	SPI   uint32
	// Times is how often the like of it was captured, 1 where that is not
	// counted.
	Times int
}

// Kind is what a datagram between IKE ports holds.
type Kind int

const (
	Other     Kind = iota // none of the others
	IKE                   // an IKE message of version 1 or 2
	ESP                   // an ESP packet in UDP (RFC 3948, Section 2.1)
	Keepalive             // a NAT keepalive (RFC 3948, Section 2.3)
	Malformed             // an IKE header whose initiator SPI is zero
)

const nattPort = 4500

// Classify says what a datagram holds, and returns the IKE message in it
// without the non-ESP marker, which stands before all of them on port 4500,
// and on other ports only where these are used for NAT traversal.
func Classify(source, destination netip.AddrPort, payload []byte) (Kind, []byte) {
	if ike.IsKeepalive(payload) {
		return Keepalive, nil
	}
	forms := [][]byte{payload}
	behindMarker, marked := ike.SplitNonESPMarker(payload)
	if source.Port() == nattPort || destination.Port() == nattPort {
		// SPI, Sequence Number, and an integrity checksum of at least 8 octets.
		const leastESP = 16
		if !marked {
			if len(payload) >= leastESP {
				return ESP, nil
			}
			return Other, nil
		}
		forms = forms[:0]
	}
	if marked {
		forms = append(forms, behindMarker)
	}
	// Where there may be a marker, and need not, an SPI may begin with four
	// zero octets, too: the length of the message decides.
	for _, message := range forms {
		if isMessage(message) && fits(message) {
			return IKE, message
		}
	}
	for _, message := range forms {
		if isMessage(message) {
			return IKE, message
		}
	}
	for _, message := range forms {
		if hasHeader(message) && fits(message) {
			return Malformed, nil
		}
	}
	return Other, nil
}

// ServedPort returns the port of the responder, if a datagram is a whole IKE
// message of a known exchange, with or without the non-ESP marker. It is for
// ports that are not those of IKE.
func ServedPort(source, destination netip.AddrPort, payload []byte) (port uint16, ok bool) {
	message := payload
	if behind, marked := ike.SplitNonESPMarker(payload); marked && !(isMessage(payload) && fits(payload)) {
		message = behind
	}
	if !isMessage(message) || !fits(message) {
		return 0, false
	}
	h, _, _, _ := ike.ParseHeader(message)
	if h.MajorVersion == 1 {
		// Only the first message shows the sides.
		known := h.Exchange >= ikev1.Base && h.Exchange <= ikev1.NewGroupMode && h.Flags < 8
		return destination.Port(), known && h.SPIr == ike.SPI{}
	}
	const flags = ike.FlagInitiator | ike.FlagVersion | ike.FlagResponse
	ok = h.Exchange >= ike.IKE_SA_INIT && h.Exchange <= ike.IKE_FOLLOWUP_KE && h.Flags&^flags == 0
	if h.Flags&ike.FlagInitiator == 0 {
		return source.Port(), ok
	}
	return destination.Port(), ok
}

// hasHeader reports whether octets begin with a header of IKEv1 or IKEv2, which
// share one.
func hasHeader(octets []byte) bool {
	h, _, length, err := ike.ParseHeader(octets)
	return err == nil && length >= ike.HeaderLen && (h.MajorVersion == 1 || h.MajorVersion == 2)
}

// isMessage reports whether octets begin with an IKE message: the initiator's
// SPI "MUST NOT be zero" (RFC 7296, Section 3.1).
func isMessage(octets []byte) bool {
	h, _, _, _ := ike.ParseHeader(octets)
	return hasHeader(octets) && h.SPIi != ike.SPI{}
}

// fits reports whether a header's Length is that of the octets.
func fits(octets []byte) bool {
	_, _, length, err := ike.ParseHeader(octets)
	return err == nil && uint64(length) == uint64(len(octets))
}
