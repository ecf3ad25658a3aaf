package report

import (
	"slices"

	"github.com/ikescope/ikescope/proposals/english"
)

// Verdict is what a scan has to say of a target.
type Verdict string

// The verdicts.
const (
	VerdictIKEv2       Verdict = "ikev2"
	VerdictNoAnswer    Verdict = "no_answer"
	VerdictUnreachable Verdict = "unreachable"
	VerdictNotIKE      Verdict = "not_ike"
	VerdictNotScanned  Verdict = "not_scanned" // the run ended before an answer could come
	VerdictError       Verdict = "error"       // the scan could not be done
)

// Words returns the verdict as people say it: "IKEv2 gateway".
func (v Verdict) Words() string {
	switch v {
	case VerdictIKEv2:
		return "IKEv2 gateway"
	case VerdictNotIKE:
		return "no IKEv2 responder"
	case VerdictError:
		return "scan failed"
	}
	return english.Plain(string(v))
}

// Transport is how IKE messages travel.
type Transport string

// The transports. On UDP 4500 a marker stands before each IKE message (RFC
// 7296, Section 3.1), and on TCP 4500 a length before the marker (RFC 9329).
const (
	UDP500  Transport = "udp500"
	UDP4500 Transport = "udp4500"
	TCP4500 Transport = "tcp4500"
)

// PathState is what a path to a gateway does.
type PathState string

// The states of a path.
const (
	PathAnswers         PathState = "answers"
	PathSilent          PathState = "silent"
	PathPortUnreachable PathState = "port_unreachable"
	PathAdminProhibited PathState = "admin_prohibited"
	PathNotIKE          PathState = "not_ike"
	PathError           PathState = "error"
	PathOpen            PathState = "open"
)

// PathReason says more of a path than its state.
type PathReason string

// The reasons.
const (
	ReasonNoRoute      PathReason = "no_route"
	ReasonNoHost       PathReason = "no_host"
	ReasonNoHostOnLink PathReason = "no_host_on_link"
	ReasonFilteredHere PathReason = "filtered_here"
	ReasonOtherAddress PathReason = "other_address"
	ReasonCloses       PathReason = "closes_after_prefix"
	ReasonTLS          PathReason = "tls"
)

// InterferenceKind is what is done to IKE on the way.
type InterferenceKind string

// The kinds.
const (
	DropsUnusual InterferenceKind = "drops_unusual" // what a responder has to pass over
	DropsLarge   InterferenceKind = "drops_large"   // packets that every link carries
	RewritesSPI  InterferenceKind = "rewrites_spi"
	LimitsRate   InterferenceKind = "limits_rate"
)

// Unusual is what a responder has to pass over in a request.
type Unusual string

// What it is.
const (
	UnusualVendorID     Unusual = "vendor_id"     // an unknown Vendor ID
	UnusualNotify       Unusual = "notify"        // an unknown status notify
	UnusualPayload      Unusual = "payload"       // an unknown payload, not critical
	UnusualMinorVersion Unusual = "minor_version" // IKE 2.1
	UnusualAdditionalKE Unusual = "additional_ke" // a further proposal with ML-KEM (RFC 9370)
)

// Answer is yes, no, or not known.
type Answer string

// The answers.
const (
	AnswerYes     Answer = "yes"
	AnswerNo      Answer = "no"
	AnswerUnknown Answer = "unknown"
)

// HigherVersion is what a gateway does with a higher major version.
type HigherVersion string

// What it does.
const (
	HigherRefused HigherVersion = "refused"
	HigherTaken   HigherVersion = "taken"
)

// MTUDiscovery is whether path MTU discovery can work.
type MTUDiscovery string

const (
	DiscoveryUnneeded  MTUDiscovery = "unneeded"
	DiscoveryWorks     MTUDiscovery = "works"
	DiscoveryBlackHole MTUDiscovery = "black_hole"
	DiscoveryUnknown   MTUDiscovery = "unknown"
)

// NATMapping is how NAT in front of us maps our port.
type NATMapping string

// The mappings.
const (
	MappingSame           NATMapping = "same"
	MappingPerDestination NATMapping = "per_destination"
)

// MappingBehavior is a mapping behaviour of RFC 4787, Section 4.1.
type MappingBehavior string

// The behaviours.
const (
	MappingUnknown                 MappingBehavior = "unknown"
	MappingEndpointIndependent     MappingBehavior = "endpoint_independent"
	MappingAddressDependent        MappingBehavior = "address_dependent"
	MappingAddressAndPortDependent MappingBehavior = "address_and_port_dependent"
)

