package initiator

import (
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/probe/internal/socket"
	"github.com/ikescope/ikescope/proposals"
)

// messageKey tells requests apart: an IKE_AUTH has the SPI of its IKE_SA_INIT.
type messageKey struct {
	spi ike.SPI
	id  uint32
}

// wait is an exchange that may get answers.
type wait struct {
	req   *Request
	inbox chan *arrival
	final Reading // once finished
	tries int     // once finished
	// spis are the responder SPIs of answers that open an IKE SA, or would if
	// they were well formed.
	spis []ike.SPI
}

// arrival is a datagram, or an ICMP error, for an exchange.
type arrival struct {
	received
	at      time.Time
	blocked *PathFault // for an ICMP error, instead of the datagram
	stream  *stream    // that blocked is about, if over TCP
}

// LateAnswer is an answer to an exchange that was over.
type LateAnswer struct {
	Exchange int // its number
	Outcome  Outcome
	Group    ike.KeyExchangeMethod // of INVALID_KE_PAYLOAD
	Suite    *proposals.Suite      // of an accepted answer
	// Differs: the exchange had ended with something else, or with silence.
	Differs bool
	// Denies: the exchange had ended with another conclusive answer.
	Denies bool
}

// maxSPIs bounds the IKE SAs that one exchange is thought to open: anybody can
// make up answers.
const maxSPIs = 8

const (
	inboxLen    = 8    // more answers at a time are dropped
	fragments   = 128  // at a time, of an answer in an IKE SA: 64 kB in pieces of 548 octets
	maxFinished = 512  // exchanges whose late answers are recognized
	maxLate     = 4096 // late answers that are kept
	// maxReadErrors in a row, that are not ICMP errors, end the reading.
	maxReadErrors = 100
)

// Late returns the answers that came to exchanges which were over: conclusive
// ones, to IKE_SA_INIT, malformed ones, and a COOKIE to who was refused without one,
// as CookieLoop.
func (c *Conn) Late() []LateAnswer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.lates)
}

// readErrors hands ICMP errors to the exchanges that they are about: those in
// the kernel's queue or, where it keeps none, err. It reports whether err
// stands for an ICMP error.
func (c *Conn) readErrors(pc net.PacketConn, err error, now time.Time) bool {
	faults, isICMP := socket.Errors(pc, err)
	for _, f := range faults {
		c.refused(new(pathFault(f)), now)
	}
	return isICMP
}

