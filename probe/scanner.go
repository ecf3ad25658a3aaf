package probe

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Scanner scans gateways. Its zero value works; it is copied at the start of
// each scan, and one Scanner may scan many targets at a time.
type Scanner struct {
	// Transports are the paths to try; nil means both.
	Transports []initiator.Transport
	// Source is our address and port; invalid parts are the system's choice.
	Source netip.AddrPort
	// Outside are addresses that a NAT in front of us may have. With the
	// right one among them the mapped port can be told.
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

	// Universe is the set of suites to ask about; nil means
	// [matrix.Standard]. Exhaustive observes each accepted one, Thorough
	// takes more samples of them.
	Universe             *matrix.Universe
	Exhaustive, Thorough bool

	// Offers, with the method of their KE payload, are those of clients: what
	// the gateway chooses of them is asked where it does not follow from how it
	// chooses.
	Offers []choice.Question
	// Clients are asked as, one after the other, when all else is known.
	// ClientsOnly leaves out all else but whether the target is reached.
	Clients     []initiator.FirstPacket
	ClientsOnly bool

	// Listen opens the socket; nil means real UDP. Rand is the source of
	// SPIs, nonces and keys; nil means crypto/rand.
	Listen initiator.ListenFunc
	Rand   io.Reader
	// Trace is called with each datagram sent or received, Progress after
	// each exchange; neither concurrently with itself.
	Trace    func(initiator.Datagram)
	Progress func(Progress)
}

// Progress tells how far a scan is.
type Progress struct {
	Target    Target
	Doing     Purpose // what the last exchange was for
	Exchanges int     // done so far
	Last      Exchange
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
	return matrix.Planner{Universe: s.universe(), Exhaustive: s.Exhaustive, Thorough: s.Thorough, Ask: ask}
}

func (s Scanner) universe() *matrix.Universe {
	if s.Universe == nil {
		return matrix.Standard()
	}
	return s.Universe
}

// Scan scans one address of a target. A gateway that is silent or rude is a
// result; only what is wrong on our side is an error, in Result.Err. If ctx
// ends, the result holds what was found until then and is not Complete.
func (s Scanner) Scan(ctx context.Context, target Target) Result {
	started := time.Now()
	run := &scan{Scanner: s, target: target, result: Result{
		Target: target.Name, Address: target.Address, Started: started,
	}}
	run.described = make(map[initiator.Transport]bool)
	run.vacancy = sync.NewCond(&run.mu)
	if len(run.Transports) == 0 {
		run.Transports = target.transports()
	}
	run.run(ctx)
	r := run.result
	gaveUp := r.Matrix != nil && r.Matrix.Spent > 0
	r.Complete = r.Err == nil && ctx.Err() == nil && !run.outOfBudget && !run.stuck && !run.gone && !gaveUp
	r.Cost.Elapsed = time.Since(started)
	for i := range r.Paths {
		r.Paths[i].Port = target.Paths.Port(r.Paths[i].Transport)
	}
	return r
}

// scan is one run of a Scanner against one address.
type scan struct {
	Scanner
	target Target
	conn   *initiator.Conn

	// What follows changes only while no exchanges are in flight together.

	main    initiator.Transport // that the matrix is asked over
	control []proposals.Product // an offer that the gateway is known to answer
	// controlTaken: it is acceptable, not refused.
	controlTaken bool
	way          way
	decoy        ike.KeyExchangeMethod // of the way byDecoy
	// steadfast: the gateway sends those elsewhere who would go.
	steadfast bool
	refusal   refusal
	spoilers  map[proposals.Algorithm]int  // and the exchange that shows it
	limit     int                          // octets of the longest request that is answered; 0: none known
	absences  int                          // how often the gateway was waited for
	gone      bool                         // it did not come back
	described map[initiator.Transport]bool // an accepted answer told of the path
	overruns  int                          // how often control offers beside others were lost
	// triedAnyway: it is known that the gateway takes nothing either when the
	// KE payload fits, or does not answer.
	triedAnyway bool

	closing sync.WaitGroup // of IKE SAs, beside other exchanges

	mu          sync.Mutex // guards what follows
	result      Result
	halfOpen    int        // IKE SAs that are half-open, as far as is known
	places      int        // of requests that may open one, and of those left
	left        int        // half-open IKE SAs that could not be closed
	unclosable  bool       // one was opened that has no keys
	closes      bool       // the gateway answered an IKE_AUTH that closes one
	unseen      []int      // exchanges whose IKE SA was to be closed by an IKE_AUTH without an answer
	vacancy     *sync.Cond // of mu: places or left changed
	opensAnyway bool       // an IKE SA was opened that no request asked for
	stuck       bool       // the matrix needs more half-open IKE SAs than there may be
	begun       int        // exchanges
	outOfBudget bool
	keys        map[ike.KeyExchangeMethod]*keyexchange.PrivateKey
	odds        odds
	heard       hearing
	seen        seen
	again       string // why the matrix has to be asked again, or ""
	decoyTaken  bool
}

