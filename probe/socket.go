package probe

import (
	"bytes"
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
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// ListenFunc opens the socket towards a gateway. A source without an address,
// or with port 0, leaves that to the system.
type ListenFunc func(ctx context.Context, gateway netip.Addr, source netip.AddrPort) (net.PacketConn, error)

// connConfig says how to talk with one gateway. But for gateway, zero values
// are the defaults.
type connConfig struct {
	gateway    netip.Addr
	ports      [2]uint16 // by Transport; 500 and 4500
	source     netip.AddrPort
	listen     ListenFunc     // real UDP
	rand       io.Reader      // crypto/rand
	trace      func(Datagram) // never called concurrently; must not block or call the conn
	initialRTO time.Duration  // 500 ms
	attempts   int            // at most so many tries, and again so many after a cookie; 4
	rate       float64        // datagrams a second; 50
	window     int            // exchanges in flight at most; 16
	first      int            // the number of the first exchange; 0: 1
}

// conn is one UDP socket towards one gateway, for both ports: so the mappings
// of a NAT for 500 and for 4500 can be compared.
type conn struct {
	cfg       connConfig
	pc        net.PacketConn
	localAddr netip.AddrPort
	ledger
	pacer     *pacer
	roundTrip roundTrip
	// patient: a first answer was seen to be forged, so each is held until a
	// true one would have come.
	patient atomic.Bool
	// done is closed when nothing more is read; broken then says why, if
	// not by close.
	done   chan struct{}
	broken error

	drawing sync.Mutex // guards cfg.rand and lastID
	lastID  int

	mu       sync.Mutex
	waiting  map[ike.SPI]*wait
	finished map[messageKey]*wait
	order    []messageKey // of finished, the oldest first
	lates    []lateAnswer
}

// messageKey tells requests apart: an IKE_AUTH has the SPI of its IKE_SA_INIT.
type messageKey struct {
	spi ike.SPI
	id  uint32
}

// wait is an exchange that may get answers.
type wait struct {
	req   *request
	inbox chan arrival
	final reading // once finished
}

// arrival is a datagram, or an ICMP error, for an exchange.
type arrival struct {
	octets  []byte
	from    netip.AddrPort
	at      time.Time
	blocked *unreachable
}

// lateAnswer is an answer to an exchange that was over.
type lateAnswer struct {
	exchange int
	outcome  Outcome
	group    ike.KeyExchangeMethod
	suite    *proposals.Suite
	// differs: the exchange had ended with something else, or with silence.
	differs bool
}

// defaultAttempts is how often a request is sent before its silence counts.
const defaultAttempts = 4

const (
	inboxLen    = 8    // more answers at a time are dropped
	maxFinished = 512  // exchanges whose late answers are recognized
	maxLate     = 4096 // late answers that are kept
	// maxReadErrors in a row, that are not ICMP errors, end the reading.
	maxReadErrors = 100
)

// open opens the socket. The error is of a bad configuration, of no route, or
// of the system.
func open(ctx context.Context, cfg connConfig) (*conn, error) {
	cfg.gateway = cfg.gateway.Unmap()
	if !cfg.gateway.IsValid() || cfg.gateway.IsUnspecified() || cfg.gateway.IsMulticast() {
		return nil, fmt.Errorf("probe: %v is no address of a gateway", cfg.gateway)
	}
	cfg.source = unmap(cfg.source)
	if a := cfg.source.Addr(); a.IsValid() && !a.IsUnspecified() && a.Is4() != cfg.gateway.Is4() {
		return nil, fmt.Errorf("probe: source %v and gateway %v are of different IP versions", a, cfg.gateway)
	}
	setDefault(&cfg.ports[UDP500], 500)
	setDefault(&cfg.ports[UDP4500], 4500)
	setDefault(&cfg.initialRTO, defaultRTO)
	setDefault(&cfg.attempts, defaultAttempts)
	setDefault(&cfg.rate, defaultRate)
	setDefault(&cfg.window, defaultWindow)
	if cfg.listen == nil {
		cfg.listen = listenUDP
	}
	if cfg.rand == nil {
		cfg.rand = rand.Reader
	}
	pc, err := cfg.listen(ctx, cfg.gateway, cfg.source)
	if err != nil {
		return nil, fmt.Errorf("probe: open a socket to %v: %w", cfg.gateway, err)
	}
	local, err := localOf(ctx, pc, cfg.gateway)
	if err != nil {
		_ = pc.Close() // the first error says more
		return nil, fmt.Errorf("probe: own address towards %v: %w", cfg.gateway, err)
	}
	c := &conn{
		cfg: cfg, pc: pc, localAddr: local,
		ledger:    ledger{hook: cfg.trace},
		pacer:     newPacer(cfg.rate, cfg.window),
		roundTrip: roundTrip{initial: cfg.initialRTO},
		done:      make(chan struct{}),
		waiting:   make(map[ike.SPI]*wait),
		finished:  make(map[messageKey]*wait),
		lastID:    max(cfg.first-1, 0),
	}
	go c.read()
	return c, nil
}

func setDefault[T uint16 | int | float64 | time.Duration](v *T, value T) {
	if *v <= 0 {
		*v = value
	}
}

// listenUDP opens a socket bound to the source address, so that our side of the
// NAT detection is known, and asks for ICMP errors.
func listenUDP(ctx context.Context, gateway netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
	network := "udp4"
	if gateway.Is6() {
		network = "udp6"
	}
	address := source.Addr()
	if !address.IsValid() || address.IsUnspecified() {
		var err error
		if address, err = sourceTowards(ctx, gateway); err != nil {
			return nil, err
		}
	}
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(ctx, network, netip.AddrPortFrom(address, source.Port()).String())
	if err != nil {
		return nil, err
	}
	queueErrors(pc)
	return pc, nil
}

// sourceTowards asks the routing table for our address. Nothing is sent.
func sourceTowards(ctx context.Context, gateway netip.Addr) (netip.Addr, error) {
	var d net.Dialer
	nc, err := d.DialContext(ctx, "udp", netip.AddrPortFrom(gateway, 500).String())
	if err != nil {
		return netip.Addr{}, err
	}
	defer nc.Close()
	return addrPortOf(nc.LocalAddr()).Addr(), nil
}

// localOf returns the address of pc, also where it is bound to no one address.
func localOf(ctx context.Context, pc net.PacketConn, gateway netip.Addr) (netip.AddrPort, error) {
	local := addrPortOf(pc.LocalAddr())
	if local.Addr().IsValid() && !local.Addr().IsUnspecified() {
		return local, nil
	}
	address, err := sourceTowards(ctx, gateway)
	return netip.AddrPortFrom(address, local.Port()), err
}

// close closes the socket and waits until nothing more is read. Exchanges that
// still wait end.
func (c *conn) close() error {
	err := c.pc.Close()
	<-c.done
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	return nil
}

// local returns our address and port, as the gateway's side of the socket has
// it if no NAT is between.
func (c *conn) local() netip.AddrPort { return c.localAddr }

// remote returns where requests by t go to.
func (c *conn) remote(t Transport) netip.AddrPort {
	return netip.AddrPortFrom(c.cfg.gateway, c.cfg.ports[t])
}

// rto returns the time that a first try waits at present.
func (c *conn) rto() time.Duration { return c.roundTrip.rto() }

// late returns the answers that came to exchanges which were over.
func (c *conn) late() []lateAnswer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.lates)
}