// refused hands an ICMP error to the exchange whose request it quotes, or, if
// it quotes too little, to all on the port that it is about. If not even that
// is known it is dropped, unless all wait on one port.
func (c *Conn) refused(u *PathFault, now time.Time) {
	if u.Meaning == icmp.TooBig && !c.cfg.DontFragment {
		return // the kernel heeds it, and the next try is sent in fragments
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !u.to.IsValid() {
		for _, w := range c.waiting {
			if w.req.offer.Transport.IsTCP() {
				continue
			}
			if u.to.IsValid() && u.to != w.req.remote {
				return
			}
			u.to = w.req.remote
		}
	}
	if !c.isGateway(u.to.Addr()) {
		return
	}
	event := arrival{at: now, blocked: u}
	spi, ok := receive(u.quoted, u.to).spi()
	if old := c.finished[messageKey{spi: spi}]; ok && (old == nil || old.req.HopLimit > 0) {
		if w := c.waiting[spi]; w != nil {
			w.deliver(event)
		}
		return
	}
	if !ok && c.severalLimited(u.to.Port()) {
		return // it is about one of them, and it is not known which
	}
	// About all on that port, too, if it quotes a request that is over: routers look
	// for a host for seconds before they say that it is not there.
	for _, w := range c.waiting {
		if w.req.remote.Port() == u.to.Port() && !w.req.offer.Transport.IsTCP() {
			w.deliver(event)
		}
	}
}

// severalLimited reports whether several requests wait on a port, of which some have
// a hop limit. c.mu is held.
func (c *Conn) severalLimited(port uint16) bool {
	n, limited := 0, false
	for _, w := range c.waiting {
		if w.req.remote.Port() == port {
			n++
			limited = limited || w.req.HopLimit > 0
		}
	}
	return n > 1 && limited
}

// dispatch hands a datagram to the exchange with its initiator SPI. One from
// the gateway without an SPI of ours goes to the exchange that has waited
// longest at that port: it may show what answers there, if not IKE.
func (c *Conn) dispatch(f *flow, in received, now time.Time) {
	foreign := !c.isGateway(in.from.Addr())
	if !foreign {
		in.from = netip.AddrPortFrom(c.cfg.Gateway, in.from.Port()) // with its zone as the user wrote it
	}
	d := Datagram{Time: now, Local: f.local, Remote: in.from, Octets: in.datagram}
	switch {
	case in.tcp:
		d.Transport, d.Local = TCP4500, c.localOver(TCP4500, f.number)
	case in.from.Port() == c.cfg.Paths.Port(UDP4500):
		d.Transport = UDP4500
	}
	w, late := c.find(f, in, foreign)
	if w != nil {
		d.Exchange = w.req.id
	}
	// Counted first, so that whoever gets the answer finds it counted.
	c.received(d, foreign)
	event := arrival{received: in, at: now}
	switch {
	case w == nil:
	case late:
		c.keepLate(w, event)
	default:
		w.deliver(event)
	}
}

// find returns the exchange that a datagram is for, and whether it is over.
func (c *Conn) find(f *flow, in received, foreign bool) (w *wait, late bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if spi, ok := in.spi(); ok {
		id := in.header.MessageID // 0 if it is cut off
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
		if candidate.req.offer.Transport.IsTCP() == in.tcp && candidate.req.Flow == f.number &&
			candidate.req.remote.Port() == in.from.Port() && (w == nil || candidate.req.id < w.req.id) {
			w = candidate
		}
	}
	return w, false
}

// keepLate notes an answer to an exchange that is over.
func (c *Conn) keepLate(w *wait, event arrival) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w.req.open != nil || w.req.read != nil || len(c.lates) >= maxLate {
		return
	}
	r := classify(w.req, event.received)
	c.opens(w, r, event.received)
	if r.conclusive() || r.Outcome == Malformed {
		c.lates = append(c.lates, LateAnswer{
			Exchange: w.req.id, Outcome: r.Outcome, Group: r.Group, Suite: r.Suite, Differs: !r.agrees(w.final),
			Denies: r.conclusive() && w.final.conclusive() && !r.agrees(w.final),
		})
	} else if r.Cookie != nil && w.tries == 1 && w.final.conclusive() && w.final.Outcome != Accepted {
		// Who asks for a cookie has not looked at the request yet, which was sent once.
		c.lates = append(c.lates, LateAnswer{Exchange: w.req.id, Outcome: CookieLoop, Differs: true, Denies: true})
	}
}

// opens notes the IKE SA that an answer opens. c.mu is held.
func (c *Conn) opens(w *wait, r Reading, d received) {
	switch r.Outcome {
	case Accepted:
	case Malformed:
		m, err := ike.ParseMessage(d.octets)
		if _, accepts := ike.Find[*ike.SA](m); !accepts && err == nil {
			return
		} else if !accepts && d.header.SPIr == (ike.SPI{}) {
			return // an error, as far as it can be read
		}
	default:
		return
	}
	if w.req.open != nil || d.header.Exchange != ike.IKE_SA_INIT || slices.Contains(w.spis, d.header.SPIr) || len(w.spis) >= maxSPIs {
		return
	}
	w.spis = append(w.spis, d.header.SPIr)
	c.opened[w.req.id] = len(w.spis)
}

// Opened returns how many IKE SAs the answers to an IKE_SA_INIT exchange opened
// that have come so far: accepted ones, and such that would be but for a fault.
// There is more than one where the gateway treats requests that were sent again,
// or with a cookie, as new ones; or where answers are forged.
func (c *Conn) Opened(exchange int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.opened[exchange]
}

// begin has the answers to req delivered.
func (c *Conn) begin(req *Request) *wait {
	room := inboxLen
	if req.open != nil || req.read != nil {
		room = fragments
	}
	w := &wait{req: req, inbox: make(chan *arrival, room)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting[req.SPI()] = w
	return w
}

// end has what still comes for w counted as late.
func (c *Conn) end(w *wait, final Reading) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// A message takes far more memory than it has octets, and here are many.
	final.Message, final.Octets = nil, nil
	w.final = final
	if c.waiting[w.req.SPI()] == w {
		delete(c.waiting, w.req.SPI())
	}
	key := messageKey{w.req.SPI(), w.req.header.MessageID}
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
	case w.inbox <- &event:
	default:
	}
}
