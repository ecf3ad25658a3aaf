package report

import (
	"fmt"
	"strings"
	"time"
)

// SchemaVersion is the version of the document that this package writes.
const SchemaVersion = "1.0"

// Document is a report on some targets. All lists are present, if empty, and
// times are UTC.
type Document struct {
	SchemaVersion string `json:"schema_version"`
	Tool          Tool   `json:"tool"`
	// Complete is false where a scan was interrupted or ran out of budget.
	Complete bool     `json:"complete"`
	Targets  []Target `json:"targets"`
	// Interrupted: the user stopped the run before its end. In JSON, Exit says so.
	Interrupted bool `json:"-"`
	// Gates are those that the targets were held to; they decide Exit.
	Gates []Gate `json:"gates"`
	Exit  Exit   `json:"exit"`
}

// Tool is the program that made the document.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Exit is the exit code that the document asks for, and why.
type Exit struct {
	Code   int    `json:"code"`
	Reason string `json:"reason"`
}

// Gate is one demand on one target, and whether it is met.
type Gate struct {
	// Kind is "policy", "client", "baseline" or "fail_on", and Name which: the
	// policy, the client, the target of the earlier report, the severity.
	Kind    GateKind  `json:"gate"`
	Name    string    `json:"name"`
	Target  string    `json:"target"`
	Address string    `json:"address"`
	State   GateState `json:"state"`  // "passed", "failed" or "undecided"
	Reason  string    `json:"reason"` // half a sentence
}

// Target is one address that was scanned.
type Target struct {
	Name    string    `json:"target"` // as the user named it
	Address string    `json:"address"`
	Started time.Time `json:"started"`
	// ListedIn is the line of the list that names it; absent where no file does.
	ListedIn *FileLine `json:"listed_in,omitempty"`
	// Verdict is "ikev2", "no_answer", "unreachable", "not_ike", "not_scanned" or
	// "error".
	Verdict  Verdict   `json:"verdict"`
	Complete bool      `json:"complete"`
	Error    string    `json:"error,omitempty"` // with verdict "error"
	Paths    []Path    `json:"paths"`
	PathSize *PathSize `json:"path_size,omitempty"`
	// Several is set where the same request got answers of more than one gateway.
	Several *PathSeveral `json:"several,omitempty"`
	// HopLimits are those with which answers of reach arrived, ascending, where the system
	// says. Several are a sign of several senders, or of routes of different length.
	HopLimits []HopLimit `json:"hop_limits,omitempty"`
	// Routes are the routers on the way to each UDP port, where they were asked for.
	Routes []Route `json:"routes,omitempty"`
	NAT    *NAT    `json:"nat,omitempty"`
	IKEv1  *IKEv1  `json:"ikev1,omitempty"`
	// HigherVersion is what the gateway does with a request of a higher major
	// version: "refused", as RFC 7296, Section 2.5, wants, or "taken".
	HigherVersion HigherVersion `json:"higher_version,omitempty"`
	Gateway       *Gateway      `json:"gateway,omitempty"`
	Identity      *Identity     `json:"identity,omitempty"`
	Matrix        *Matrix       `json:"matrix,omitempty"`
	Preference    *Preference   `json:"preference,omitempty"`
	PostQuantum   *PostQuantum  `json:"post_quantum,omitempty"`
	// Clients are the client policies that were compared with the gateway.
	// ClientsAsked: the user named them; otherwise they are the well-known ones.
	Clients      []Client `json:"clients"`
	ClientsAsked bool     `json:"clients_asked,omitempty"`
	// Policies are those that the gateway was held to.
	Policies []Policy `json:"policies"`
	Cost     Cost     `json:"cost"`
	// Doubts are reasons not to rely on the report, Habits what the gateway does
	// and others do not.
	Doubts []Doubt `json:"doubts,omitempty"`
	Habits []Habit `json:"habits,omitempty"`
	// Members are the gateways at the address, if several can be told apart, each
	// with what its own answers say.
	Members []Member `json:"members,omitempty"`
	// HiddenShare is the share of the flows, 0 to 1, that another gateway at the
	// address which accepts weak suites must have got to be seen, with a
	// probability of 95 %; absent where this one accepts some.
	HiddenShare float64 `json:"hidden_share,omitempty"`
	// Redirects are the gateways that sent us on (RFC 5685), where redirects were
	// followed: the target is then the last one.
	Redirects []Redirect `json:"redirects,omitempty"`
	// Fragmentation is what becomes of answers larger than a packet, and Interference
	// what is done to IKE on the way, or by the gateway.
	Fragmentation *Fragmentation `json:"fragmentation,omitempty"`
	Interference  []Interference `json:"interference,omitempty"`
	// Findings come worst first.
	Findings  []Finding  `json:"findings"`
	Notes     []string   `json:"notes"`
	Exchanges []Exchange `json:"exchanges"`
}