// State is what is known of a set of suites.
type State string

// The states of suites.
const (
	StateAccepted  State = "accepted"
	StateRefused   State = "refused"
	StateNoAnswer  State = "no_answer"
	StateNotTested State = "not_tested"
)

// Basis is how it is known that suites are accepted.
type Basis string

// The bases.
const (
	BasisObserved Basis = "observed" // each suite was seen to be taken
	BasisInferred Basis = "inferred" // samples were, and none was refused
)

// Chooser is a side whose order counts.
type Chooser string

// The choosers.
const (
	ByGateway   Chooser = "gateway"
	ByInitiator Chooser = "initiator"
)

// ProposalRule is how a gateway comes to one of several proposals.
type ProposalRule string

// The rules, which [Preference] explains.
const (
	ProposalsInitiator   ProposalRule = "initiator"
	ProposalsGateway     ProposalRule = "gateway"
	ProposalsGatewayBest ProposalRule = "gateway_best"
)

// QuantumState is whether post-quantum key exchange is in use.
type QuantumState string

// The states of post-quantum key exchange.
const (
	QuantumRequired  QuantumState = "required"
	QuantumAccepted  QuantumState = "accepted"
	QuantumNone      QuantumState = "none"
	QuantumUnknown   QuantumState = "unknown"
	QuantumNotTested QuantumState = "not_tested"
)

// ClientVerdict is whether a client gets an IKE SA.
type ClientVerdict string

// The verdicts on clients.
const (
	ClientConnects ClientVerdict = "connects"
	ClientFails    ClientVerdict = "fails"
	ClientUnknown  ClientVerdict = "unknown"
)

// ClientBasis is how a verdict on a client is known.
type ClientBasis string

// The bases of verdicts on clients.
const (
	BasisPredicted ClientBasis = "predicted" // from the matrix
	BasisLive      ClientBasis = "live"      // its own first packet was sent
)

// RuleState is how a gateway stands to a rule or, but for the last one, to a
// whole policy.
type RuleState string

// The states of rules.
const (
	RuleMet           RuleState = "met"
	RuleViolated      RuleState = "violated"
	RuleUndecided     RuleState = "undecided"
	RuleNotObservable RuleState = "not_observable"
)

// Severity is how bad a finding is, or the violation of a rule.
type Severity string

// The severities, worst first.
const (
	SeverityCritical Severity = "critical"
	SeverityHigh     Severity = "high"
	SeverityMedium   Severity = "medium"
	SeverityLow      Severity = "low"
	SeverityInfo     Severity = "info"
)

// Severities returns all of them, worst first.
func Severities() []Severity { return slices.Clone(severities) }

var severities = []Severity{SeverityCritical, SeverityHigh, SeverityMedium, SeverityLow, SeverityInfo}

// Rank orders severities, the worst first. What is not a severity comes after
// them.
func (s Severity) Rank() int {
	if i := slices.Index(severities, s); i >= 0 {
		return i
	}
	return len(severities)
}

// Subject is what a finding is about.
type Subject string

// The subjects. The ID of a finding begins with one of them and a hyphen.
const (
	AboutPath     Subject = "PATH"
	AboutIdentity Subject = "IDENTITY"
	AboutIKE      Subject = "IKE" // suites and algorithms
	AboutClient   Subject = "CLIENT"
	AboutGateway  Subject = "GATEWAY"
	AboutScan     Subject = "SCAN" // and not the gateway
)

// GateKind is what a gate demands.
type GateKind string

// The kinds of gates.
const (
	PolicyGate   GateKind = "policy"   // a policy is met
	ClientGate   GateKind = "client"   // a client connects
	BaselineGate GateKind = "baseline" // nothing is weaker than in an earlier report
	FindingGate  GateKind = "fail_on"  // no finding is as bad
)

// GateState is whether a gate is passed.
type GateState string

// The states of gates.
const (
	GatePassed    GateState = "passed"
	GateFailed    GateState = "failed"
	GateUndecided GateState = "undecided"
)

// IdentityState is what came of the question who a gateway is.
type IdentityState string

// The states of an identity.
const (
	IdentitySeen     IdentityState = "seen"
	IdentityRefused  IdentityState = "refused"
	IdentityNoAnswer IdentityState = "no_answer"
	IdentityUnclear  IdentityState = "unclear"
	IdentityNotAsked IdentityState = "not_asked"
)

// Acceptance is what a client makes of a certificate.
type Acceptance string

// The verdicts on a certificate.
const (
	CertificateAccepted Acceptance = "accepts"
	CertificateRejected Acceptance = "rejects"
	CertificateUnknown  Acceptance = "unknown"
)

