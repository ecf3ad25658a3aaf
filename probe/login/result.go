package login

import (
	"crypto/x509"
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// StepKind is a step of a login, in their order.
type StepKind string

const (
	// Negotiate is IKE_SA_INIT: the gateway answers, and takes a suite.
	Negotiate StepKind = "negotiate"
	// Gateway is that the gateway proves who it is, and is whom the user wants.
	Gateway StepKind = "gateway"
	// EAPMethod is that the gateway asks for the method of EAP.
	EAPMethod StepKind = "eap_method"
	// Authenticate is that the gateway accepts the credentials.
	Authenticate StepKind = "authenticate"
	// Session is what the gateway says of Child SA and address beside.
	Session StepKind = "session"
	// End is that the IKE SA is deleted.
	End StepKind = "end"
)

// StepState is how a step went.
type StepState string

const (
	Passed StepState = "passed"
	Failed StepState = "failed"
	// Warning: it went well, but for something that a client may need.
	Warning StepState = "warning"
	// Unknown: it was not decided, mostly for silence.
	Unknown StepState = "unknown"
)

// Step is one step.
type Step struct {
	Kind  StepKind
	State StepState
	// Second: it is of the second round.
	Second bool
	// Cause is why it did not pass: an entry of the catalogue of package incident, or
	// one of the Causes here.
	Cause string
	// Words are those that the sentence of the cause may name; they may come from the
	// gateway and are not escaped.
	Words map[string]string
	// Notify is the error of the gateway, 0 if none.
	Notify ike.NotifyType
	// Detail says more in our own words; printable.
	Detail string
	// Exchanges are the numbers of those that show it.
	Exchanges []int
}

// Causes beside those of logs.
const (
	// CauseNoResponder: what answers is no IKEv2 responder.
	CauseNoResponder = "no-responder"
	// CauseUnproven: the gateway does not prove who it is.
	CauseUnproven = "gateway-unproven"
	// CauseProtocol: the gateway does not keep to IKE or EAP.
	CauseProtocol = "protocol"
	// CauseServer: the server of EAP does not prove that it knows the password.
	CauseServer = "eap-server-unproven"
	// CauseSilentPassword: no answer comes to the password.
	CauseSilentPassword = "silence-password"
	// CauseOneRound: the gateway does not announce that it can do a second round.
	CauseOneRound = "one-round"
	// CauseRoundIgnored: the gateway announces that, and takes the first round for all.
	CauseRoundIgnored = "round-ignored"
	// CauseSecondRefused: it refuses the second round before it asks for anything.
	CauseSecondRefused = "second-refused"
	// CauseCryptobinding: the server's cryptobinding of PEAP does not hold.
	CauseCryptobinding = "eap-cryptobinding"
	// CauseRefusedBound: it holds, and the server refuses after ours.
	CauseRefusedBound = "eap-refused-bound"
	// CauseNoAddress: the gateway assigns no address, though it was asked for one.
	CauseNoAddress = "address-ignored"
	// CauseUnasked: the gateway sets up a Child SA that was not asked for.
	CauseUnasked = "child-unasked"
	// CauseInterrupted: the user ended it.
	CauseInterrupted = "interrupted"
)

// Left is what is known of the IKE SA when all is over.
type Left uint8

const (
	// NothingOpened: none came about.
	NothingOpened Left = iota
	// Ended: the gateway ended it, or answered our Delete.
	Ended
	// MayBeLeft: whether the gateway still has it is not known: it did not answer, or
	// was not asked.
	MayBeLeft
)

// Exchange is one exchange, with its Message ID.
type Exchange struct {
	initiator.Exchange
	MessageID uint32
	// Sends and Answer are the payloads of request and answer by name, of the encrypted
	// ones too.
	Sends, Answer []string
	// OffersKE: the SA payload of a request in the IKE SA holds a key exchange method.
	OffersKE bool
}

// Fit is whether the gateway is whom the user asked for.
type Fit uint8

const (
	// Unjudged: nobody was asked for, or it did not come so far.
	Unjudged Fit = iota
	Fits
	// Differs: it says that it is somebody else, or its certificate is for others.
	Differs
)

// fit is that of what was judged.
func fit(yes bool) Fit {
	if yes {
		return Fits
	}
	return Differs
}

// Peer is who the gateway showed itself to be.
type Peer struct {
	ID Identity
	// Chain are its certificates, its own first. Unread says of others why not.
	Chain  []*certificate.Certificate
	Unread []string
	// Scheme is how it proved it; the method is 0 if it did not.
	Scheme certificate.Scheme
	// Proven: the proof holds. Trusted: so does the chain up to a root; a pre-shared key
	// needs none.
	Proven, Trusted bool
	// Wanted is whom the user asked for: the remote identity, or else of a certificate the
	// host; none where nobody was. IDFit is whether the remote identity is what the gateway
	// says it is, and CertificateFit whether its certificate is for Wanted.
	Wanted                Identity
	IDFit, CertificateFit Fit
	// Roots are those that it was judged by.
	Roots *x509.CertPool
}

// Fit is whether the gateway is whom the user asked for, by its identity and its certificate.
func (p *Peer) Fit() Fit {
	switch {
	case p.IDFit == Differs || p.CertificateFit == Differs:
		return Differs
	case p.IDFit == Fits || p.CertificateFit == Fits:
		return Fits
	}
	return Unjudged
}

// EAPServer is who the server of EAP-TLS, TTLS or PEAP showed itself to be.
type EAPServer struct {
	// Version is that of TLS, as tls.VersionTLS13.
	Version uint16
	// Chain are its certificates, its own first.
	Chain []*certificate.Certificate
	// Proven: the server has the key of its certificate, as the end of the handshake shows.
	// Until then whoever has seen the chain may show it.
	Proven bool
	// Trusted: the chain leads to a root that is trusted.
	Trusted bool
	// Wanted is whom a client demands: the server that the credentials name, if Demanded, or
	// else the identity of the gateway, which strongSwan's client demands by default and this
	// one does not. Fit is whether the certificate is for it.
	Wanted   Identity
	Demanded bool
	Fit      Fit
}

// Result is how a login went.
type Result struct {
	Address  netip.Addr
	Host     string
	Method   Method
	Second   Method // of the second round, "" for none
	Local    Identity
	Started  time.Time
	Elapsed  time.Duration
	Steps    []Step
	LoggedIn bool
	Left     Left
	// Interrupted: the user ended it before it was decided, or all was asked after it.
	Interrupted bool

	// Asked are the ports of the gateway that the login may go to.
	Asked     []initiator.Path
	Transport initiator.Transport
	Port      uint16 // of the gateway, by Transport
	Suite     *proposals.Suite
	// Behind says who is behind a NAT.
	LocalNAT, GatewayNAT bool
	Gateway              Peer

	// Of EAP: the method that the gateway asked for first, 0 for none or ours; the
	// name and message in MSCHAPv2, and its error code; what it notified. Names and
	// texts come from the gateway and are not escaped.
	OtherMethod eap.Type
	EAPServer   string
	// EAPTLS is the server of EAP with TLS, nil for none, or if it did not show who it is.
	EAPTLS     *EAPServer
	EAPMessage string
	EAPError   int
	EAPNotices []string

	// Childless: no Child SA was asked for. Child: one was set up.
	Childless, Child bool
	// Assigned are the attributes of a CFG_REPLY, nil for none.
	Assigned []ike.ConfigAttribute
	// AuthLifetime is when the gateway wants a new login, 0 if it does not say.
	AuthLifetime time.Duration

	// ESP is what Child SAs may have, nil if it was not asked about.
	ESP *ESP
	// IKE is what the IKE SA may be rekeyed with, nil if it was not asked about.
	IKE *IKE

	// Stay is what the gateway did while the login stayed, nil if it did not.
	Stay *Stay

	Exchanges []Exchange
	Cost      initiator.Cost
}

// Failure returns the first step that failed or is unknown, nil if none is. The last
// step of a login that went well may not be known to have ended.
func (r *Result) Failure() *Step {
	for i := range r.Steps {
		if s := &r.Steps[i]; s.State == Failed || s.State == Unknown {
			return s
		}
	}
	return nil
}