// FileLine is a line of a file, from 1.
type FileLine struct {
	File string `json:"file"` // as the user named it
	Line int    `json:"line"`
}

// LastExchange returns the largest number of t's exchanges.
func (t *Target) LastExchange() int {
	last := 0
	for _, e := range t.Exchanges {
		last = max(last, e.ID)
	}
	return last
}

// Redirect is a gateway that sent us on.
type Redirect struct {
	Address  string `json:"address"`
	To       string `json:"to"` // where it sent us, an address or a name
	Evidence []int  `json:"evidence"`
}

// Path is one way to the gateway.
type Path struct {
	Transport Transport `json:"transport"`      // "udp500", "udp4500" or "tcp4500"
	Port      uint16    `json:"port,omitempty"` // of the gateway
	// State is "answers", "silent", "port_unreachable" (of TCP: refused),
	// "admin_prohibited", "not_ike", "error" or "open": the TCP connection opens, and
	// no IKE message comes.
	State PathState `json:"state"`
	// Reason is "no_route", "no_host" (a router did not find it), "no_host_on_link"
	// (nothing has the address on our own link), "filtered_here" (by our own host),
	// "other_address", "closes_after_prefix" (the TCP connection) or "tls", where one
	// of these is known.
	Reason PathReason `json:"reason,omitempty"`
	RTTms  float64    `json:"rtt_ms,omitempty"` // the smallest
	// RTTMedianMs and RTTMaxMs are there where several round trips were measured.
	RTTMedianMs float64 `json:"rtt_median_ms,omitempty"`
	RTTMaxMs    float64 `json:"rtt_max_ms,omitempty"`
	Sent        int     `json:"sent"` // messages of IKE, each try counted; one in fragments counts once
	Received    int     `json:"received"`
	// Lost counts the requests that were not answered, on a path that answers.
	Lost     int    `json:"lost,omitempty"`
	Reporter string `json:"reporter,omitempty"` // who sent the ICMP error
	// AnswersFrom is where answers came from with the reason "other_address".
	AnswersFrom *Endpoint `json:"answers_from,omitempty"`
	Detail      string    `json:"detail,omitempty"`
	// Sources are further ports of ours, from which the same was asked.
	Sources  []PathSource `json:"sources,omitempty"`
	Evidence []int        `json:"evidence"`
}

// PathSource is a way to the gateway from one port of ours.
type PathSource struct {
	Port uint16 `json:"port"`
	// State is that of a Path. It is absent if the port could not be opened: then
	// Detail says why, and HeldBy which program has it, where the system says so.
	State    PathState  `json:"state,omitempty"`
	Reason   PathReason `json:"reason,omitempty"`
	RTTms    float64    `json:"rtt_ms,omitempty"`
	Tries    int        `json:"tries"` // requests
	Reporter string     `json:"reporter,omitempty"`
	HeldBy   string     `json:"held_by,omitempty"`
	Detail   string     `json:"detail,omitempty"`
	Evidence []int      `json:"evidence"`
}

// Name returns what people call the way of p, such as "UDP 500".
func (p Path) Name() string {
	n := min(3, len(p.Transport)) // of "udp" and "tcp"
	protocol, port := strings.ToUpper(string(p.Transport[:n])), string(p.Transport[n:])
	if p.Port != 0 {
		port = fmt.Sprint(p.Port)
	}
	return protocol + " " + port
}

