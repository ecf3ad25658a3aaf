package mock

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
)

// Logged returns s, with a line on w for each message, and for each login that r refuses.
func (s Sockets) Logged(w io.Writer, r *iketest.Responder) Sockets {
	s.log = &messageLog{w: w}
	for _, c := range r.Connections {
		if c.Login != nil {
			c.Login.Refused = s.log.refused
		}
	}
	return s
}

// refused says why nobody was let in. What the initiator sent is not shown.
func (l *messageLog) refused(why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.w, "login refused: %s\n", why)
}

// logged returns c, whose messages are in the log if there is one.
func (s Sockets) logged(c net.PacketConn, marker bool) net.PacketConn {
	if s.log == nil {
		return c
	}
	return loggedConn{c, s.log, marker}
}

// messageLog writes a line for each IKE message.
type messageLog struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *messageLog) add(from, to net.Addr, datagram []byte, marker bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.w, "%v > %v: %s\n", from, to, describe(datagram, marker))
}

// loggedConn logs what goes through a connection.
type loggedConn struct {
	net.PacketConn
	log    *messageLog
	marker bool
}

func (c loggedConn) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := c.PacketConn.ReadFrom(b)
	if err == nil {
		c.log.add(from, c.LocalAddr(), b[:n], c.marker)
	}
	return n, from, err
}

func (c loggedConn) WriteTo(b []byte, to net.Addr) (int, error) {
	n, err := c.PacketConn.WriteTo(b, to)
	if err == nil {
		c.log.add(c.LocalAddr(), to, b, c.marker)
	}
	return n, err
}

// describe says in one line what a datagram is. Nothing of it is shown as it
// came, but for numbers.
func describe(datagram []byte, marker bool) string {
	octets := datagram
	if marker {
		if ike.IsKeepalive(datagram) {
			return "NAT keepalive"
		}
		var ok bool
		if octets, ok = ike.SplitNonESPMarker(datagram); !ok {
			return fmt.Sprintf("not IKE, %d octets", len(datagram))
		}
	}
	if _, _, _, err := ike.ParseHeader(octets); err != nil {
		return fmt.Sprintf("not IKE, %d octets: %v", len(datagram), err)
	}
	m, err := ike.ParseMessage(octets)
	kind := "request"
	if m.Flags&ike.FlagResponse != 0 {
		kind = "response"
	}
	words := []string{fmt.Sprintf("%v %s %d, %d octets:", m.Exchange, kind, m.MessageID, len(datagram))}
	for _, p := range m.Payloads {
		if n, ok := p.(*ike.Notify); ok {
			words = append(words, fmt.Sprintf("N(%v)", n.Notification))
			continue
		}
		words = append(words, p.Type().String())
	}
	if err != nil {
		words = append(words, fmt.Sprintf("(%v)", err))
	}
	return strings.Join(words, " ")
}
