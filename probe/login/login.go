package login

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// Client says how to log in. It needs Credentials.
type Client struct {
	Credentials Credentials
	// Host is the name or address of the gateway as the user knows it, which its
	// certificate has to be for unless RemoteIdentity says otherwise.
	Host string
	// Roots are trusted to certify gateways; nil for those of the system.
	Roots *x509.CertPool
	// Products are offered; nil for what clients offer: [Offer], then [HybridOffer].
	Products []proposals.Product
	// Address asks for an address, and for the Child SA that goes with it.
	Address bool
	// LocalNetwork and RemoteNetwork are what a Child SA is to carry; all of IPv4 and
	// IPv6 if they are not valid.
	LocalNetwork, RemoteNetwork netip.Prefix
	// ESP asks which suites a Child SA may have, once logged in.
	ESP bool
	// IKE asks which suites the IKE SA may be rekeyed with, once logged in.
	IKE bool
	// Stay says how long to stay once logged in.
	Stay Staying
	// Attempts is how often a request is sent at most, 0 for 7, each time waiting twice
	// as long, up to 4 seconds. Responses of EAP are sent half as often again, which is
	// 25 seconds, since a RADIUS server may wait for a person: strongSwan forgets what is
	// half-open for 30. A gateway does what the same request asks once.
	Attempts int

	// Transports are tried in turn; nil means UDP 500 and UDP 4500.
	Transports []initiator.Transport
	// Source, InitialRTO, Listen, Dial, Rand and Trace are those of
	// [initiator.Config].
	Source     netip.AddrPort
	InitialRTO time.Duration
	Listen     initiator.ListenFunc
	Dial       initiator.DialFunc
	Rand       io.Reader
	Trace      func(initiator.Datagram)
}

// Target is the gateway.
type Target struct {
	Address netip.Addr
	// Paths say which ports it has; nil means the assigned ones.
	Paths initiator.Paths
}

const (
	defaultAttempts = 7
	// longest is how long a login takes at most, whatever the gateway does.
	longest = 3 * time.Minute
	// farewell is how long an exchange goes on when the user has ended the login, so
	// that what it opened can be ended, and wave the same of IKE_SA_INIT.
	farewell = 5 * time.Second
	wave     = time.Second
)

// Login logs in once and ends the IKE SA. The error is of our own side: credentials that
// do not fit, no socket, no randomness. If ctx ends, so does the login, and what was
// opened is deleted all the same.
func (c Client) Login(ctx context.Context, target Target) (*Result, error) {
	if err := c.Credentials.Check(time.Now()); err != nil {
		return nil, err
	}
	if c.Attempts <= 0 {
		c.Attempts = defaultAttempts
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Transports == nil {
		c.Transports = []initiator.Transport{initiator.UDP500, initiator.UDP4500}
	}
	var requests chan initiator.Datagram
	if c.Stay.Limit > 0 {
		requests, c.Trace = incoming(c.Trace)
	}
	conn, err := initiator.Open(ctx, initiator.Config{
		Gateway: target.Address, Paths: target.Paths, Source: c.Source, InitialRTO: c.InitialRTO,
		Listen: c.Listen, Dial: c.Dial, Rand: c.Rand, Trace: c.Trace,
	})
	r := &Result{Address: target.Address, Host: c.Host, Method: c.Credentials.Method, Second: c.Credentials.Second, Local: c.Credentials.Local(), Started: time.Now(), Asked: c.asked(target)}
	if u, ok := initiator.NoRoute(err); ok {
		r.Steps = []Step{{Kind: Negotiate, State: Failed, Cause: "send-failed", Detail: u.Detail}}
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	a := &attempt{Client: c, conn: conn, r: r, local: r.Local, incoming: requests}
	if a.local.IsZero() {
		a.local = identityOf(conn.Local().Addr())
	}
	r.Local = a.local
	err = a.run(ctx)
	r.Elapsed = time.Since(r.Started)
	r.Cost = conn.Cost()
	return r, err
}

// asked returns the ports of the gateway that the login may go to. One that begins on UDP
// 500 goes on over UDP 4500 where there is NAT.
func (c Client) asked(target Target) (all []initiator.Path) {
	ike, natt := target.Paths.Port(initiator.UDP500), target.Paths.Port(initiator.UDP4500)
	plain := slices.Contains(c.Transports, initiator.UDP500)
	if plain && ike != natt {
		all = append(all, initiator.Path{Transport: initiator.UDP500, Port: ike})
	}
	if plain || slices.Contains(c.Transports, initiator.UDP4500) {
		all = append(all, initiator.Path{Transport: initiator.UDP4500, Port: natt})
	}
	if slices.Contains(c.Transports, initiator.TCP4500) {
		all = append(all, initiator.Path{Transport: initiator.TCP4500, Port: target.Paths.Port(initiator.TCP4500)})
	}
	return all
}

// attempt is one login on its way.
type attempt struct {
	Client
	conn  *initiator.Conn
	r     *Result
	local Identity
	sa    *sa
	err   error // of our own side
	// second: the second round has begun.
	second bool
	// incoming are what may be requests of the gateway, where we stay for them.
	incoming chan initiator.Datagram
}

// sa is the IKE SA.
type sa struct {
	transport      initiator.Transport
	flow           int
	keys           *keymat.Keys
	answer         *keymat.Reassembly // to the last request
	header         ike.Header         // of the next request
	request, reply []byte             // the IKE_SA_INIT messages
	ni, nr         []byte
	intermediate   []byte              // what IKE_INTERMEDIATE adds to the octets that are signed
	hashes         []ike.HashAlgorithm // that the gateway announced
	childless      bool                // it can do without a Child SA
	fragments      bool                // it takes fragments of IKE
	multiple       bool                // it knows of several rounds (RFC 4739)
	openIKED       bool                // it is OpenIKED, by its Vendor ID
	// established: the gateway has authenticated us, so it keeps the IKE SA until a
	// Delete. over: it has ended it. unanswered: the last request was not answered.
	established, over, unanswered bool
	// doubtful: whether it is established cannot be seen, since the gateway may take the
	// first of two rounds for all.
	doubtful bool
	// silent: nothing more is to be sent.
	silent bool
}

// run goes through the steps.
func (a *attempt) run(ctx context.Context) error {
	opening, stop := lasting(ctx, wave)
	defer stop()
	if !a.negotiate(ctx, opening) {
		return a.err
	}
	// From here on the gateway holds something for us.
	work, stop := lasting(ctx, farewell)
	defer stop()
	switch {
	case ctx.Err() != nil:
		a.interrupted(Authenticate)
	case !a.hybrid(work):
	case a.Credentials.Method.IsEAP():
		a.byEAP(ctx, work)
	default:
		a.directly(ctx, work)
	}
	if a.ESP && a.r.LoggedIn {
		more, stop := lasting(ctx, farewell)
		a.explore(ctx, more)
		stop()
	}
	if a.IKE && a.r.LoggedIn && !a.sa.over && a.err == nil {
		more, stop := lasting(ctx, farewell)
		a.rekey(ctx, more)
		stop()
	}
	if a.Stay.Limit > 0 && a.r.LoggedIn && !a.sa.over && a.err == nil {
		a.linger(ctx)
	}
	a.end(context.WithoutCancel(ctx))
	return a.err
}

// lasting returns a context that ends some time after ctx, and after the longest login.
func lasting(ctx context.Context, after time.Duration) (context.Context, func()) {
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(after)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-work.Done():
		}
		cancel()
	})
	return work, func() { stop(); cancel() }
}

