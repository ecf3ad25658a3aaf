package initiator

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/probe/internal/socket"
)

// streamPrefix is how the originator begins a TCP connection that carries IKE. RFC
// 9329, Section 4.
const streamPrefix = "IKETCP"

const (
	// lengthLen is the octets of the length before each message of a stream, which
	// counts itself, and markerLen those of the non-ESP marker. RFC 9329, Section 3.
	lengthLen, markerLen = 2, 4
	// writeTime bounds how long a gateway may take nothing of what we send.
	writeTime = time.Second
	// mostForeign is how much is read, and how long it is waited for, of what is not
	// a stream of IKE.
	mostForeign = 256
	foreignTime = 50 * time.Millisecond
)

// stream is a TCP connection of a flow to the gateway. RFC 9329.
type stream struct {
	ready chan struct{} // closed when it is open, or cannot be opened
	over  chan struct{} // closed when nothing more comes
	// nc, local and err are set before ready is closed; local is guarded by Conn.mu.
	nc    net.Conn
	local netip.AddrPort
	err   error
	// cancel ends the dialing.
	cancel context.CancelFunc
	ended  sync.Once
}

// alive reports whether an answer may come by s, which may be nil.
func (s *stream) alive() bool {
	if s == nil {
		return false
	}
	select {
	case <-s.over:
		return false
	default:
		return true
	}
}

// close ends s. What is read after it fails.
func (s *stream) close() {
	s.cancel()
	select {
	case <-s.ready:
		if s.nc != nil {
			_ = s.nc.Close() // it may be closed already
		}
	default: // dialing has been cancelled
	}
}

// end has nobody wait for s any more.
func (s *stream) end() { s.ended.Do(func() { close(s.over) }) }

// fitsStream reports whether a length can say how long octets are.
func fitsStream(octets []byte) bool { return lengthLen+len(octets) <= math.MaxUint16 }

// write sends what stands behind a length, and fits it.
func (s *stream) write(octets []byte) error {
	n := lengthLen + len(octets)
	record := binary.BigEndian.AppendUint16(make([]byte, 0, n), uint16(n))
	if err := s.nc.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	_, err := s.nc.Write(append(record, octets...))
	return err
}

// connect returns the open TCP connection of f, which is opened if there is none,
// within patience. Exchanges that need it at once wait for the same one.
func (c *Conn) connect(ctx context.Context, f *flow, req *Request, patience time.Duration) (*stream, error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil, net.ErrClosed
	}
	s := f.stream
	if s == nil || !s.alive() {
		s = &stream{ready: make(chan struct{}), over: make(chan struct{})}
		dialing, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		s.cancel, f.stream = cancel, s
		c.reading.Go(func() { c.runStream(dialing, f, s, req.remote) })
	}
	c.mu.Unlock()
	select {
	case <-s.ready:
		return s, s.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// runStream opens s, and hands what arrives to the exchanges until it is closed.
func (c *Conn) runStream(ctx context.Context, f *flow, s *stream, remote netip.AddrPort) {
	defer s.end()
	nc, err := c.cfg.Dial(ctx, netip.AddrPortFrom(f.local.Addr(), c.cfg.Source.Port()), remote)
	s.cancel()
	if err == nil {
		defer nc.Close()
		// In one segment: a gateway may look at what comes first, and close.
		if err = nc.SetWriteDeadline(time.Now().Add(writeTime)); err == nil {
			_, err = nc.Write([]byte(streamPrefix))
		}
	}
	c.mu.Lock()
	if err == nil && c.closed {
		err = net.ErrClosed
	}
	if s.err = err; err == nil {
		s.nc, s.local = nc, socket.AddrPortOf(nc.LocalAddr())
	} else {
		s.end() // the next exchange tries again
	}
	close(s.ready)
	c.mu.Unlock()
	if err != nil {
		return
	}
	c.readStream(f, s, remote)
}

// readStream hands what comes by s to the exchanges until s ends, which it then tells
// those that wait for an answer by it.
func (c *Conn) readStream(f *flow, s *stream, remote netip.AddrPort) {
	heard := &counter{Conn: s.nc}
	for r, ok := newRecordReader(heard), true; ok; { // until it does not go on as a stream of IKE
		var octets []byte
		var err error
		octets, ok, err = r.next()
		if err != nil {
			break
		}
		if octets == nil {
			continue
		}
		in := receive(octets, remote)
		in.tcp = true
		c.dispatch(f, in, time.Now())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// At once, so that who connects next finds it ended, and is not told so afterwards.
	s.end()
	if c.closed || f.stream != s {
		return // by us, or there is another one already
	}
	u := closedStream(heard.n > 0)
	for _, w := range c.waiting {
		if w.req.offer.Transport.IsTCP() && w.req.Flow == f.number {
			w.deliver(arrival{at: time.Now(), blocked: &u, stream: s})
		}
	}
}

// closedStream is the fault of a TCP connection that was closed.
func closedStream(heard bool) PathFault {
	u := PathFault{State: PathOpen, Closed: true, Heard: heard, Detail: "the TCP connection is closed after the stream prefix"}
	if heard {
		u.Detail = "the TCP connection is closed"
	}
	return u
}

// counter counts the octets that are read.
type counter struct {
	net.Conn
	n int
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.n += n
	return n, err
}

// recordReader reads the messages of a stream.
type recordReader struct {
	nc net.Conn
	r  *bufio.Reader
}

func newRecordReader(nc net.Conn) recordReader { return recordReader{nc, bufio.NewReader(nc)} }

// next reads the next message of a stream, with its non-ESP marker and without
// its length. Where something else comes, ok is false, and octets are the beginning
// of that. A NAT keepalive is nil octets: "the receiver MUST silently ignore" it.
func (r recordReader) next() (octets []byte, ok bool, err error) {
	start, err := r.r.Peek(lengthLen + 1)
	if err != nil && len(start) == 0 {
		return nil, false, err
	}
	if err != nil {
		return bytes.Clone(start), false, nil
	}
	n := int(binary.BigEndian.Uint16(start))
	if n == lengthLen+1 && start[lengthLen] == 0xff {
		_, err := r.r.Discard(n)
		return nil, true, err
	}
	start, err = r.r.Peek(lengthLen + markerLen)
	if marker := start[min(lengthLen, len(start)):]; err != nil || n < lengthLen+markerLen || !bytes.Equal(marker, make([]byte, markerLen)) {
		// ESP cannot be, since there is no Child SA.
		return r.foreign(), false, nil
	}
	record := make([]byte, n)
	if _, err := io.ReadFull(r.r, record); err != nil {
		return nil, false, err
	}
	return record[lengthLen:], true, nil
}

// foreign reads the beginning of what is not a stream of IKE.
func (r recordReader) foreign() []byte {
	_ = r.nc.SetReadDeadline(time.Now().Add(foreignTime)) // what is buffered is read without it
	b, _ := r.r.Peek(mostForeign)
	return bytes.Clone(b)
}

// tcpFault says why a TCP connection could not be opened. It is false where nothing
// came to say so.
func tcpFault(err error) (PathFault, bool) {
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT), errors.Is(err, net.ErrClosed):
		return PathFault{}, false
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, wsaeconnrefused):
		return PathFault{State: PathPortUnreachable, Meaning: icmp.PortUnreachable, Detail: "the TCP connection is refused"}, true
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		return closedStream(false), true
	}
	if f, ok := socket.Unreachable(err); ok {
		return pathFault(f), true
	}
	return pathFault(socket.CannotSend(err)), true
}

// wsaeconnrefused is what Windows reports where others report ECONNREFUSED.
const wsaeconnrefused = syscall.Errno(10061)
