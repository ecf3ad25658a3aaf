package initiator

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/internal/socket"
)

// Config says how to talk with one gateway. But for Gateway, zero values are
// the defaults.
type Config struct {
	Gateway netip.Addr
	// Paths say which ports the responder has; nil means the assigned ones.
	Paths Paths
	// Source is our address and port; invalid parts are the system's choice.
	Source netip.AddrPort
	// DontFragment has nothing sent in IP fragments, whatever the kernel knows of the
	// path: what is too large is not delivered, and the PathFault of an ICMP error
	// says so. It is for real UDP on Linux; elsewhere it has no effect.
	DontFragment bool
	// Listen opens the socket; nil means real UDP. Rand is the source of SPIs,
	// nonces and keys; nil means crypto/rand.
	Listen ListenFunc
	Rand   io.Reader
	// Dial opens TCP connections; nil means real TCP, or none where Listen is set.
	Dial DialFunc
	// Trace is called with each datagram sent or received, never concurrently;
	// it must not block or call the Conn.
	Trace func(Datagram)

	// InitialRTO is the first wait for an answer, 0 for 500 ms. Attempts is how
	// often a request is sent before its silence counts, and again so often
	// after a cookie, 0 for 4. Rate is the number of datagrams a second, 0 for
	// 50. Window bounds the exchanges in flight, 0 for 16.
	InitialRTO time.Duration
	Attempts   int
	Rate       float64
	Window     int
	// First is the number of the first exchange, 0 for 1.
	First int
	// Number, unless nil, returns the number of each exchange, for those that
	// several Conns count together. It must not call the Conn.
	Number func() int
}

// Conn is a UDP socket towards one gateway, for both ports: so the mappings of a
// NAT for 500 and for 4500 can be compared. [Conn.OpenFlow] adds sockets. Requests
// by [TCP4500] go out by a TCP connection beside the socket, which is opened for the
// first of them, and again once it is closed. Its methods may be called concurrently.
type Conn struct {
	cfg Config
	ledger
	pacer     *pacer
	roundTrip roundTrip
	// patient: a first answer was seen to be forged, so each is held until a
	// true one would have come.
	patient atomic.Bool
	// done is closed when nothing more is read; broken then says why, if
	// not by Close.
	done    chan struct{}
	broken  error
	reading sync.WaitGroup

	drawing sync.Mutex // guards cfg.Rand, lastID and keys
	lastID  int
	keys    map[ike.KeyExchangeMethod]*keyexchange.PrivateKey // our own

	mu       sync.Mutex
	flows    []*flow // one at least
	closed   bool
	waiting  map[ike.SPI]*wait
	finished map[messageKey]*wait
	order    []messageKey // of finished, the oldest first
	lates    []LateAnswer
	opened   map[int]int // IKE SAs, by exchange
}

// defaultAttempts is how often a request is sent before its silence counts.
const defaultAttempts = 4

