package path

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path/mapping"
)

// Examiner says how paths are examined. Its zero value works.
type Examiner struct {
	// Transports are asked over; nil means UDP 500 and UDP 4500.
	Transports []initiator.Transport
	// Source is our address and port; invalid parts are the system's choice.
	Source netip.AddrPort
	// SourcePorts are further ports of ours, from which the port of the gateway
	// with the same number is asked, too; nil means 500 and 4500, which clients
	// send from. None is opened where Source names a port.
	SourcePorts []uint16
	// Outside are addresses that a NAT in front of us may have.
	Outside []netip.Addr
	// Others are further gateways of the run, which are asked how they see our port
	// where NAT is in front of us and its outside is known; nil for none.
	Others *mapping.Others
	// SkipInside leaves out the search for the private address that a gateway has
	// behind NAT, which may take a second or two of all cores.
	SkipInside bool
	// NATLifetime, unless 0, has it found out how long NAT in front of us keeps an idle
	// mapping, up to so long, which takes up to twice as long. Waiting, unless nil, is
	// called with how long nothing will happen now.
	NATLifetime time.Duration
	Waiting     func(time.Duration)
	// Probes is how many requests a port that answers gets, 0 for 5.
	Probes int
	// Hops has it find the routers on the way, on Linux.
	Hops bool
	// Brief leaves out what a scan finds out anyway: NAT (but for the mapping, where there
	// are Others and Outside is given), further source ports, and all Probes but the
	// first. Other versions of IKE are asked for only where IKEv2 is not answered, or
	// refused.
	Brief bool

	// Attempts is how often a port is asked before it counts as silent, 0 for 5,
	// and InitialRTO the first wait for an answer, 0 for 500 ms. Rate and Window
	// are those of [initiator.Config].
	Attempts   int
	InitialRTO time.Duration
	Rate       float64
	Window     int

	// Listen, Dial, Rand and Trace are those of [initiator.Config]. Trace is never called
	// concurrently for one address.
	Listen initiator.ListenFunc
	Dial   initiator.DialFunc
	Rand   io.Reader
	Trace  func(initiator.Datagram)
	// Progress is called after each exchange, never concurrently for one address.
	Progress func(initiator.Exchange)
}

// Target is one address to examine.
type Target struct {
	Address netip.Addr
	// Paths say which ports the responder has; nil means the assigned ones.
	Paths initiator.Paths
	// FirstExchange is the number of the first exchange, 0 for 1.
	FirstExchange int
	// RedirectedFrom is the gateway that redirected us to this one (RFC 5685), which is
	// told; invalid if none did.
	RedirectedFrom netip.Addr
}

const (
	defaultProbes   = 5
	defaultAttempts = 5
)

// Examine examines the way to one address. The error is of our own side: no
// socket, or no randomness. Where our host has no route that is a result. If ctx
// ends the result holds what was found until then.
func (e Examiner) Examine(ctx context.Context, target Target) (Result, error) {
	x := newExamination(e, target)
	_, leave := x.Others.Take(x.target.Address)
	err := x.run(ctx)
	leave(x.answering() != nil)
	x.askOthers(ctx)
	x.sumUp()
	r := x.total(ctx)
	r.Elapsed = time.Since(r.Started)
	return r, err
}

// examination is the examination of one address.
type examination struct {
	Examiner
	target Target
	conn   *initiator.Conn // from the port that the system chose
	other  *initiator.Conn // to another gateway, from the same port; nil if there is none
	ways   []*way
	// unopened are the exchanges that opened no IKE SA, where one was asked for.
	unopened []int
	// seenBy are the exchanges that show how the gateway sees our port.
	seenBy  map[initiator.Transport]int
	padWait time.Duration // that of each try of a large request; 0 before sizes are measured
	// inside looks for the gateway's private address; nil if there is none.
	inside  func()
	places  chan struct{} // one for each request that may be at work at the gateway
	opening chan struct{} // has one IKE SA at a time opened by several sockets

	mu     sync.Mutex // guards what follows, and Trace
	result Result
	open   map[int]bool // IKE SAs at the gateway, by the exchange that opened them
	// unseen are the requests without an answer that were to end IKE SAs, by the
	// exchange that opened them, and closes: another one was answered.
	unseen map[int]ending
	closes bool
	// uncertain are those of open that may be closed, or never have been open, and
	// unheard are the requests for one that were not answered.
	uncertain map[int]bool
	unheard   []int
	// kept are those of open that the gateway has still, after it answered a Delete.
	kept   map[int]bool
	last   int // exchange
	looks  []look
	err    error
	random sync.Mutex // guards Rand
}