// add adds a step, and returns it.
func (a *attempt) add(s Step) *Step {
	s.Second = a.second
	a.r.Steps = append(a.r.Steps, s)
	return &a.r.Steps[len(a.r.Steps)-1]
}

// interrupted notes that the user ended the login before a step was decided.
func (a *attempt) interrupted(kind StepKind) {
	a.r.Interrupted = true
	a.add(Step{Kind: kind, State: Unknown, Cause: CauseInterrupted})
}

// fragmentOctets is the largest IKE message that is sent whole: with the non-ESP marker
// and the headers of UDP and IPv6 it fits the 1,280 octets that every path carries.
const fragmentOctets = 1280 - 40 - 8 - 4

// ask sends a request in the IKE SA. It reports false if something is wrong on our
// side.
func (a *attempt) ask(ctx context.Context, exchange ike.ExchangeType, payloads []ike.Payload, attempts int) (initiator.Answer, bool) {
	h := a.sa.header
	h.Exchange = exchange
	size := fragmentOctets
	if !a.sa.fragments || a.sa.transport.IsTCP() {
		size = 1 << 16
	}
	fragments, err := a.sa.keys.SealFragments(keymat.Initiator, h, payloads, a.Rand, size)
	if err != nil {
		a.err = err
		return initiator.Answer{}, false
	}
	whole := a.sa.keys.Reassembly(keymat.Responder)
	a.sa.answer = whole
	req, err := a.conn.Fragmented(a.sa.transport, fragments, whole.Open)
	if err != nil {
		a.err = err
		return initiator.Answer{}, false
	}
	req.Flow, req.Quiet, req.Wary, req.Attempts = a.sa.flow, true, true, attempts
	answer := a.conn.Exchange(ctx, req)
	a.record(answer, h.MessageID, payloads)
	a.sa.unanswered = !answer.Genuine
	if answer.Genuine {
		a.sa.header.MessageID++
	}
	return answer, true
}

// record keeps an exchange.
func (a *attempt) record(answer initiator.Answer, id uint32, sends []ike.Payload) {
	x := Exchange{Exchange: answer.Exchange, MessageID: id, Sends: namesOf(sends)}
	if sa, ok := ike.Find[*ike.SA](&ike.Message{Payloads: sends}); ok {
		x.OffersKE = slices.ContainsFunc(sa.Proposals, func(p ike.Proposal) bool {
			return slices.ContainsFunc(p.Transforms, func(t ike.Transform) bool { return t.Type == ike.TransformKE })
		})
	}
	if answer.Message != nil {
		x.Answer = namesOf(answer.Message.Payloads)
	}
	a.r.Exchanges = append(a.r.Exchanges, x)
}

// maxNames bounds the payloads that are named of a message.
const maxNames = 24

// namesOf names payloads, notifies by their types.
func namesOf(payloads []ike.Payload) []string {
	var out []string
	for _, p := range payloads[:min(len(payloads), maxNames)] {
		name := p.Type().String()
		switch p := p.(type) {
		case *ike.Notify:
			name = fmt.Sprintf("N(%v)", p.Notification)
		case *ike.EAP:
			name = "EAP"
		}
		out = append(out, name)
	}
	return out
}