// read hands what arrives to the exchanges, until the socket is closed.
func (c *conn) read() {
	defer close(c.done)
	buf := make([]byte, 1<<16)
	for failures := 0; failures < maxReadErrors; {
		n, from, err := c.pc.ReadFrom(buf)
		now := time.Now()
		switch {
		case err == nil:
			failures = 0
			c.dispatch(bytes.Clone(buf[:n]), addrPortOf(from), now)
		case errors.Is(err, net.ErrClosed):
			return
		case c.readErrors(err, now):
			failures = 0
		default:
			failures++
			c.broken = err
		}
	}
	_ = c.pc.Close() // it does not work any more
}

// readErrors hands ICMP errors to the exchanges that they are about: those in
// the kernel's queue or, where it keeps none, err. It reports whether err
// stands for an ICMP error.
func (c *conn) readErrors(err error, now time.Time) bool {
	queued := queuedErrors(c.pc)
	u, isICMP := unreachableOf(err)
	if isICMP && !hasErrorQueue(c.pc) {
		queued = []unreachable{u}
	}
	for i := range queued {
		c.refused(&queued[i], now)
	}
	return isICMP || len(queued) > 0
}

// refused hands an ICMP error to the exchange whose request it quotes, or, if
// it quotes too little, to all on the port that it is about. If not even that
// is known it is dropped, unless all wait on one port.
func (c *conn) refused(u *unreachable, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !u.to.IsValid() {
		for _, w := range c.waiting {
			if u.to.IsValid() && u.to != w.req.remote {
				return
			}
			u.to = w.req.remote
		}
	}
	if !c.isGateway(u.to.Addr()) {
		return
	}
	event := arrival{from: u.to, at: now, blocked: u}
	if spi, _, ok := identify(u.quoted); ok {
		if w := c.waiting[spi]; w != nil {
			w.deliver(event)
		}
		return
	}
	for _, w := range c.waiting {
		if w.req.remote.Port() == u.to.Port() {
			w.deliver(event)
		}
	}
}