// way is from one of our ports to one of the gateway's.
type way struct {
	conn   *initiator.Conn
	t      initiator.Transport
	source uint16 // 0 for the port that the system chose
	seen   Seen
	// answers are those to greetings, and asked the greeting that was answered.
	answers []initiator.Answer
	asked   greeting
}

func newExamination(e Examiner, target Target) *examination {
	if e.Transports == nil {
		e.Transports = []initiator.Transport{initiator.UDP500, initiator.UDP4500}
	}
	if target.Paths.Port(initiator.UDP500) == target.Paths.Port(initiator.UDP4500) {
		e.Transports = slices.DeleteFunc(slices.Clone(e.Transports), func(t initiator.Transport) bool { return t == initiator.UDP500 })
	}
	if e.SourcePorts == nil {
		e.SourcePorts = []uint16{initiator.UDP500.Port(), initiator.UDP4500.Port()}
	}
	if e.Source.Port() != 0 || e.Brief {
		e.SourcePorts = nil
	}
	if e.Brief {
		e.Probes = 1
	}
	e.Probes = cmp.Or(max(e.Probes, 0), defaultProbes)
	e.Attempts = cmp.Or(max(e.Attempts, 0), defaultAttempts)
	if e.Rand == nil {
		e.Rand = rand.Reader
	}
	x := &examination{Examiner: e, target: target, last: max(target.FirstExchange-1, 0), places: make(chan struct{}, atGateway), opening: make(chan struct{}, 1), open: map[int]bool{}, unseen: map[int]ending{}, uncertain: map[int]bool{}, kept: map[int]bool{}, seenBy: map[initiator.Transport]int{}}
	x.target.Address = target.Address.Unmap()
	x.result = Result{Address: x.target.Address, Started: time.Now()}
	return x
}

// config returns that of a socket with a port of ours.
func (x *examination) config(source netip.AddrPort) initiator.Config {
	return initiator.Config{
		Gateway: x.target.Address, Paths: x.target.Paths, Source: source,
		Listen: x.Listen, Dial: x.Dial, Rand: lockedReader{&x.random, x.Rand}, Trace: x.trace,
		InitialRTO: x.InitialRTO, Rate: x.Rate, Window: x.Window, Number: x.number,
	}
}

// number returns the number of the next exchange, of any socket.
func (x *examination) number() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.last++
	return x.last
}

// trace hands a datagram on; those of several sockets come concurrently.
func (x *examination) trace(d initiator.Datagram) {
	if x.Trace != nil {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.Trace(d)
	}
}

// lockedReader is read by several sockets.
type lockedReader struct {
	mu *sync.Mutex
	r  io.Reader
}

func (l lockedReader) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(b)
}

// run asks everything.
func (x *examination) run(ctx context.Context) error {
	conn, err := initiator.Open(ctx, x.config(x.Source))
	if err != nil {
		if u, ok := initiator.NoRoute(err); ok {
			x.unroutable(u)
			return nil
		}
		return err
	}
	x.conn = conn
	defer conn.Close()
	for _, t := range x.Transports {
		x.ways = append(x.ways, &way{conn: conn, t: t})
		x.result.Ports = append(x.result.Ports, Port{Transport: t, Port: x.target.Paths.Port(t)})
	}
	closeSources := x.openSources(ctx)
	defer closeSources()

	x.firstGreetings(ctx)
	main := x.answering()
	var rest sync.WaitGroup
	for _, w := range x.ways {
		rest.Go(func() {
			x.moreGreetings(ctx, w, main)
			x.checkRate(ctx, w)
			if w == main {
				x.askUnusual(ctx, w)
			}
			x.askTLS(ctx, w)
		})
	}
	if main != nil && main.source == 0 && !main.t.IsTCP() && !(x.Brief && taken(main)) {
		rest.Go(func() { x.askVersions(ctx, true, main) })
	}
	rest.Wait()
	x.askSilent(ctx, main)
	switch {
	case x.Brief:
		x.detectMapping(ctx)
	default:
		x.detectNAT(ctx)
		x.measureSize(ctx)
		if x.NATLifetime > 0 {
			x.measureLifetime(ctx)
		}
	}
	if x.Hops && initiator.HopLimits {
		x.traceHops(ctx)
	}
	x.endAgain(ctx)
	return x.err
}

