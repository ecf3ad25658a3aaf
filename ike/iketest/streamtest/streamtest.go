// Package streamtest holds IKE in TCP (RFC 9329) for tests: a network of connections in
// memory, and a [iketest.Responder] that is reached by them, or by real ones.
package streamtest

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
)

// streamPrefix is how an initiator begins a TCP connection. RFC 9329, Section 4.
const streamPrefix = "IKETCP"

const (
	// mostConnections are served at once; further ones are closed.
	mostConnections = 64
	// idleTime bounds how long a connection says nothing, and writeTime how long it
	// takes nothing.
	idleTime, writeTime = 2 * time.Minute, 10 * time.Second
)

// Serve has r answer IKE on the connections that l accepts, as RFC 9329 frames it. One
// that does not begin with the stream prefix is closed, and one that is idle for two
// minutes. It returns nil when l is closed, which is for the caller to do, and with it
// the connections.
func Serve(r *iketest.Responder, l net.Listener) error {
	return ServeThrough(r, l, func(c net.PacketConn) net.PacketConn { return c })
}

// ServeThrough is Serve, where what stands behind the lengths of a connection goes
// through what wrap returns: IKE messages, with the non-ESP marker.
func ServeThrough(r *iketest.Responder, l net.Listener, wrap func(net.PacketConn) net.PacketConn) error {
	open := connections{all: make(map[net.Conn]bool)}
	places := make(chan struct{}, mostConnections)
	var serving sync.WaitGroup
	defer serving.Wait()
	defer open.close()
	for {
		conn, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case err != nil:
			return fmt.Errorf("streamtest: %w", err)
		}
		select {
		case places <- struct{}{}:
		default:
			_ = conn.Close() // there are too many
			continue
		}
		open.add(conn)
		serving.Go(func() {
			defer func() { <-places }()
			defer open.end(conn)
			prefix := make([]byte, len(streamPrefix))
			_ = conn.SetReadDeadline(time.Now().Add(idleTime)) // or reading fails
			if _, err := io.ReadFull(conn, prefix); err != nil || string(prefix) != streamPrefix {
				return
			}
			_ = r.Serve(nil, wrap(&framed{Conn: conn, r: bufio.NewReader(conn)}))
		})
	}
}

// connections are those that are open.
type connections struct {
	mu  sync.Mutex
	all map[net.Conn]bool
}

func (c *connections) add(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all[conn] = true
}

func (c *connections) end(conn net.Conn) {
	_ = conn.Close() // it may be closed already
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.all, conn)
}

// close ends all.
func (c *connections) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.all {
		_ = conn.Close()
	}
}

// framed is a TCP connection in the manner of a UDP socket: what stands behind each
// length is a datagram. RFC 9329, Section 3.
type framed struct {
	net.Conn
	r     *bufio.Reader
	write sync.Mutex
}

func (f *framed) LocalAddr() net.Addr { return udpOf(f.Conn.LocalAddr()) }

// udpOf returns the UDP address with the numbers of one of TCP.
func udpOf(a net.Addr) net.Addr {
	if t, ok := a.(*net.TCPAddr); ok {
		return net.UDPAddrFromAddrPort(t.AddrPort())
	}
	return a
}

func (f *framed) ReadFrom(p []byte) (int, net.Addr, error) {
	var length [2]byte
	_ = f.SetReadDeadline(time.Now().Add(idleTime)) // or reading fails
	if _, err := io.ReadFull(f.r, length[:]); err != nil {
		return 0, nil, net.ErrClosed
	}
	n := int(binary.BigEndian.Uint16(length[:])) - len(length)
	if n < 0 || n > len(p) {
		return 0, nil, net.ErrClosed
	}
	if _, err := io.ReadFull(f.r, p[:n]); err != nil {
		return 0, nil, net.ErrClosed
	}
	return n, udpOf(f.RemoteAddr()), nil
}

func (f *framed) WriteTo(p []byte, _ net.Addr) (int, error) {
	n := len(p) + 2
	if n > math.MaxUint16 {
		return 0, syscall.EMSGSIZE
	}
	f.write.Lock()
	defer f.write.Unlock()
	_ = f.SetWriteDeadline(time.Now().Add(writeTime)) // or writing fails
	_, err := f.Write(append(binary.BigEndian.AppendUint16(nil, uint16(n)), p...))
	return len(p), err
}

// A Network carries TCP connections between hosts in memory. They lose nothing, and
// only opening them takes time. Its methods may be called concurrently.
type Network struct {
	// Delay is one way; set before the first connection is opened.
	Delay time.Duration

	mu        sync.Mutex
	listeners map[netip.AddrPort]*listener
	fate      func(from, to netip.AddrPort) error
}

// ErrLost is the fate of a connection whose SYN nobody answers.
var ErrLost = errors.New("streamtest: lost")

// SetFate has f say what becomes of each connection that is to be opened: nil lets it
// be, ErrLost has it wait until the caller gives up, and any other error, such as
// syscall.EHOSTUNREACH, is what dialing returns. f must not call the Network.
func (n *Network) SetFate(f func(from, to netip.AddrPort) error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fate = f
}

// Listen opens a TCP port.
func (n *Network) Listen(local netip.AddrPort) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners[local] != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Addr: net.TCPAddrFromAddrPort(local), Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}
	}
	if n.listeners == nil {
		n.listeners = make(map[netip.AddrPort]*listener)
	}
	l := &listener{network: n, local: local, accept: make(chan net.Conn), closed: make(chan struct{})}
	n.listeners[local] = l
	return l, nil
}

// ephemeralPort is that of a connection whose source has none (RFC 6335, Section 6).
const ephemeralPort = 49152

// Dial opens a TCP connection. A port on which nothing listens refuses it.
func (n *Network) Dial(ctx context.Context, source, to netip.AddrPort) (net.Conn, error) {
	if source.Port() == 0 {
		source = netip.AddrPortFrom(source.Addr(), ephemeralPort)
	}
	fail := func(err error) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: net.TCPAddrFromAddrPort(to), Err: err}
	}
	n.mu.Lock()
	l := n.listeners[to]
	var err error
	if n.fate != nil {
		err = n.fate(source, to)
	}
	n.mu.Unlock()
	var after <-chan time.Time
	if err != ErrLost {
		after = time.After(2 * n.Delay)
	}
	select {
	case <-after:
	case <-ctx.Done():
		return fail(ctx.Err())
	}
	if err == nil && l == nil {
		err = syscall.ECONNREFUSED
	}
	if err != nil {
		return fail(os.NewSyscallError("connect", err))
	}
	near, far := net.Pipe()
	select {
	case l.accept <- &end{far, to, source}:
		return &end{near, source, to}, nil
	case <-l.closed:
		return fail(os.NewSyscallError("connect", syscall.ECONNREFUSED))
	case <-ctx.Done():
		return fail(ctx.Err())
	}
}

// listener is a TCP port of a Network.
type listener struct {
	network *Network
	local   netip.AddrPort
	accept  chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accept:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.network.mu.Lock()
		defer l.network.mu.Unlock()
		delete(l.network.listeners, l.local)
	})
	return nil
}

func (l *listener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.local) }

// end is one end of a TCP connection of a Network.
type end struct {
	net.Conn
	local, remote netip.AddrPort
}

func (e *end) LocalAddr() net.Addr  { return net.TCPAddrFromAddrPort(e.local) }
func (e *end) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(e.remote) }
