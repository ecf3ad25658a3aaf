package path

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path/hops"
	"github.com/ikescope/ikescope/probe/path/mapping"
)

// Result is what was found of the way to one address.
type Result struct {
	Address netip.Addr
	Started time.Time
	// Complete is false where ctx ended before everything was asked.
	Complete bool
	Ports    []Port // in the order of [Examiner.Transports]
	Size     *Size  // nil where it was not measured
	// Routes are those of UDP 500 and UDP 4500, in this order, with Examiner.Hops, and
	// where both end in silence that of a port to compare with.
	Routes []*hops.Route
	NAT    *NAT // nil where no IKE SA could be opened, which it takes
	// Fragmentation is nil like NAT.
	Fragmentation *Fragmentation
	// Notifies are the status notifies of an accepted answer, each once, in its
	// order, and VendorIDs those of all answers.
	Notifies  []ike.NotifyType
	VendorIDs [][]byte
	Versions  Versions
	// Redirect is where the gateway sends us (RFC 5685); nil if it does not.
	Redirect *Redirect
	// Interference is what is done to IKE on the way.
	Interference []Interference
	// Refuses: the gateway refused the common suites of the requests. That is no
	// fault of the path.
	Refuses bool
	// HopLimits are those with which answers arrived, where the system says.
	HopLimits []HopLimit
	// Several is why the answers are of more than one gateway; nil if they may be of
	// one.
	Several   *Several
	Exchanges []initiator.Exchange // by number
	// Beside are the numbers of those with other gateways, which say what they see in
	// the place of our port.
	Beside  []int
	Cost    initiator.Cost
	Elapsed time.Duration
	// HalfOpenPeak counts the IKE SAs that were open at once, and HalfOpenLeft
	// those that are left: there was nothing to end them with, or the gateway ended none
	// of several, which losses do not explain.
	HalfOpenPeak, HalfOpenLeft int
	// HalfOpenEvidence are the numbers of the exchanges that opened those that are left,
	// and HalfOpenUnconfirmed of those that may be open or not: an answer may have been
	// lost, or they are of IKEv1, where gateways need not answer what ends one.
	HalfOpenEvidence, HalfOpenUnconfirmed []int
}

// Redirect is where a gateway sends us, instead of an answer.
type Redirect struct {
	// To is an address, or a name as the gateway wrote it, of any octets.
	To string
	// RepeatsNonce: it holds our nonce, as it has to, so that it is of someone who has
	// seen our request (RFC 5685, Section 3).
	RepeatsNonce bool
	// Evidence is the number of the exchange.
	Evidence int
}

// Reason says more of a path than its state.
type Reason uint8

const (
	NoReason Reason = iota
	// NoRoute: a router, or our own host, has no route.
	NoRoute
	// NoHost: a router did not find the address on its link.
	NoHost
	// NoHostOnLink: our own host did not find it on its link.
	NoHostOnLink
	// FilteredHere: our own host does not let the request out.
	FilteredHere
	// OtherAddress: the answers come from another address or port than the one
	// asked, so that no client takes them.
	OtherAddress
	// ClosesAfterPrefix: the gateway closes the TCP connection when it has read the
	// stream prefix (RFC 9329).
	ClosesAfterPrefix
	// TLS: what answers on the TCP port speaks TLS.
	TLS
)

var reasons = [...]string{
	NoReason:          "",
	NoRoute:           "no_route",
	NoHost:            "no_host",
	NoHostOnLink:      "no_host_on_link",
	FilteredHere:      "filtered_here",
	OtherAddress:      "other_address",
	ClosesAfterPrefix: "closes_after_prefix",
	TLS:               "tls",
}

