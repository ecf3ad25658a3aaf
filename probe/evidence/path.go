package evidence

import (
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
)

// Path is one transport to the target.
type Path struct {
	Transport initiator.Transport
	Port      uint16 // UDP port of the gateway
	State     initiator.PathState
	// RTT is the smallest round trip measured; 0 without an answer.
	RTT time.Duration
	// Sent and Received count datagrams.
	Sent, Received int
	// Reporter is who sent the ICMP error, where one came.
	Reporter netip.Addr
	// Detail says in a few words what was seen, where State alone does not.
	Detail string
	// Evidence holds the numbers of the exchanges that show State.
	Evidence []int
}

// NAT is what the NAT_DETECTION notifies of RFC 7296 Section 2.23 told.
type NAT struct {
	// Supported: the gateway sent both notifies.
	Supported        bool
	LocalBehindNAT   bool
	GatewayBehindNAT bool
	// Local is our socket's address. Observed is ours as the gateway sees
	// it, found by trying ports and known addresses against its hash; it is
	// invalid where it was not found.
	Local, Observed netip.AddrPort
	Evidence        []int
}

// Gateway is what accepted answers told beside the suite.
type Gateway struct {
	// VendorIDs in the order seen, each once.
	VendorIDs [][]byte
	// Notifies are the status notifies of an accepted answer, each once,
	// ascending.
	Notifies        []ike.NotifyType
	SignatureHashes []ike.HashAlgorithm
	// Authorities counts the certification authorities of its CERTREQs.
	Authorities int
	// Redirect is where a REDIRECT notify points, printable; else "".
	Redirect string
	Evidence []int
}