// dispatch hands a datagram to the exchange with its initiator SPI. One from
// the gateway without an SPI of ours goes to the exchange that has waited
// longest at that port: it may tell what answers there, if not IKE.
func (c *conn) dispatch(octets []byte, from netip.AddrPort, now time.Time) {
	foreign := !c.isGateway(from.Addr())
	if !foreign {
		from = netip.AddrPortFrom(c.cfg.gateway, from.Port()) // with its zone as the user wrote it
	}
	d := Datagram{Time: now, Local: c.localAddr, Remote: from, Octets: octets}
	if from.Port() == c.cfg.ports[UDP4500] {
		d.Transport = UDP4500
	}
	w, late := c.find(octets, from, foreign)
	if w != nil {
		d.Exchange = w.req.id
	}
	// Counted first, so that whoever gets the answer finds it counted.
	c.received(d, foreign)
	event := arrival{octets: octets, from: from, at: now}
	switch {
	case w == nil:
	case late:
		c.keepLate(w, event)
	default:
		w.deliver(event)
	}
}

// find returns the exchange that a datagram is for, and whether it is over.
func (c *conn) find(octets []byte, from netip.AddrPort, foreign bool) (w *wait, late bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if spi, id, ok := identify(octets); ok {
		current, old := c.waiting[spi], c.finished[messageKey{spi, id}]
		switch {
		case current != nil && (old == nil || current.req.header.MessageID == id):
			return current, false
		case old != nil:
			return old, true
		}
	}
	if foreign {
		return nil, false
	}
	for _, candidate := range c.waiting {
		if candidate.req.remote.Port() == from.Port() && (w == nil || candidate.req.id < w.req.id) {
			w = candidate
		}
	}
	return w, false
}

// keepLate notes an answer to an exchange that is over.
func (c *conn) keepLate(w *wait, event arrival) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w.req.open != nil || len(c.lates) >= maxLate {
		return
	}
	if r := classify(w.req, event.octets, event.from); r.conclusive() {
		c.lates = append(c.lates, lateAnswer{
			exchange: w.req.id, outcome: r.outcome, group: r.group, suite: r.suite, differs: !r.agrees(w.final),
		})
	}
}

// begin has the answers to req delivered.
func (c *conn) begin(req *request) *wait {
	w := &wait{req: req, inbox: make(chan arrival, inboxLen)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting[req.spi] = w
	return w
}

// end has what still comes for w counted as late.
func (c *conn) end(w *wait, final reading) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.final = final
	if c.waiting[w.req.spi] == w {
		delete(c.waiting, w.req.spi)
	}
	key := messageKey{w.req.spi, w.req.header.MessageID}
	c.finished[key] = w
	c.order = append(c.order, key)
	if len(c.order) > maxFinished {
		delete(c.finished, c.order[0])
		c.order = c.order[1:]
	}
}

// deliver never blocks: who floods us loses.
func (w *wait) deliver(event arrival) {
	select {
	case w.inbox <- event:
	default:
	}
}

// send sends one IKE message. It returns what hindered it, or nil.
func (c *conn) send(req *request, octets []byte) *unreachable {
	if req.transport == UDP4500 {
		octets = append(ike.AppendNonESPMarker(nil), octets...)
	}
	// On Linux an ICMP error about an earlier datagram fails this one, and
	// nothing is sent: hand that error over, and try again.
	var err error
	for range 3 {
		now := time.Now()
		d := Datagram{Time: now, Sent: true, Local: c.localAddr, Remote: req.remote,
			Transport: req.transport, Exchange: req.id, Octets: octets}
		if err = c.transmit(d, c.pc); err == nil {
			return nil
		}
		for _, u := range queuedErrors(c.pc) {
			c.refused(&u, now)
		}
	}
	u := cannotSend(err)
	return &u
}

// isGateway compares without the zone, which can be a name or a number.
func (c *conn) isGateway(a netip.Addr) bool {
	return a.WithZone("") == c.cfg.gateway.WithZone("")
}

// identify returns the initiator SPI of an IKE message with or without the
// non-ESP marker, and its message ID, 0 if it is cut off.
func identify(datagram []byte) (spi ike.SPI, id uint32, ok bool) {
	if message, marked := ike.SplitNonESPMarker(datagram); marked {
		datagram = message
	}
	if len(datagram) < len(spi) {
		return spi, 0, false
	}
	if h, _, _, err := ike.ParseHeader(datagram); err == nil {
		id = h.MessageID
	}
	return ike.SPI(datagram[:8]), id, true
}

func addrPortOf(a net.Addr) netip.AddrPort {
	if u, ok := a.(*net.UDPAddr); ok && u != nil {
		return unmap(u.AddrPort())
	}
	return netip.AddrPort{}
}

func unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}