// StateWords says the state in words, such as "port unreachable", which is "refused" of TCP.
func (p Path) StateWords() string {
	if p.Transport == TCP4500 && p.State == PathPortUnreachable {
		return "refused"
	}
	return strings.ReplaceAll(string(p.State), "_", " ")
}

// PortName returns what people call the port that was asked over a transport, such as
// "UDP 500".
func (t *Target) PortName(over Transport) string {
	for _, p := range t.Paths {
		if p.Transport == over {
			return p.Name()
		}
	}
	return Path{Transport: over}.Name()
}

// PathSize is what the path does with large packets.
type PathSize struct {
	// MTU is the largest IP packet that got through whole, in octets, up to that of
	// our own interface; absent if none of those tried did.
	MTU int `json:"mtu,omitempty"`
	// Discovery is "unneeded" if what our interface sends gets through, "works" if a router
	// reports more, "black_hole" if more vanishes, "unknown" if smaller requests do, too.
	Discovery MTUDiscovery `json:"discovery"`
	Reporter  string       `json:"reporter,omitempty"` // who sent the ICMP error
	// Fragments says whether a request in IP fragments was answered.
	Fragments Answer `json:"fragments"`
	Evidence  []int  `json:"evidence"`
}

// HopLimit is a hop limit (TTL) with which answers arrived.
type HopLimit struct {
	Limit    int   `json:"limit"`
	Evidence []int `json:"evidence"`
}

// PathSeveral is why answers are of more than one gateway.
type PathSeveral struct {
	// ErrorSPIs: errors of one kind have a responder SPI, and others have none.
	ErrorSPIs bool `json:"error_spis,omitempty"`
	// Answers: the same suites were refused and accepted, or another key exchange method
	// was asked for.
	Answers  bool  `json:"answers,omitempty"`
	Evidence []int `json:"evidence"`
}

// Fragmentation is what becomes of answers that are larger than a packet.
type Fragmentation struct {
	Supported bool `json:"supported"` // IKE fragmentation, RFC 7383
	// LargeAnswer says whether an answer in IP fragments arrives, of which
	// AnswerOctets are the UDP payload.
	LargeAnswer  Answer `json:"large_answer"`
	AnswerOctets int    `json:"answer_octets,omitempty"`
	// Works says whether an answer in fragments of IKE arrives, and Pieces how many.
	Works    Answer `json:"works"`
	Pieces   int    `json:"pieces,omitempty"`
	Evidence []int  `json:"evidence"`
}

// Interference is what something on the way does to IKE, or the gateway.
type Interference struct {
	Kind      InterferenceKind `json:"kind"`
	Transport Transport        `json:"transport"`
	Unusual   Unusual          `json:"unusual,omitempty"` // of DropsUnusual: what is dropped
	Evidence  []int            `json:"evidence"`
}

// NAT is what the gateway's NAT detection showed (RFC 7296, Section 2.23).
type NAT struct {
	Supported        bool      `json:"supported"`
	LocalBehindNAT   bool      `json:"local_behind_nat"`
	GatewayBehindNAT bool      `json:"gateway_behind_nat"`
	Local            *Endpoint `json:"local,omitempty"`
	Observed         *Endpoint `json:"observed,omitempty"` // ours, as the gateway sees it
	// ObservedNATT is ours as UDP 4500 of the gateway sees it, where that was looked
	// at on its own.
	ObservedNATT *Endpoint `json:"observed_natt,omitempty"`
	// Outside are the addresses that --outside named, where the gateway sees none of them.
	Outside []string `json:"outside,omitempty"`
	// GatewayInside is the private address and port that the gateway has behind NAT,
	// where that was found.
	GatewayInside *Endpoint `json:"gateway_inside,omitempty"`
	// Mapping is "same" if UDP 500 and UDP 4500 see one port of ours, and
	// "per_destination" if two, where both are known.
	Mapping NATMapping `json:"mapping,omitempty"`
	// MappingBehavior is that of NAT in front of us, in the words of RFC 4787; absent where we
	// are not behind NAT, or it was not looked at.
	MappingBehavior *NATBehavior `json:"mapping_behavior,omitempty"`
	// PortKept: NAT in front of us keeps our port.
	PortKept bool `json:"port_kept,omitempty"`
	// Floats is "yes" if the gateway continues on UDP 4500 with an IKE SA that began
	// on UDP 500, "no" if it does not answer there.
	Floats Answer `json:"floats,omitempty"`
	// Lifetime is that of a mapping of NAT in front of us, where it was asked for.
	Lifetime *NATLifetime `json:"lifetime,omitempty"`
	// Forced is "yes" if the gateway takes a request whose source hash is of no
	// address, by which clients force UDP encapsulation, "no" if only a true one.
	Forced Answer `json:"forced,omitempty"`
	// Insists is "yes" if the gateway takes no request without NAT detection.
	Insists Answer `json:"insists,omitempty"`
	// KeepalivesIgnored is "yes" if a NAT keepalive is answered by silence, as it
	// should be, "no" if something came back.
	KeepalivesIgnored Answer `json:"keepalives_ignored,omitempty"`
	Evidence          []int  `json:"evidence"`
}