func (s *scan) run(ctx context.Context) {
	c, err := initiator.Open(ctx, initiator.Config{
		Gateway: s.target.Address, Paths: s.target.Paths, Source: s.Source, Listen: s.Listen,
		Rand: s.Rand, Trace: s.Trace, InitialRTO: s.InitialRTO, Attempts: s.Attempts,
		Rate: s.Rate, Window: s.Window, First: s.target.FirstExchange,
	})
	if u, ok := initiator.NoRoute(err); ok {
		s.unroutable(u)
		return
	}
	if err != nil {
		s.result.Verdict, s.result.Err = VerdictError, err
		return
	}
	s.conn = c
	s.reach(ctx)
	if s.result.Verdict == VerdictIKEv2 && s.negotiates() {
		if !s.ClientsOnly {
			s.matrix(ctx)
			s.detail(ctx)
		}
		s.clients(ctx)
	}
	s.finish()
	if err := c.Close(); err != nil && s.result.Err == nil {
		s.result.Err = fmt.Errorf("close the socket: %w", err)
	}
}

// finish fills in what only the end of a scan knows.
func (s *scan) finish() {
	r := &s.result
	for _, a := range s.conn.Late() {
		if a.Outcome == initiator.Accepted && a.Differs {
			s.opened()
			s.note("Exchange %d was accepted after its end, which left a half-open IKE SA at the gateway that times out by itself.", a.Exchange)
		}
	}
	s.noteUnseen()
	r.Cost.Cost, r.Cost.HalfOpenLeft = s.conn.Cost(), s.halfOpen
	slices.SortFunc(r.Exchanges, func(a, b Exchange) int { return a.ID - b.ID })
	for i := range r.Paths {
		p := &r.Paths[i]
		p.Sent, p.Received = s.conn.Traffic(p.Transport)
		for _, x := range r.Exchanges {
			if x.Transport == p.Transport && x.RTT > 0 && (p.RTT == 0 || x.RTT < p.RTT) {
				p.RTT = x.RTT
			}
		}
	}
	if n := s.conn.Strays(); n > 0 {
		s.note("%d datagrams came from other addresses than the gateway's and were ignored.", n)
	}
	if r.Verdict != VerdictIKEv2 {
		return
	}
	if s.left >= halfOpenLimit {
		s.note("%d half-open IKE SAs could not be closed, so no more was asked that may open another.", s.left)
	}
	if rate, ok := s.conn.Slowed(); ok {
		s.note("Requests were lost on the way or dropped by the gateway, so the scan slowed down, to %.3g datagrams a second at the lowest; "+
			"%d of %d datagrams were sent again.", rate, r.Cost.Retransmits, r.Cost.DatagramsSent)
	}
	if n := r.Cost.Cookies; n > 0 {
		s.note("The gateway asked for a cookie in %d of %d exchanges.", n, r.Cost.Exchanges)
	}
}

func (s *scan) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := fmt.Sprintf(format, args...); !slices.Contains(s.result.Notes, n) {
		s.result.Notes = append(s.result.Notes, n)
	}
}
