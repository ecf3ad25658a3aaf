package memnet

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

// maxUDPPayload is the most that a UDP datagram over IPv4 carries, in octets.
const maxUDPPayload = 65507

// inboxLength is how many datagrams wait for a reader before more are lost, as
// from a full socket buffer.
const inboxLength = 1024

// packetConn is a UDP port of a Network. Of the other ends it knows only the
// addresses, so it can be closed and opened again under a running test.
type packetConn struct {
	network *Network
	local   netip.AddrPort
	inbox   chan packet
	closed  chan struct{}
	close   sync.Once

	read, write deadline
}

// A packet is a datagram, or the error that an ICMP message about from stands
// for.
type packet struct {
	from netip.AddrPort
	data []byte
	err  error
}

var _ net.PacketConn = (*packetConn)(nil)

func newPacketConn(n *Network, local netip.AddrPort) *packetConn {
	return &packetConn{
		network: n,
		local:   local,
		inbox:   make(chan packet, inboxLength),
		closed:  make(chan struct{}),
		read:    deadline{passed: make(chan struct{})},
		write:   deadline{passed: make(chan struct{})},
	}
}

// push puts a packet into the inbox, or loses it.
func (c *packetConn) push(p packet) {
	select {
	case c.inbox <- p:
	default:
	}
}

// ReadFrom returns the next datagram; what does not fit p is cut off. An ICMP
// error is a *net.OpError whose Addr is the address that refused.
func (c *packetConn) ReadFrom(p []byte) (int, net.Addr, error) {
	passed := c.read.wait()
	// What is closed or late stays so, whatever waits to be read.
	select {
	case <-c.closed:
		return 0, nil, c.fail("read", nil, net.ErrClosed)
	case <-passed:
		return 0, nil, c.fail("read", nil, os.ErrDeadlineExceeded)
	default:
	}
	select {
	case in := <-c.inbox:
		from := net.UDPAddrFromAddrPort(in.from)
		if in.err != nil {
			return 0, nil, c.fail("read", from, os.NewSyscallError("recvfrom", in.err))
		}
		return copy(p, in.data), from, nil
	case <-c.closed:
		return 0, nil, c.fail("read", nil, net.ErrClosed)
	case <-passed:
		return 0, nil, c.fail("read", nil, os.ErrDeadlineExceeded)
	}
}

// WriteTo sends p to a *net.UDPAddr. It never blocks.
func (c *packetConn) WriteTo(p []byte, to net.Addr) (int, error) {
	select {
	case <-c.closed:
		return 0, c.fail("write", to, net.ErrClosed)
	case <-c.write.wait():
		return 0, c.fail("write", to, os.ErrDeadlineExceeded)
	default:
	}
	dst, ok := to.(*net.UDPAddr)
	if !ok || !dst.AddrPort().IsValid() || dst.Port == 0 {
		return 0, c.fail("write", to, net.InvalidAddrError("not a UDP address and port"))
	}
	if len(p) > maxUDPPayload {
		return 0, c.fail("write", to, os.NewSyscallError("sendto", syscall.EMSGSIZE))
	}
	c.network.send(c, dst.AddrPort(), slices.Clone(p))
	return len(p), nil
}

// Close frees the port; a ReadFrom that waits returns net.ErrClosed.
func (c *packetConn) Close() error {
	err := c.fail("close", nil, net.ErrClosed)
	c.close.Do(func() {
		close(c.closed)
		c.network.remove(c)
		err = nil
	})
	return err
}

func (c *packetConn) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(c.local) }

func (c *packetConn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

func (c *packetConn) SetReadDeadline(t time.Time) error  { return c.setDeadline(&c.read, t) }
func (c *packetConn) SetWriteDeadline(t time.Time) error { return c.setDeadline(&c.write, t) }

func (c *packetConn) setDeadline(d *deadline, t time.Time) error {
	select {
	case <-c.closed:
		return c.fail("set", nil, net.ErrClosed)
	default:
		d.set(t)
		return nil
	}
}

func (c *packetConn) fail(op string, remote net.Addr, err error) error {
	return &net.OpError{Op: op, Net: "udp", Source: c.LocalAddr(), Addr: remote, Err: err}
}

// A deadline closes a channel when its time has come.
type deadline struct {
	mu     sync.Mutex
	timer  *time.Timer
	passed chan struct{}
}

// wait returns the channel that is closed at the deadline.
func (d *deadline) wait() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.passed
}

// set moves the deadline, also for those who wait already; zero is never.
func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil && !d.timer.Stop() {
		<-d.passed // the timer has fired: it closes this very channel
	}
	d.timer = nil
	select {
	case <-d.passed:
		d.passed = make(chan struct{})
	default:
	}
	if t.IsZero() {
		return
	}
	if left := time.Until(t); left > 0 {
		passed := d.passed
		d.timer = time.AfterFunc(left, func() { close(passed) })
	} else {
		close(d.passed)
	}
}