// NATBehavior is how NAT in front of us maps one port of ours for several destinations (RFC
// 4787, Section 4.1).
type NATBehavior struct {
	Behavior MappingBehavior `json:"behavior"`
	// Possible are the behaviours that fit what was seen, where it is "unknown", and
	// Reason says why that is: "outside_unknown" (--outside has not its address),
	// "port_kept" (NAT keeps our port, as any may while it is free),
	// "one_gateway" (none at another address was named), "others_silent" (none of the others said
	// what it sees) or "one_port" (of each gateway one port alone said so).
	Possible []MappingBehavior `json:"possible,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	// Seen is what gateways see in the place of one port of ours.
	Seen     []SeenPort `json:"seen"`
	Evidence []int      `json:"evidence"`
}

// SeenPort is what a port of a gateway sees in the place of ours.
type SeenPort struct {
	Gateway Endpoint `json:"gateway"`
	As      Endpoint `json:"as"`
}

// NATLifetime is how long NAT keeps a mapping by which nothing goes.
type NATLifetime struct {
	// KeptMs is the longest idle time after which the gateway saw the same port, and
	// LostMs the shortest after which it saw another one; absent if there is none.
	KeptMs float64 `json:"kept_ms,omitempty"`
	LostMs float64 `json:"lost_ms,omitempty"`
	// Unmeasured is "no_nat", "outside_unknown" (--outside has not its address),
	// "port_kept" (NAT keeps our port, so that a new mapping looks like the old one),
	// "not_answered" or "interrupted".
	Unmeasured string `json:"unmeasured,omitempty"`
	// Interrupted: the rest is what was found until then.
	Interrupted bool  `json:"interrupted,omitempty"`
	Evidence    []int `json:"evidence"`
}

// IKEv1 is whether the gateway speaks IKEv1 (RFC 2409), too.
type IKEv1 struct {
	MainMode       Answer `json:"main_mode"` // "yes", "no" or "unknown"
	AggressiveMode Answer `json:"aggressive_mode"`
	// PreSharedKey: the suite chosen in Aggressive Mode is authenticated by a
	// pre-shared key.
	PreSharedKey bool `json:"pre_shared_key,omitempty"`
	// The details say in a few words what was seen.
	MainModeDetail       string `json:"main_mode_detail,omitempty"`
	AggressiveModeDetail string `json:"aggressive_mode_detail,omitempty"`
	Evidence             []int  `json:"evidence"`
}

// Endpoint is an address and a port.
type Endpoint struct {
	Address string `json:"address"`
	Port    uint16 `json:"port"`
}

// String returns the endpoint as "192.0.2.1:500" or "[2001:db8::1]:500".
func (e *Endpoint) String() string {
	if strings.Contains(e.Address, ":") {
		return fmt.Sprintf("[%s]:%d", e.Address, e.Port)
	}
	return fmt.Sprintf("%s:%d", e.Address, e.Port)
}

// Gateway is what the gateway showed of itself.
type Gateway struct {
	VendorIDs       []VendorID `json:"vendor_ids"`
	Notifies        []Number   `json:"notifies"`
	SignatureHashes []Number   `json:"signature_hashes"`
	// Authorities counts the certification authorities that it asked for.
	Authorities int    `json:"authorities"`
	Redirect    string `json:"redirect,omitempty"`
	Evidence    []int  `json:"evidence"`
}

// VendorID is a Vendor ID payload (RFC 7296, Section 3.12).
type VendorID struct {
	Hex  string `json:"hex"`
	Text string `json:"text,omitempty"` // where the octets are printable ASCII
	// Name is what a table of known payloads says, and Verification how far
	// the table can be trusted there: "two-or-more-sources" or "one-source".
	Name         string `json:"name,omitempty"`
	Verification string `json:"verification,omitempty"`
}

// Number is a registered number and its IANA name.
type Number struct {
	ID   uint16 `json:"id"`
	Name string `json:"name"`
}

// Algorithm is one transform.
type Algorithm struct {
	ID      uint16 `json:"id"` // 0 in ADDKE lists is none
	KeyBits uint16 `json:"key_bits,omitempty"`
	Name    string `json:"name"`    // IANA
	Keyword string `json:"keyword"` // strongSwan
}

// Suites is a set of suites: each that takes one algorithm of every list.
type Suites struct {
	ENCR  []Algorithm   `json:"encr"`
	PRF   []Algorithm   `json:"prf"`
	INTEG []Algorithm   `json:"integ"` // empty with AEAD
	KE    []Algorithm   `json:"ke"`
	ADDKE [][]Algorithm `json:"addke"` // ADDKE1 and on, up to the last that is used
}

// AcceptedSuites is a set of suites that the gateway accepts.
type AcceptedSuites struct {
	Suites
	// Basis is "observed" if each suite was seen to be taken, "inferred" if
	// samples were and none was refused.
	Basis    Basis `json:"basis"`
	Samples  int   `json:"samples"`
	Evidence []int `json:"evidence"`
}

// UndecidedSuites is a set of suites of which nothing is known.
type UndecidedSuites struct {
	State    State  `json:"state"`  // "no_answer" or "not_tested"
	Suites   string `json:"suites"` // as keywords
	Count    int64  `json:"count"`
	Evidence []int  `json:"evidence"`
}

// Matrix is what the gateway accepts and refuses.
type Matrix struct {
	Counts
	// Classical counts the suites without additional key exchanges, Hybrid
	// those with any.
	Classical Counts `json:"classical"`
	Hybrid    Counts `json:"hybrid"`
	// Proven: each suite outside Products was in an offer that was refused.
	Proven    bool              `json:"proven"`
	Products  []AcceptedSuites  `json:"products"`
	Undecided []UndecidedSuites `json:"undecided"`
	// Contradictions are suites that were both taken and refused.
	Contradictions []string `json:"contradictions"`
	// Asked are the suites asked about, as keywords. What is in none of
	// Products and Undecided was refused.
	Asked []string `json:"asked"`
}

// Counts are numbers of suites; Universe is the sum of the others.
type Counts struct {
	Universe int64 `json:"universe"`
	Accepted int64 `json:"accepted"`
	Refused  int64 `json:"refused"`
	Unknown  int64 `json:"unknown"`
}

// Preference is how the gateway chooses.
type Preference struct {
	// KE lists the methods in the order in which it takes them from what it
	// accepts, if those that it took are offered no more.
	KE []Algorithm `json:"ke"`
	// KEComplete: KE holds every accepted method.
	KEComplete bool `json:"ke_complete"`
	// Decides is whose order counts within a proposal, "gateway" or
	// "initiator", where it was seen.
	Decides Chooser `json:"decides,omitempty"`
	// Proposals is how it comes to one of several proposals, where it was seen:
	// "initiator" takes the first one offered that is acceptable. "gateway"
	// takes the first own one that meets the offer, and the first one offered of
	// those that it meets; "gateway_best" of these the one whose algorithms
	// stand best in its lists.
	Proposals ProposalRule `json:"proposals,omitempty"`
	// FollowsKE: it prefers suites with the method of the KE payload.
	FollowsKE bool `json:"follows_ke"`
	// MayFollowKE: something was chosen, but not what shows whether it does.
	// It is false where FollowsKE is true.
	MayFollowKE bool `json:"may_follow_ke,omitempty"`
	// Own are its own proposals, by rank.
	Own []OwnProposal `json:"own"`
	// Suite is the choice from an offer of what is accepted.
	Suite    string `json:"suite,omitempty"`
	Evidence []int  `json:"evidence"`
}

// OwnProposal is a proposal of the gateway, as far as its order was seen.
type OwnProposal struct {
	Rank int `json:"rank"` // from 1; the order of equal ones is not known
	Suites
	// Ordered says how many at the start of each list are in the gateway's
	// order. The others come after the first of these, but the last ones, as
	// many as Anywhere says, may come before it, too.
	Ordered  Lengths `json:"ordered"`
	Anywhere Lengths `json:"anywhere"`
}

// Lengths are numbers of algorithms in the lists of Suites.
type Lengths struct {
	ENCR  int   `json:"encr"`
	PRF   int   `json:"prf"`
	INTEG int   `json:"integ"`
	KE    int   `json:"ke"`
	ADDKE []int `json:"addke"`
}

// PostQuantum says whether a recorded key exchange withstands a quantum
// computer.
type PostQuantum struct {
	// State is "required" if every suite accepted has a post-quantum key
	// exchange, "accepted" if some have, "none", "unknown", or "not_tested".
	State   QuantumState `json:"state"`
	Methods []Algorithm  `json:"methods"` // the accepted ones
	// PrefersWithout: where an offered proposal has both, the gateway goes
	// without. Evidence are the exchanges that show it.
	PrefersWithout bool  `json:"prefers_without,omitempty"`
	Evidence       []int `json:"evidence,omitempty"`
}

// Client is whether one client would get an IKE SA, as far as algorithms go, and
// whether the IKE_AUTH that follows is known to fail.
type Client struct {
	Name string `json:"client"` // the policy's name
	// Verdict is "connects", "fails" or "unknown". One that connects gets an IKE SA;
	// what is known of its login beyond that is in Login.
	Verdict ClientVerdict `json:"verdict"`
	// Login is what is known of IKE_AUTH; nil where the gateway was not asked who it is,
	// or nothing is known of such clients. With "rejects" the verdict is "fails".
	Login *ClientLogin `json:"login,omitempty"`
	// Suite is what the gateway chooses. Where the choice is not known,
	// Candidates are what it may be.
	Suite      string   `json:"suite,omitempty"`
	Candidates []string `json:"candidates"`
	// Weak says what is weak in that suite; nil if nothing is.
	Weak *WeakSuite `json:"weak,omitempty"`
	// Worse is a suite of medium severity or worse, and weaker than the one that
	// it gets, which both sides have, too: the order of proposals alone keeps it
	// from that one.
	Worse string `json:"worse,omitempty"`
	// Missing are the axes that do not meet, with verdict "fails".
	Missing []Missing `json:"missing"`
	// Fix is the best way to give it a suite, or a sounder one; nil if none is
	// known, or needed.
	Fix *ClientFix `json:"fix,omitempty"`
	// Basis is "predicted" from the matrix, or "live": the client's own first
	// packet was sent and answered.
	Basis ClientBasis `json:"basis"`
	// Doubt says why the client's policy itself may be wrong.
	Doubt    string   `json:"doubt,omitempty"`
	Notes    []string `json:"notes"`
	Evidence []int    `json:"evidence"`
}

// FailsInAuth reports whether the client gets an IKE SA, and fails in IKE_AUTH.
func (c Client) FailsInAuth() bool {
	return c.Verdict == ClientFails && c.Login != nil && c.Login.Verdict == CertificateRejected
}

// Words returns the verdict as people read it.
func (c Client) Words() string {
	if c.FailsInAuth() {
		return string(c.Verdict) + " in IKE_AUTH"
	}
	return string(c.Verdict)
}

// LoginWords says in half a sentence why a client that gets an IKE SA fails in IKE_AUTH,
// and what it shows, or why it is not known whether it does; "" if nothing is known of
// that, or nothing is wrong.
func (c Client) LoginWords() string {
	if c.Login == nil || c.Login.Verdict == CertificateAccepted || len(c.Login.Reasons) == 0 {
		return ""
	}
	words := strings.Join(c.Login.Reasons, "; ")
	if len(c.Login.Shows) > 0 {
		words += "; it shows " + strings.Join(c.Login.Shows, " or ")
	}
	return words
}

// ClientLogin is what is known of the IKE_AUTH of a client: with EAP or a certificate,
// up to the gateway's proof of who it is.
type ClientLogin struct {
	// Verdict is what the client makes of the gateway: "accepts", "rejects", also where
	// the gateway refuses it, or "unknown".
	Verdict Acceptance `json:"verdict"`
	// Identity is who the gateway says it is, with the client's suite.
	Identity string `json:"identity,omitempty"`
	// Shows is what the client shows, the likeliest first.
	Shows []string `json:"shows,omitempty"`
	// Reasons are sentences. Fixes are the IDs of what mends it, of the connection.
	Reasons  []string `json:"reasons,omitempty"`
	Fixes    []string `json:"fixes,omitempty"`
	Evidence []int    `json:"evidence,omitempty"`
}

// AxisCombination stands for an axis where each axis meets, but no combination.
const AxisCombination = "combination"

// WeakSuite is what is weak in the suite that a client gets.
type WeakSuite struct {
	// Severity is that of the worst algorithm; of candidates, of the worst.
	Severity   Severity `json:"severity"`
	Algorithms []string `json:"algorithms"` // as keywords
	// Certain: whichever candidate the gateway chooses is weak.
	Certain bool `json:"certain"`
	// Better is the soundest suite that both sides have, if it is sounder: it is
	// the order of proposals that keeps the client from it. Without one, the
	// client offers nothing sounder that the gateway accepts.
	Better string `json:"better,omitempty"`
}

// ClientFix is a change with which a client gets a suite, or a sounder one; of one that
// fails in IKE_AUTH, a change of the certificate, or of the identity.
type ClientFix struct {
	Side string `json:"side"` // to change: "client", "gateway" or "both"
	// Suite is what both sides then have; "" where the suite stays as it is.
	Suite string `json:"suite"`
	// What is to be done, and Where, is said of what mends IKE_AUTH; "" of suites.
	What  string `json:"what,omitempty"`
	Where string `json:"where,omitempty"`
	// Weaker are sentences on what is then weaker than it is.
	Weaker []string `json:"weaker"`
	// Lines are to paste: on the client's side, where that is changed, or for What.
	Lines []string `json:"lines"`
}

// Words says in half a sentence what to change.
func (f ClientFix) Words() string {
	switch {
	case f.What != "" && f.Where != "":
		return f.What + " (" + f.Where + ")"
	case f.What != "":
		return f.What
	case f.Side == "both":
		return "let the gateway accept " + f.Suite + ", and set the client to it"
	case f.Side == "gateway":
		return "let the gateway accept " + f.Suite
	}
	return "set the client to " + f.Suite
}

// Missing is an axis on which a client and a gateway do not meet. Where each
// axis meets, but no combination, Axis is [AxisCombination] and the lists are
// empty.
type Missing struct {
	Axis    string      `json:"axis"`
	Offers  []Algorithm `json:"offers"`
	Accepts []Algorithm `json:"accepts"`
	Text    string      `json:"text"` // a sentence
}

// Policy is how a gateway stands to a policy, as far as a scan can tell.
type Policy struct {
	Name  string `json:"policy"` // its name
	Title string `json:"title"`
	// File is where it was read, as the user named it; absent if it is one of ours.
	File string `json:"file,omitempty"`
	// Verdict is "met", "violated" or "undecided". Rules that are advice, of
	// severity "info", do not decide it.
	Verdict RuleState `json:"verdict"`
	Reason  string    `json:"reason"` // half a sentence
	Rules   []Rule    `json:"rules"`
}

// Rule is how a gateway stands to one demand of a policy.
type Rule struct {
	ID     string `json:"rule"`   // its id
	Demand string `json:"demand"` // in words
	// State is "met", "violated", "undecided" or "not_observable".
	State    RuleState `json:"state"`
	Severity Severity  `json:"severity"` // of a violation
	// Found is what the gateway accepts, refuses or leaves open, in words.
	Found string `json:"found,omitempty"`
	Why   string `json:"why"`
	Ref   string `json:"ref,omitempty"`
	// Unverified says what the rule was taken from, where that is not its
	// source.
	Unverified string   `json:"unverified,omitempty"`
	Fix        []string `json:"fix"`
	// CutsOff is that of [Finding].
	CutsOff  []string `json:"cuts_off,omitempty"`
	Evidence []int    `json:"evidence"`
}

// Cost is what the scan took.
type Cost struct {
	Exchanges         int   `json:"exchanges"`
	DatagramsSent     int   `json:"datagrams_sent"`
	DatagramsReceived int   `json:"datagrams_received"`
	BytesSent         int64 `json:"bytes_sent"` // UDP payload octets
	BytesReceived     int64 `json:"bytes_received"`
	Retransmits       int   `json:"retransmits"`
	Cookies           int   `json:"cookies"`
	HalfOpenPeak      int   `json:"half_open_peak"`
	HalfOpenLeft      int   `json:"half_open_left"`
	// HalfOpenEvidence are the exchanges that may have left half-open SAs.
	HalfOpenEvidence []int `json:"half_open_evidence,omitempty"`
	// HalfOpenUnconfirmed are those whose SA may be closed as well, since an answer may
	// have been lost; they are not counted in HalfOpenLeft.
	HalfOpenUnconfirmed []int   `json:"half_open_unconfirmed,omitempty"`
	ElapsedMs           float64 `json:"elapsed_ms"`
}

// Finding is something that a reader should know or mend.
type Finding struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"` // "critical", "high", "medium", "low" or "info"
	Title    string   `json:"title"`
	Detail   string   `json:"detail,omitempty"`
	Evidence []int    `json:"evidence"` // exchanges
	Fix      []string `json:"fix"`
	// Lines are to paste for a fix, as they stand.
	Lines []string `json:"lines,omitempty"`
	// CutsOff names the clients that connect and, where a fix takes something
	// out, connect no more. Weaker are sentences on what a fix makes weaker.
	CutsOff []string `json:"cuts_off,omitempty"`
	Weaker  []string `json:"weaker,omitempty"`
	Refs    []string `json:"refs"`
}

