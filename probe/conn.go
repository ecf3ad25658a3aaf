package probe

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ikescope/ikescope/ike"
)

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

// defaultAttempts is how often a request is sent before its silence counts.
const defaultAttempts = 4

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
