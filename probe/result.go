package probe

import (
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Transport is a way to reach a gateway's IKE responder.
type Transport uint8

const (
	UDP500  Transport = iota // plain IKE, RFC 7296 Section 2
	UDP4500                  // behind the non-ESP marker, RFC 3948 Section 2.2
)

// String returns the transport as the JSON document writes it.
func (t Transport) String() string {
	if t == UDP4500 {
		return "udp4500"
	}
	return "udp500"
}

// Verdict is the one word on a target.
type Verdict uint8

const (
	VerdictNoAnswer    Verdict = iota // silence on every path
	VerdictIKEv2                      // an IKEv2 responder answered
	VerdictUnreachable                // ICMP errors, and no answer
	VerdictNotIKE                     // something answered that is not an IKEv2 responder
	VerdictError                      // the scan could not be done, see Result.Err
)

// String returns the verdict as the JSON document writes it.
func (v Verdict) String() string {
	return [...]string{"no_answer", "ikev2", "unreachable", "not_ike", "error"}[v]
}

// PathState is what a path to the gateway does.
type PathState uint8

const (
	PathSilent PathState = iota
	PathAnswers
	PathPortUnreachable
	PathAdminProhibited
	PathNotIKE
	PathError
)

// String returns the state as the JSON document writes it.
func (s PathState) String() string {
	return [...]string{"silent", "answers", "port_unreachable", "admin_prohibited", "not_ike", "error"}[s]
}

// Path is one transport to the target.
type Path struct {
	Transport Transport
	Port      uint16 // UDP port of the gateway
	State     PathState
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

// Preference is how the gateway chooses, as far as it was seen.
type Preference struct {
	// KE lists key exchange methods, most preferred first: in the order in
	// which the gateway chooses them from what it accepts, if those that it
	// chose are offered no more. It is empty where the initiator's order
	// decides.
	KE []ike.KeyExchangeMethod
	// KEComplete: KE holds every accepted method, not only the first ones.
	KEComplete bool
	// Decides is whose order counts within a proposal: "gateway", "initiator",
	// or "" where that was not seen.
	Decides string
	// Proposals is how it comes to one of several proposals, and Own are its
	// own ones, as [choice.Choice] has them.
	Proposals choice.ProposalRule
	Own       []choice.OwnProposal
	// FollowsKE says whether it prefers suites with the method of the KE
	// payload.
	FollowsKE choice.Known
	// Suite is the suite chosen from an offer of everything accepted that
	// fits one request and that this scanner can compute.
	Suite    *proposals.Suite
	Evidence []int
}

// Outcome is how an exchange ended.
type Outcome uint8

const (
	NotTried         Outcome = iota // nothing was sent
	NoAnswer                        // every try was met with silence
	Accepted                        // the gateway chose a suite
	InvalidKEPayload                // a suite is acceptable; Group is its method
	NoProposalChosen                // no suite of the offer is acceptable
	CookieLoop                      // a second COOKIE for an answer that held the first
	OtherError                      // another error notify, see Detail
	Malformed                       // an answer with our SPI that breaks RFC 7296
	Echo                            // our own octets came back
	NotIKE                          // the answers are not IKEv2
	Unreachable                     // an ICMP error, see Detail
)

// String returns the outcome as the JSON document writes it.
func (o Outcome) String() string {
	return [...]string{"not_tried", "no_answer", "accepted", "invalid_ke_payload", "no_proposal_chosen",
		"cookie_loop", "other_error", "malformed", "echo", "not_ike", "unreachable"}[o]
}

// Exchange is one request with its retries and its answer: the evidence.
type Exchange struct {
	ID        int // from 1; also the last two octets of the request's initiator SPI
	Transport Transport
	Type      ike.ExchangeType
	// Purpose says what the exchange was for: "reach", "matrix", "control",
	// "detail", "client" or "close".
	Purpose string
	// Offer is empty for exchanges other than IKE_SA_INIT.
	Offer []proposals.Product
	KE    ike.KeyExchangeMethod // of our KE payload
	// Outcome, with Detail in words where it needs some (printable).
	Outcome Outcome
	Detail  string
	Group   ike.KeyExchangeMethod // of INVALID_KE_PAYLOAD
	Suite   *proposals.Suite      // of an accepted answer
	// Decides is what the matrix takes from it: Refused if its offer is,
	// silence being a refusal perhaps, Accepted if a suite of it is, NotTested
	// if it takes nothing.
	Decides matrix.State
	// Tries counts requests sent, Cookie tells that one was asked for.
	Tries  int
	Cookie bool
	Sent   time.Time
	RTT    time.Duration // from the try that was answered; 0 without one
}

// Cost is what a scan took.
type Cost struct {
	Exchanges, DatagramsSent, DatagramsReceived int
	BytesSent, BytesReceived                    int64 // UDP payload octets
	Retransmits, Cookies                        int
	HalfOpenPeak, HalfOpenLeft                  int
	Elapsed                                     time.Duration
}

// Result is everything that one scan of one address found.
type Result struct {
	Target  string // as the user named it
	Address netip.Addr
	Started time.Time
	Verdict Verdict
	// Complete is false where the scan was interrupted, ran out of budget or
	// gave up, or the gateway stopped answering, or the matrix would have taken
	// more half-open IKE SAs than may be left.
	Complete bool
	Err      error // with VerdictError
	Paths    []Path
	NAT      *NAT // nil where nothing was learnt of NAT
	Gateway  *Gateway
	Matrix   *matrix.Matrix // nil where no matrix was asked, or the target is no IKEv2 responder
	// PriorDoubted: answers contradicted [Target.Prior], so that the matrix
	// does not rest on it.
	PriorDoubted bool
	Preference   *Preference
	Clients      []ClientAnswer // in the order of [Scanner.Clients]
	Cost         Cost
	Exchanges    []Exchange
	Notes        []string // what a reader of the result must know, in sentences
}