// Open opens the socket. The error is of a bad configuration, of no route, or
// of the system.
func Open(ctx context.Context, cfg Config) (*Conn, error) {
	cfg.Gateway = cfg.Gateway.Unmap()
	if !cfg.Gateway.IsValid() || cfg.Gateway.IsUnspecified() || cfg.Gateway.IsMulticast() {
		return nil, fmt.Errorf("initiator: %v is not the address of a gateway", cfg.Gateway)
	}
	cfg.Source = socket.Unmap(cfg.Source)
	if a := cfg.Source.Addr(); a.IsValid() && !a.IsUnspecified() && a.Is4() != cfg.Gateway.Is4() {
		return nil, fmt.Errorf("initiator: source %v and gateway %v are of different IP versions", a, cfg.Gateway)
	}
	setDefault(&cfg.InitialRTO, defaultRTO)
	setDefault(&cfg.Attempts, defaultAttempts)
	setDefault(&cfg.Rate, defaultRate)
	setDefault(&cfg.Window, defaultWindow)
	switch {
	case cfg.Dial != nil:
	case cfg.Listen == nil:
		cfg.Dial = socket.Dial
	default:
		cfg.Dial = func(context.Context, netip.AddrPort, netip.AddrPort) (net.Conn, error) {
			return nil, errors.ErrUnsupported
		}
	}
	if cfg.Listen == nil {
		cfg.Listen = socket.Listen
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	first, err := openFlow(ctx, cfg)
	if err != nil {
		return nil, err
	}
	cfg.Paths = slices.Clone(cfg.Paths)
	c := &Conn{
		cfg: cfg, flows: []*flow{first},
		ledger:    ledger{hook: cfg.Trace, sent: make(map[Transport]int), came: make(map[Transport]int)},
		pacer:     newPacer(cfg.Rate, cfg.Window),
		roundTrip: roundTrip{initial: cfg.InitialRTO},
		done:      make(chan struct{}),
		keys:      make(map[ike.KeyExchangeMethod]*keyexchange.PrivateKey),
		waiting:   make(map[ike.SPI]*wait),
		finished:  make(map[messageKey]*wait),
		opened:    make(map[int]int),
		lastID:    max(cfg.First-1, 0),
	}
	c.reading.Go(func() { c.read(first) })
	return c, nil
}

func setDefault[T int | float64 | time.Duration](v *T, value T) {
	if *v <= 0 {
		*v = value
	}
}

// Close closes the sockets and waits until nothing more is read. Exchanges that
// still wait end.
func (c *Conn) Close() error {
	err := c.closeFlows(nil)
	c.reading.Wait()
	if err != nil {
		return fmt.Errorf("initiator: %w", err)
	}
	return nil
}

// Local returns our address and first port, as the gateway's side of the socket
// has it if no NAT is between.
func (c *Conn) Local() netip.AddrPort { return c.flow(0).local }

// Remote returns where requests by t go to.
func (c *Conn) Remote(t Transport) netip.AddrPort {
	return netip.AddrPortFrom(c.cfg.Gateway, c.cfg.Paths.Port(t))
}

// Dial opens a TCP connection to the port of t, on which nothing is sent. It is not
// the one that requests go out by, and is the caller's to close.
func (c *Conn) Dial(ctx context.Context, t Transport) (net.Conn, error) {
	return c.cfg.Dial(ctx, netip.AddrPortFrom(c.Local().Addr(), 0), c.Remote(t))
}

// Attempts returns how often a request is sent before its silence counts.
func (c *Conn) Attempts() int { return c.cfg.Attempts }

// BePatient has each first answer held, from now on, until a second one that
// contradicts it would have come: answers were seen to be forged. It reports
// whether that was so before.
func (c *Conn) BePatient() (already bool) { return c.patient.Swap(true) }

// Cost returns the counts of exchanges, datagrams and octets so far.
func (c *Conn) Cost() Cost { return c.cost() }

// Traffic returns how many messages went to and came from the gateway by t: one in
// fragments of IKE counts once.
func (c *Conn) Traffic(t Transport) (sent, received int) { return c.traffic(t) }

// Strays returns how many datagrams came from other addresses than the gateway's.
func (c *Conn) Strays() int { return c.strays() }

// Keepalive sends a NAT keepalive to UDP 4500: one octet, to which "the receiver
// SHOULD" say nothing (RFC 3948, Sections 2.3 and 4). The error is that of the system.
func (c *Conn) Keepalive() error {
	f, octets := c.flow(0), []byte{0xff}
	d := Datagram{Time: time.Now(), Sent: true, Local: f.local, Remote: c.Remote(UDP4500), Transport: UDP4500, Octets: octets}
	return c.transmit(d, func() error {
		_, err := f.pc.WriteTo(octets, net.UDPAddrFromAddrPort(d.Remote))
		return err
	})
}

// Respond sends an encoded message once, such as the answer to a request of the gateway,
// which [Config.Trace] shows. It returns what hindered it, or nil.
func (c *Conn) Respond(t Transport, flow int, octets []byte) *PathFault {
	var s *stream
	if f := c.flow(flow); t.IsTCP() {
		c.mu.Lock()
		s = f.stream
		c.mu.Unlock()
		if s == nil {
			u := pathFault(socket.CannotSend(net.ErrClosed))
			return &u
		}
	}
	return c.send(&Request{remote: c.Remote(t), offer: Offer{Transport: t}, Flow: flow}, octets, s)
}

// Unmarked returns how many datagrams came from the gateway's UDP 4500 that are not
// IKE, such as keepalives.
func (c *Conn) Unmarked() int {
	c.ledger.mu.Lock()
	defer c.ledger.mu.Unlock()
	return c.unmarked
}

// OnTheWay returns how many requests can be sent while one and its answer are on
// the way.
func (c *Conn) OnTheWay() int { return c.pacer.onTheWay(c.roundTrip.shortest()) }

// Slowed returns the lowest rate that there was, in datagrams a second, and
// whether losses led to it.
func (c *Conn) Slowed() (perSecond float64, ok bool) { return c.pacer.slowed() }

// RestoreRate takes back what silence led to that was no loss.
func (c *Conn) RestoreRate() { c.pacer.restore() }

// rto returns the time that a first try waits at present.
func (c *Conn) rto() time.Duration { return c.roundTrip.rto() }

// localOver returns our address and port for requests by t. What the first one over
// TCP goes out from is not known before: the socket's stands for it.
func (c *Conn) localOver(t Transport, number int) netip.AddrPort {
	f := c.flow(number)
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.IsTCP() && f.stream != nil && f.stream.local.IsValid() {
		return f.stream.local
	}
	return f.local
}

// send sends one IKE message, by s if it is not nil. It returns what hindered it, or
// nil.
func (c *Conn) send(req *Request, octets []byte, s *stream) *PathFault {
	if req.offer.Transport.marked() {
		octets = append(ike.AppendNonESPMarker(nil), octets...)
	}
	f := c.flow(req.Flow)
	if s != nil {
		d := Datagram{Time: time.Now(), Sent: true, Local: s.local, Remote: req.remote,
			Transport: req.offer.Transport, Exchange: req.id, Octets: octets}
		if !fitsStream(octets) {
			u := pathFault(socket.CannotSend(syscall.EMSGSIZE))
			return &u
		}
		// Shown before it is written, for which nobody else is to wait.
		_ = c.transmit(d, func() error { return nil })
		if err := s.write(octets); err != nil {
			s.close() // whoever reads it says that it is closed
		}
		return nil
	}
	pc := f.pc
	if req.HopLimit > 0 {
		pc = socket.Limited(pc, req.HopLimit)
	}
	// On Linux an ICMP error about an earlier datagram fails this one, and
	// nothing is sent: hand that error over, and try again.
	var err error
	for range 3 {
		now := time.Now()
		d := Datagram{Time: now, Sent: true, Local: f.local, Remote: req.remote,
			Transport: req.offer.Transport, Exchange: req.id, Octets: octets}
		write := func() error {
			_, err := pc.WriteTo(octets, net.UDPAddrFromAddrPort(req.remote))
			return err
		}
		if err = c.transmit(d, write); err == nil {
			return nil
		}
		for _, fault := range socket.Queued(f.pc) {
			c.refused(new(pathFault(fault)), now)
		}
	}
	u := pathFault(socket.CannotSend(err))
	return &u
}

// isGateway compares without the zone, which can be a name or a number.
func (c *Conn) isGateway(a netip.Addr) bool {
	return a.WithZone("") == c.cfg.Gateway.WithZone("")
}