// String returns the reason as the JSON document writes it.
func (r Reason) String() string {
	if int(r) < len(reasons) {
		return reasons[r]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// Seen is what requests from one of our ports to one of the gateway's met.
type Seen struct {
	State  initiator.PathState
	Reason Reason
	// Reporter sent the ICMP error; invalid if none came, or the kernel does not
	// say.
	Reporter netip.Addr
	// From is where answers came from with the reason OtherAddress.
	From netip.AddrPort
	// Detail says in a few printable words what was seen, where the rest does not.
	Detail string
	// Tries counts the requests, those sent again too, Answered those that were
	// answered, and Lost those that were not, on a path that answers.
	Tries, Answered, Lost int
	// RTT are the round trips of requests that were sent once.
	RTT RTT
	// Evidence are the numbers of the exchanges.
	Evidence []int
}

// RTT sums up round trips; zero without any.
type RTT struct{ Min, Median, Max time.Duration }

// Port is a port of the gateway.
type Port struct {
	Transport initiator.Transport
	Port      uint16
	// Seen is from a port of ours that the system chose, or the one that the
	// Examiner names.
	Seen
	// Sources are further ports of ours.
	Sources []Source
}

// Source is a port of ours.
type Source struct {
	Port uint16
	Seen
	// Err is why it could not be opened, and Holder the program that has it, where
	// the system says so; nil and "" if it was.
	Err    error
	Holder string
}

// Size is what the path does with large packets.
type Size struct {
	// MTU is the largest IP packet that got through whole, in octets; 0 if none of
	// those tried did. It is no larger than that of our own interface.
	MTU int
	// Discovery is whether what is too large is reported.
	Discovery Discovery
	// Reporter sent the ICMP error, with DiscoveryWorks.
	Reporter netip.Addr
	// Fragments says whether a request in IP fragments was answered.
	Fragments Answer
	// Evidence are the numbers of the exchanges.
	Evidence []int

	vanishes int // the smallest IP packet that did not get through whole, in octets
}

// Discovery is whether path MTU discovery can work (RFC 1191, RFC 8201).
type Discovery uint8

const (
	// DiscoveryUnneeded: what our interface sends gets through.
	DiscoveryUnneeded Discovery = iota
	// DiscoveryWorks: a router reports what is too large.
	DiscoveryWorks
	// BlackHole: what is too large vanishes.
	BlackHole
	// DiscoveryUnknown: what is too large was not answered, and what is not was not
	// answered reliably either.
	DiscoveryUnknown
)

var discoveries = [...]string{DiscoveryUnneeded: "unneeded", DiscoveryWorks: "works", BlackHole: "black_hole", DiscoveryUnknown: "unknown"}

// String returns the word as the JSON document writes it.
func (d Discovery) String() string {
	if int(d) < len(discoveries) {
		return discoveries[d]
	}
	return fmt.Sprintf("Discovery(%d)", uint8(d))
}

// NAT is what the NAT_DETECTION notifies say (RFC 7296, Section 2.23).
type NAT struct {
	// Supported: the gateway sent both notifies.
	Supported                        bool
	LocalBehindNAT, GatewayBehindNAT bool
	// Local is our socket. Observed is what the gateway sees in its place, by the
	// transport asked over, where it was found.
	Local    netip.AddrPort
	Observed map[initiator.Transport]netip.AddrPort
	// GatewayInside is the private address, of IPv4, that the gateway has behind NAT,
	// and its port there, where that was found.
	GatewayInside netip.AddrPort
	// Mapping says whether NAT in front of us has one mapping for both ports of the
	// gateway (RFC 4787, Section 4.1).
	Mapping Mapping
	// Behavior is that of the mapping, with other gateways; nil where we are not behind
	// NAT.
	Behavior *mapping.Seen
	// Outside are the addresses that were given of NAT in front of us.
	Outside []netip.Addr
	// Floats says whether the gateway goes on over UDP 4500 with an IKE SA that
	// began on UDP 500.
	Floats Answer
	// Lifetime is that of a mapping of NAT in front of us; nil where it was not asked for.
	Lifetime *Lifetime
	// Forced says whether the gateway takes a request whose source hash is of no
	// address, by which clients force UDP encapsulation, and Insists whether it takes
	// none without NAT detection.
	Forced, Insists Answer
	// KeepalivesIgnored says whether a NAT keepalive is answered by silence, as it
	// should be (RFC 3948, Section 4).
	KeepalivesIgnored Answer
	// Evidence are the numbers of the exchanges.
	Evidence []int
}

// Mapping is how NAT maps our port.
type Mapping uint8

const (
	MappingUnknown Mapping = iota
	// MappingSame: UDP 500 and UDP 4500 see one port of ours.
	MappingSame
	// MappingPerDestination: they see two.
	MappingPerDestination
)

// Answer is yes, no, or not known.
type Answer uint8

const (
	Unknown Answer = iota
	Yes
	No
)

// String returns the answer as the JSON document writes it.
func (a Answer) String() string {
	switch a {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// Versions are those of IKE.
type Versions struct {
	// MainMode and AggressiveMode are those of IKEv1.
	MainMode, AggressiveMode Mode
	// Higher is what came of a request of a higher major version than 2.
	Higher Higher
}

// Mode is whether an exchange of IKEv1 is answered.
type Mode struct {
	State Answer
	// PreSharedKey: the suite that the gateway chose is authenticated by a
	// pre-shared key.
	PreSharedKey bool
	// Detail says in a few printable words what was seen.
	Detail string
	// Evidence is the number of the exchange, 0 if it was not asked.
	Evidence int
}

// Higher is what a gateway does with a higher major version.
type Higher uint8

const (
	HigherUnknown Higher = iota // silence, or another answer
	// HigherRefused: by INVALID_MAJOR_VERSION (RFC 7296, Section 2.5).
	HigherRefused
	// HigherTaken: it is answered as if it were IKEv2.
	HigherTaken
)

// OnlyIKEv1 reports whether IKEv1 takes a suite, and IKEv2 is not answered or refuses
// the common suites.
func (r Result) OnlyIKEv1() bool {
	return (r.Versions.MainMode.State == Yes || r.Versions.AggressiveMode.State == Yes) && (r.Refuses || !r.Answers())
}

// Answers reports whether an IKEv2 responder answers on any port.
func (r Result) Answers() bool {
	for _, p := range r.Ports {
		if p.State == initiator.PathAnswers {
			return true
		}
	}
	return false
}
