package dialog

import (
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// An SA is what was captured of one IKE SA, from its first request on.
type SA struct {
	// Version is the major version, 1 or 2.
	Version int
	// SPIr is the last that the responder named, zero if it named none.
	SPIi, SPIr  ike.SPI
	File        string // of its first message
	First, Last time.Time
	// Paths are the addresses and ports between which it spoke, in their order
	// of time.
	Paths []Path
	// Exchanges are in their order of time. Each request of IKE_SA_INIT that
	// differs, by a cookie or another KE payload, begins one.
	Exchanges []*Exchange
	// Errors are the ICMP errors that quote its messages.
	Errors []ICMPError
	// ESPSent and ESPReceived count the ESP packets, in UDP or not, from the
	// initiator and to it, that followed its IKE_AUTH on the same addresses.
	ESPSent, ESPReceived int
	// Omitted counts messages and ICMP errors beyond the bounds. Of messages
	// these are in the middle: how an SA begins and ends is what counts.
	Omitted int
	// Of is the SA that this one most likely came of by rekeying, or nil: the
	// exchange that did it is encrypted.
	Of *SA
}

// A Path is a pair of addresses. Sent and Received count datagrams from and to
// the initiator.
type Path struct {
	Initiator, Responder netip.AddrPort
	// NATTraversal: messages have the non-ESP marker, as on UDP port 4500.
	NATTraversal   bool
	Sent, Received int
	// Keepalives are those of NAT traversal, of either side.
	Keepalives int
}

// Began reports whether the capture holds the beginning of the SA: an
// IKE_SA_INIT, or a first message of IKEv1.
func (sa *SA) Began() bool {
	for _, x := range sa.Exchanges {
		if sa.Version == 1 || x.Type == ike.IKE_SA_INIT {
			return true
		}
	}
	return false
}

// An Exchange is a request and its response. RFC 7296, Section 1.
type Exchange struct {
	Type      ike.ExchangeType
	MessageID uint32
	// ByInitiator: the request is the original initiator's.
	ByInitiator bool
	// Request is nil if it was not captured.
	Request *Message
	// Responses are the different ones, in their order of time. There is more
	// than one only where a message was forged, or where the responder did not
	// repeat its octets.
	Responses []*Message
}

// Response returns the response that counts, or nil if none was captured: the
// first that chooses a proposal, for anyone may send an error (RFC 7296,
// Section 2.21.1), else the last.
func (x *Exchange) Response() *Message {
	var last *Message
	for _, m := range x.Responses {
		if m.Content != nil {
			if _, ok := ike.Find[*ike.SA](m.Content); ok {
				return m
			}
		}
		last = m
	}
	return last
}

// A Message is one request or response, however often it was sent, and in
// however many datagrams. Of IKEv1 it is all that one side sent in an exchange.
type Message struct {
	File                string // of the first datagram, as the following
	Packet              int
	First, Last         time.Time
	Source, Destination netip.AddrPort
	Marked              bool // with the non-ESP marker
	// Octets is the size of the IKE message: of one in fragments of RFC 7383
	// the sum of those captured.
	Octets int
	// Sent is how often it was sent: 1 and the retransmissions, whose octets
	// are the same.
	Sent int
	// Copies counts datagrams that the capture holds more than once.
	Copies int
	// Fragments is how many fragments of RFC 7383 it has, 0 if it is whole, and
	// Captured is how many of them were captured.
	Fragments, Captured int
	// Variants counts datagrams that should repeat the message, and differ.
	Variants int
	// IPFragments is the most IP packets that a datagram of it came in.
	IPFragments int
	// Lost: no datagram of it was captured with all its IP fragments.
	Lost bool
	// Missing is how many octets the capture cut off, or lost with IP fragments.
	Missing int
	// Content is the message as far as it can be read, nil of IKEv1. The octets
	// of an Encrypted payload are not kept; Sealed is how many these were.
	Content *ike.Message
	Sealed  int
	// Error is what an IKEv1 notify that is not encrypted says, 0 if there is
	// none. RFC 2408, Section 3.14.1.
	Error uint16
	// Fault says why not all of it can be read.
	Fault error

	seen []sighting // different datagrams
	held int        // what it counts for in Tracker.held
}

// Encrypted reports whether the payloads are.
func (m *Message) Encrypted() bool {
	if m.Content == nil || len(m.Content.Payloads) == 0 {
		return false
	}
	t := m.Content.Payloads[len(m.Content.Payloads)-1].Type()
	return t == ike.PayloadEncrypted || t == ike.PayloadEncryptedFragment
}
