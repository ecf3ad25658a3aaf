package probe

import (
	"context"
	"crypto/x509"
	"io"
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/ledger"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Scanner scans gateways. Its zero value works; it is copied at the start of
// each scan, and one Scanner may scan many targets at a time.
type Scanner struct {
	// Transports are the paths to try; nil means both of UDP.
	Transports []initiator.Transport
	// Source is our address and port; invalid parts are the system's choice.
	Source netip.AddrPort
	// Outside are addresses that a NAT in front of us may have. With the
	// right one among them the mapped port can be found.
	Outside []netip.Addr

	// Rate is the number of datagrams a second, 0 for 50. Window bounds the
	// exchanges in flight, 0 for 16. Attempts is how often a request is sent
	// before its silence counts, 0 for 4. InitialRTO is the first wait for an
	// answer, 0 for 500 ms.
	Rate       float64
	Window     int
	Attempts   int
	InitialRTO time.Duration
	// MaxExchanges is the budget of a scan; 0 means none. What it does not
	// reach is not tested.
	MaxExchanges int
	// Deadline is how long a scan may take, but for the closing of half-open IKE
	// SAs; 0 means no bound. What it does not reach is not tested.
	Deadline time.Duration

	// Universe is the set of suites to ask about; nil means
	// [matrix.Standard]. Exhaustive observes each accepted one, Thorough
	// takes more samples of them.
	Universe             *matrix.Universe
	Exhaustive, Thorough bool

	// Hypotheses are sets of suites that the gateway may accept, as
	// [matrix.Planner] says.
	Hypotheses []matrix.Hypothesis

	// Offers, with the method of their KE payload, are those of clients: what
	// the gateway chooses of them is asked where it does not follow from how it
	// chooses.
	Offers []choice.Question
	// Known are first packets of well-known clients. Where a gateway accepts
	// nothing some of them are sent, lest it only wants them as they are.
	Known []initiator.FirstPacket
	// Clients are asked as, one after the other, when all else is known.
	// ClientsOnly leaves out all else but whether the target is reached.
	Clients     []initiator.FirstPacket
	ClientsOnly bool

	// Identity is how much the gateway is asked of who it is, when its suites are
	// known.
	Identity identity.Extent
	// HostName is the name or the address that users dial; "" for the name of the
	// target, if it has one.
	HostName string
	// Roots are those that clients trust, nil if that is not known, and WarnDays how
	// many days before its end a certificate is said to expire soon.
	Roots    *x509.CertPool
	WarnDays int
	// Staple asks for OCSP responses with the certificates (RFC 4806), for which the
	// gateway may ask others.
	Staple bool

	// Shared is what gateways of several scans drew at random, to compare; nil compares
	// with nothing.
	Shared *Shared

	// Listen opens the socket; nil means real UDP. Dial opens TCP connections, as in
	// [initiator.Config]. Rand is the source of SPIs, nonces and keys; nil means
	// crypto/rand.
	Listen initiator.ListenFunc
	Dial   initiator.DialFunc
	Rand   io.Reader
	// Trace is called with each datagram sent or received, Progress after
	// each exchange; neither concurrently with itself.
	Trace    func(initiator.Datagram)
	Progress func(Progress)
}

// Shared is what the gateways of several scans drew at random.
type Shared = ledger.Shared

// Progress is how far a scan has come.
type Progress struct {
	Target    target.Target
	Doing     evidence.Purpose // what the last exchange was for
	Exchanges int              // done so far
	Last      evidence.Exchange
}

// Plan returns the offers with which a scan begins: those that ask about the
// whole universe. What comes after depends on the answers.
func (s Scanner) Plan() []matrix.Offer {
	var first []matrix.Offer
	s.planner(func(offers []matrix.Offer) []matrix.Answer {
		if first == nil {
			first = offers
		}
		return make([]matrix.Answer, len(offers)) // not tested
	}).Run()
	return first
}

func (s Scanner) planner(ask func([]matrix.Offer) []matrix.Answer) matrix.Planner {
	return matrix.Planner{Universe: s.universe(), Exhaustive: s.Exhaustive, Thorough: s.Thorough, Hypotheses: s.Hypotheses, Ask: ask}
}

func (s Scanner) universe() *matrix.Universe {
	if s.Universe == nil {
		return matrix.Standard()
	}
	return s.Universe
}

// Scan scans one address of a target. A gateway that is silent or rude is a
// result. The error says why the result is not Complete: [ErrInterrupted], if ctx
// ended, [ErrDeadline], [ErrBudget], [ErrGone], [ErrHalfOpen], [ErrGaveUp], [ErrDoubt], [ErrCookies], or what is wrong on
// our side, as in Result.Err. The result holds what was found until then.
func (s Scanner) Scan(ctx context.Context, t target.Target) (evidence.Result, error) {
	if s.Deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, s.Deadline, ErrDeadline)
		defer cancel()
	}
	run := newScan(s, t)
	err := run.run(ctx)
	return run.result, err
}