// Family is a family of clients, which judge certificates alike.
type Family string

// The families.
const (
	FamilyWindows    Family = "windows"    // the built-in client of Windows 7 to 11
	FamilyApple      Family = "apple"      // that of iOS 13 and macOS 10.15, and later ones
	FamilyAndroid    Family = "android"    // that of Android 11 and later
	FamilyStrongSwan Family = "strongswan" // charon as a client, and strongSwan's app for Android
)

// Families returns all of them.
func Families() []Family {
	return []Family{FamilyWindows, FamilyApple, FamilyAndroid, FamilyStrongSwan}
}

// Words returns the family as people call it.
func (f Family) Words() string {
	switch f {
	case FamilyWindows:
		return "Windows"
	case FamilyApple:
		return "macOS and iOS"
	case FamilyAndroid:
		return "Android"
	case FamilyStrongSwan:
		return "strongSwan"
	}
	return string(f)
}

// Certainty is how far it is known that a rule, or a fix, is so.
type Certainty string

const (
	// Measured on the wire, with daemons of our own.
	Measured Certainty = "measured"
	// Documented: read in the documentation or the source code of its maker, in an RFC,
	// or in the documentation of those who make the other side.
	Documented Certainty = "documented"
	// Reported: read in the account of somebody whom it happened to.
	Reported Certainty = "reported"
	// NotFound: no source says how it is, which leaves a verdict unknown.
	NotFound Certainty = "not_found"
)

// AskedAs is how a gateway had to be asked to say who it is.
type AskedAs string

// The ways to ask.
const (
	AskedEAPOnly AskedAs = "eap_only"
	AskedAsUser  AskedAs = "as_user"
	AskedByName  AskedAs = "by_name"
)

// Proof is what an AUTH payload proves.
type Proof string

// The proofs.
const (
	ProofVerified      Proof = "verified"
	ProofForged        Proof = "forged"
	ProofNoCertificate Proof = "no_certificate"
	ProofNotVerifiable Proof = "not_verifiable"
	ProofSharedKeyMAC  Proof = "shared_key_mac"
	ProofNone          Proof = "none"
)

// Purpose is why a scan made an exchange.
type Purpose string

// The purposes.
const (
	PurposeReach    Purpose = "reach"
	PurposeMapping  Purpose = "mapping" // of another gateway: what it sees in the place of our port
	PurposeMatrix   Purpose = "matrix"
	PurposeControl  Purpose = "control"
	PurposeDetail   Purpose = "detail"
	PurposeClient   Purpose = "client"
	PurposeIdentity Purpose = "identity"
	PurposeClose    Purpose = "close"
)

// Outcome is how an exchange ended. There are more than are named here.
type Outcome string

// The outcomes that decide about suites.
const (
	OutcomeAccepted         Outcome = "accepted"
	OutcomeNoProposalChosen Outcome = "no_proposal_chosen"
	OutcomeInvalidKEPayload Outcome = "invalid_ke_payload"
)

// Effect is what a change does to a gateway's security.
type Effect string

// The effects, in the order in which changes are listed.
const (
	EffectWeaker   Effect = "weaker"
	EffectUnknown  Effect = "unknown" // less is known than before
	EffectStronger Effect = "stronger"
	EffectNeither  Effect = "neither"
)

// Area is what a change is about.
type Area string

// The areas.
const (
	AreaTarget      Area = "target"
	AreaPath        Area = "path"
	AreaNAT         Area = "nat"
	AreaGateway     Area = "gateway"
	AreaSuites      Area = "suites"
	AreaAlgorithm   Area = "algorithm"
	AreaPreference  Area = "preference"
	AreaPostQuantum Area = "post_quantum"
	AreaFinding     Area = "finding"
	AreaClient      Area = "client"
	AreaPolicy      Area = "policy"
)

// Result is how far a captured IKE SA came.
type Result string

// The results, each as far as unencrypted octets and sizes show.
const (
	ResultFails   Result = "fails"
	ResultUnknown Result = "unknown"
	ResultWorks   Result = "works"
)

// Layer is where a failure is.
type Layer string

// The layers that a captured IKE SA can point to.
const (
	LayerNetwork        Layer = "network"
	LayerNegotiation    Layer = "negotiation"
	LayerAuthentication Layer = "authentication"
	LayerChild          Layer = "child"
	LayerClient         Layer = "client"
)

// Side is a peer of an IKE SA.
type Side string

// The sides.
const (
	SideInitiator Side = "initiator"
	SideResponder Side = "responder"
)
