package dialog

import (
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/ikev1"
)

// An SA is what was captured of one IKE SA, from its first request on.
type SA struct {
	// Version is the major version, 1 or 2.
	Version int
	// SPIr is the last that the responder named, zero if it named none.
	SPIi, SPIr  ike.SPI
	File        string // of its first message
	First, Last time.Time
	// Until is when the capture ends: the time of its last packet, of whatever
	// kind. It is set by [Tracker.Finish].
	Until time.Time
	// Paths are the addresses and ports between which it spoke, in their order
	// of time. OmittedPaths counts datagrams on further ones.
	Paths        []Path
	OmittedPaths int
	// Exchanges are in their order of time. Each request of IKE_SA_INIT that
	// differs, by a cookie or another KE payload, begins one.
	Exchanges []*Exchange
	// Errors are the ICMP errors that quote its messages, ChildErrors those
	// that quote its ESP or AH.
	Errors, ChildErrors []ICMPError
	// Sent and Received are the packets of its Child SAs from the initiator and
	// to it. They are set by [Tracker.Finish].
	Sent, Received Traffic
	// Omitted counts messages and ICMP errors beyond the bounds. Of messages
	// these are in the middle: how an SA begins and ends is what counts.
	Omitted int
	// Swapped counts messages whose SPIs are the wrong way round, as of a
	// responder that takes its requests for those of another initiator;
	// Misflagged those whose flags are wrong, while their SPIs are right.
	Swapped, Misflagged int
	// Of is the SA that this one most likely came of by rekeying, or nil: the
	// exchange that did it is encrypted.
	Of *SA
	// Next is the SA that the same initiator began after this one, with the
	// same responder or with where it was redirected to, or nil. It is set by
	// [Tracker.Finish].
	Next *SA

	responders []ike.SPI // that were named as SPIr
	sealed     moment    // of the first encrypted message
	isSealed   bool
}

// Traffic is what was captured of Child SAs in one direction.
type Traffic struct {
	ESP, AH     int // packets
	First, Last time.Time
}

// Packets counts them, those of ESP in AH once.
func (t Traffic) Packets() int { return max(t.ESP, t.AH) }

// A Path is a pair of addresses. Sent and Received count datagrams from and to
// the initiator.
type Path struct {
	Initiator, Responder netip.AddrPort
	// NATTraversal: messages have the non-ESP marker, as on UDP port 4500.
	NATTraversal bool
	// TCP: messages are in a TCP stream (RFC 9329).
	TCP            bool
	Sent, Received int
	// Keepalives are those of NAT traversal, of either side.
	Keepalives int

	first moment
}

// Began reports whether the capture holds the beginning of the SA: an
// IKE_SA_INIT, an IKE_SESSION_RESUME, or a first message of IKEv1.
func (sa *SA) Began() bool {
	for _, x := range sa.Exchanges {
		if sa.Version == 1 || x.IsInit() {
			return true
		}
	}
	return false
}

// An Exchange is a request and its response. RFC 7296, Section 1. Of IKEv1 it is
// a message and the one that answers it: Main Mode has three.
type Exchange struct {
	// Version is the SA's, unless the responder answered in another one.
	Version   int
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

// IsInit reports whether x begins an IKE SA of IKEv2: IKE_SA_INIT, or
// IKE_SESSION_RESUME in its place (RFC 5723).
func (x *Exchange) IsInit() bool { return x.Version == 2 && isInit(x.Type) }

// IsAuth reports whether x authenticates an IKE SA of IKEv2: IKE_AUTH, or
// GSA_AUTH in its place (RFC 9838).
func (x *Exchange) IsAuth() bool {
	return x.Version == 2 && (x.Type == ike.IKE_AUTH || x.Type == ike.GSA_AUTH)
}

func isInit(t ike.ExchangeType) bool { return t == ike.IKE_SA_INIT || t == ike.IKE_SESSION_RESUME }

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

// messages returns the request and the responses, as far as they were captured.
func (x *Exchange) messages() []*Message {
	if x.Request == nil {
		return x.Responses
	}
	return append([]*Message{x.Request}, x.Responses...)
}

// First returns the earliest message.
func (x *Exchange) First() *Message {
	all := x.messages()
	earliest := all[0]
	for _, m := range all[1:] {
		if m.moment().before(earliest.moment()) {
			earliest = m
		}
	}
	return earliest
}

// A Message is one request or response, however often it was sent, and in
// however many datagrams.
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
	// Unheeded is how often a request was sent again after its response was
	// captured, so that this cannot have arrived, or not in time.
	Unheeded int
	// Copies counts datagrams that the capture holds more than once.
	Copies int
	// Fragments is how many fragments of RFC 7383 it has, 0 if it is whole, and
	// Captured is how many of them were captured. Of IKEv1 the number is known
	// only with the last fragment.
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
	// of an Encrypted payload are not kept; Sealed is how many these are, even
	// of a message that is not whole.
	Content *ike.Message
	Sealed  int
	// IKEv1 is the message as far as it is in the clear, nil of IKEv2.
	IKEv1 *ikev1.Message
	// Fault says why not all of it can be read.
	Fault error

	seen []sighting // different datagrams
	held int        // what it counts for in Tracker.held
}

// Encrypted reports whether the payloads are.
func (m *Message) Encrypted() bool {
	if m.IKEv1 != nil {
		return m.IKEv1.Encrypted > 0
	}
	if m.Content == nil || len(m.Content.Payloads) == 0 {
		return false
	}
	t := m.Content.Payloads[len(m.Content.Payloads)-1].Type()
	return t == ike.PayloadEncrypted || t == ike.PayloadEncryptedFragment
}

// Whole reports whether all of the message was captured: its IP fragments, its
// fragments of RFC 7383, and what a snapshot length may cut off.
func (m *Message) Whole() bool { return m.Missing == 0 && !m.Lost && m.Captured >= m.Fragments }

func (m *Message) moment() moment { return moment{m.First, m.Packet} }

// moment is when a packet was captured: by its time, or by its number where the
// capture has no times.
type moment struct {
	time   time.Time
	packet int
}

func (m moment) before(o moment) bool {
	if m.time.IsZero() || o.time.IsZero() {
		return m.packet < o.packet
	}
	return m.time.Before(o.time)
}