// unroutable is the result where our own host knows no way to the gateway.
func (x *examination) unroutable(u initiator.PathFault) {
	for _, t := range x.Transports {
		x.result.Ports = append(x.result.Ports, Port{
			Transport: t, Port: x.target.Paths.Port(t),
			Seen: Seen{State: u.State, Reason: reasonOf(&u, netip.Addr{}), Detail: u.Detail},
		})
	}
}

// total completes the result.
func (x *examination) total(ctx context.Context) Result {
	r := x.result
	r.Several = severalOf(x.looks)
	r.HopLimits = hopLimitsOf(r.Exchanges, r.Beside)
	r.Complete = ctx.Err() == nil && x.err == nil
	slices.SortFunc(r.Exchanges, func(a, b initiator.Exchange) int { return cmp.Compare(a.ID, b.ID) })
	return r
}

// A gateway may have so many requests of ours at work: each is a half-open IKE SA to
// strongSwan until it is answered, and from the third of one address it asks for
// cookies. It is not at work any more on what it did not answer in workTime.
const (
	atGateway = 2
	workTime  = 50 * time.Millisecond
)

// ask makes an exchange and keeps it.
func (x *examination) ask(ctx context.Context, conn *initiator.Conn, req *initiator.Request) initiator.Answer {
	x.places <- struct{}{}
	leave := sync.OnceFunc(func() { <-x.places })
	timer := time.AfterFunc(workTime, leave)
	a := conn.Exchange(ctx, req)
	timer.Stop()
	leave()
	x.mu.Lock()
	defer x.mu.Unlock()
	if a.Tries == 0 && a.Outcome == initiator.NotTried {
		return a
	}
	x.result.Exchanges = append(x.result.Exchanges, a.Exchange)
	if conn == x.other {
		x.result.Beside = append(x.result.Beside, a.ID)
	} else {
		x.look(a)
	}
	if x.Progress != nil {
		x.Progress(a.Exchange)
	}
	return a
}

// fail keeps what went wrong on our side.
func (x *examination) fail(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.err == nil {
		x.err = fmt.Errorf("path: %w", err)
	}
}

// opened counts the IKE SA at the gateway that an exchange opened, closed one less, of
// IKEv2, and ended one less of any version.
func (x *examination) opened(exchange int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.open[exchange] = true
	x.result.HalfOpenPeak = max(x.result.HalfOpenPeak, len(x.open))
}

func (x *examination) closed(exchange int) {
	x.ended(exchange)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closes = true
}

func (x *examination) ended(exchange int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.open, exchange)
	delete(x.unseen, exchange)
}

// perhapsOpen counts an IKE SA that an exchange may have opened, or that may be ended.
func (x *examination) perhapsOpen(exchange int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.open[exchange], x.uncertain[exchange] = true, true
}

// taken reports whether the gateway may take something that it was offered on w.
func taken(w *way) bool {
	return slices.ContainsFunc(w.answers, func(a initiator.Answer) bool { return a.Outcome != initiator.NoProposalChosen })
}

// answering returns the first way on which an IKEv2 responder answered, of those
// from the port that the system chose if there is one; nil if there is none.
func (x *examination) answering() *way {
	for _, w := range x.ways {
		if w.seen.State == initiator.PathAnswers {
			return w
		}
	}
	return nil
}
