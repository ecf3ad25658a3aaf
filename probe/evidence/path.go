package evidence

import (
	"bytes"
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
)

// Path is one transport to the target.
type Path struct {
	Transport initiator.Transport
	Port      uint16 // of the gateway
	State     initiator.PathState
	// RTT is the smallest round trip measured; 0 without an answer.
	RTT time.Duration
	// Sent and Received count messages: one in fragments of IKE counts once.
	Sent, Received int
	// Reporter is who sent the ICMP error, where one came.
	Reporter netip.Addr
	// Detail says in a few words what was seen, where State alone does not.
	Detail string
	// Evidence holds the numbers of the exchanges that show State.
	Evidence []int
}

// NAT is what the NAT_DETECTION notifies of RFC 7296 Section 2.23 showed.
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

// Add compares the NAT_DETECTION hashes of an accepted answer from an address with those
// of the addresses that we see, and of those outside that a NAT before us may have (RFC
// 7296, Section 2.23).
func (n *NAT) Add(a initiator.Answer, from netip.AddrPort, outside []netip.Addr) {
	n.Evidence = append(n.Evidence, a.ID)
	seen, ok := a.Message.NATDetection()
	if !ok {
		return
	}
	n.Supported = true
	if seen.SenderBehindNAT(from) {
		n.GatewayBehindNAT = true
	}
	if seen.SentTo(a.Local) {
		return
	}
	n.LocalBehindNAT = true
	if !n.Observed.IsValid() { // with our address known or guessed, the hash shows the port
		n.Observed, _ = seen.FindDestination(append([]netip.Addr{n.Local.Addr()}, outside...)...)
	}
}

// Gateway is what accepted answers showed beside the suite.
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

// Add adds what an accepted answer says of the gateway.
func (g *Gateway) Add(a initiator.Answer) {
	g.Evidence = append(g.Evidence, a.ID)
	for _, p := range a.Message.Payloads {
		switch p := p.(type) {
		case *ike.VendorID:
			if !slices.ContainsFunc(g.VendorIDs, func(v []byte) bool { return bytes.Equal(v, p.Data) }) {
				g.VendorIDs = append(g.VendorIDs, p.Data)
			}
		case *ike.CertReq:
			g.Authorities = max(g.Authorities, len(p.Hashes()))
		case *ike.Notify:
			if !p.Notification.IsError() && !slices.Contains(g.Notifies, p.Notification) {
				g.Notifies = append(g.Notifies, p.Notification)
			}
			if hashes, ok := p.SignatureHashes(); ok {
				g.SignatureHashes = hashes
			}
		}
	}
	slices.Sort(g.Notifies)
}

// PathOf returns what the answer to a question over t shows of the path.
func PathOf(t initiator.Transport, a initiator.Answer) Path {
	p := Path{Transport: t, Detail: a.Detail}
	if a.ID != 0 {
		p.Evidence = []int{a.ID}
	}
	if a.Blocked != nil {
		p.Reporter = a.Blocked.Reporter
	}
	switch {
	case a.Outcome.IsIKEv2(), a.Outcome == initiator.Malformed && a.Message != nil: // its header is right
		p.State = initiator.PathAnswers
	case a.Outcome == initiator.Echo, a.Outcome == initiator.NotIKE, a.Outcome == initiator.Malformed:
		p.State = initiator.PathNotIKE
	case a.Outcome == initiator.Unreachable && a.Blocked != nil:
		p.State = a.Blocked.State
		p.Detail = a.Blocked.Detail
	case a.Outcome == initiator.Unreachable:
		p.State = initiator.PathError
	case a.Blocked != nil && a.Blocked.State == initiator.PathOpen:
		p.State, p.Detail = initiator.PathOpen, a.Blocked.Detail
	default:
		p.State = initiator.PathSilent
	}
	return p
}

// VerdictOf sums up the paths: one that answers decides, then one on which
// something else speaks, then what ICMP says.
func VerdictOf(paths []Path) Verdict {
	v := VerdictNoAnswer
	for _, p := range paths {
		if p.Transport.IsTCP() && len(paths) > 1 && p.State != initiator.PathAnswers {
			continue // most gateways have no IKE on TCP
		}
		switch p.State {
		case initiator.PathAnswers:
			return VerdictIKEv2
		case initiator.PathNotIKE:
			v = VerdictNotIKE
		case initiator.PathPortUnreachable, initiator.PathAdminProhibited, initiator.PathError:
			if v == VerdictNoAnswer {
				v = VerdictUnreachable
			}
		}
	}
	return v
}