// About returns what the finding is about, as its ID says.
func (f Finding) About() Subject {
	subject, _, _ := strings.Cut(f.ID, "-")
	return Subject(subject)
}

// IsProblem reports whether the finding asks for action.
func (f Finding) IsProblem() bool { return f.Severity.Rank() <= SeverityMedium.Rank() }

// Exchange is one request with its retries and its answer.
type Exchange struct {
	ID        int       `json:"id"`
	Transport Transport `json:"transport"`
	Type      string    `json:"type"`    // IANA, such as "IKE_SA_INIT"
	Purpose   Purpose   `json:"purpose"` // "reach", "matrix", "control", "detail", "client" or "close"
	Offer     string    `json:"offer,omitempty"`
	KE        string    `json:"ke,omitempty"` // the method of our KE payload, as keyword
	Outcome   Outcome   `json:"outcome"`
	Detail    string    `json:"detail,omitempty"`
	Group     string    `json:"group,omitempty"` // of INVALID_KE_PAYLOAD, as keyword
	Suite     string    `json:"suite,omitempty"` // of an accepted answer
	// Decides is "refused" if the matrix takes from it that the offer is, for
	// silence perhaps, "accepted" if a suite of it, and "" if nothing.
	Decides State `json:"decides,omitempty"`
	// Member is the number of the gateway that answered, where it is known.
	Member int `json:"member,omitempty"`
	// Doubtful: its answer was found not to say what it seemed to, or not to be
	// the gateway's, so that nothing rests on it.
	Doubtful bool      `json:"doubtful,omitempty"`
	Tries    int       `json:"tries"`
	Cookie   bool      `json:"cookie"`
	Sent     time.Time `json:"sent,omitzero"`
	RTTms    float64   `json:"rtt_ms,omitempty"`
	// HopLimit is that of the answer as it arrived, its TTL, where the system says.
	HopLimit int `json:"hop_limit,omitempty"`
}
