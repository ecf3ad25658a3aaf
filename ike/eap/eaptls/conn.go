package eaptls

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/ikescope/ikescope/ike/eap"
)

// Flags of a packet. RFC 5216, Section 3.1.
const (
	flagLength = 0x80 // the length of the whole message follows, 4 octets
	flagMore   = 0x40 // fragments follow
	flagStart  = 0x20
)

// What a server can make us keep or do: a message, all messages together, in octets,
// and packets. A chain of certificates has some 5,000 octets, in 6 packets.
const (
	maxMessage = 1 << 16
	maxOctets  = 1 << 18
	maxPackets = 200
)

// fragment is how many octets of TLS a response has: with all that is around them they
// fit a packet of any path.
const fragment = 1000

// Errors of a server that does not keep to the protocol, or that does not end: all are
// ErrProtocol.
var (
	ErrProtocol = errors.New("the server violates EAP-TLS")
	ErrNotStart = fmt.Errorf("%w: no request that starts TLS", ErrProtocol)
	ErrTooLong  = fmt.Errorf("%w: it sends more than any handshake needs", ErrProtocol)
	ErrStalled  = fmt.Errorf("%w: it does not go on", ErrProtocol)
)

// Exchange sends a response and returns the server's next packet.
type Exchange func(response eap.Packet) (eap.Packet, error)

// Conn is what crypto/tls reads and writes as a client. What is written is sent when
// more is to be read than came, or by [Conn.Finish]. When the server has ended EAP,
// reading ends with io.EOF. Deadlines have no effect: time is bounded by Exchange, and
// the number of packets here. It is not safe for concurrent use.
type Conn struct {
	exchange Exchange
	request  eap.Packet // the last one, which is not answered yet
	out, in  []byte
	octets   int
	packets  int
	end      *eap.Packet
	failed   error
}

var _ net.Conn = (*Conn)(nil)

// IsStart reports whether request starts TLS.
func IsStart(request eap.Packet) bool {
	return request.Code == eap.Request && request.Type.HasTLS() && len(request.Data) > 0 && request.Data[0]&flagStart != 0
}

// New returns the connection that start, the request with the Start flag, begins; with
// another one the error is ErrNotStart.
func New(start eap.Packet, exchange Exchange) (*Conn, error) {
	if !IsStart(start) {
		return nil, ErrNotStart
	}
	return &Conn{exchange: exchange, request: start}, nil
}

// End returns the packet that ended EAP, a Success or a Failure; nil if none did.
func (c *Conn) End() *eap.Packet { return c.end }

// Read reads what the server sent. If all of that was read, what was written is sent,
// or an empty response, and the server's next message awaited.
func (c *Conn) Read(b []byte) (int, error) {
	for len(c.in) == 0 && len(b) > 0 {
		if c.failed != nil {
			return 0, c.failed
		}
		if c.end != nil {
			return 0, io.EOF
		}
		if c.failed = c.turn(); c.failed != nil {
			return 0, c.failed
		}
	}
	n := copy(b, c.in)
	c.in = c.in[n:]
	return n, nil
}

// Write keeps what is to be sent.
func (c *Conn) Write(b []byte) (int, error) {
	switch {
	case c.failed != nil:
		return 0, c.failed
	case c.end != nil:
		return 0, net.ErrClosed
	}
	c.out = append(c.out, b...)
	return len(b), nil
}

// Finish sends what was written, and answers the server until it has ended EAP, in a
// Success or a Failure. What it sends until then can still be read.
func (c *Conn) Finish() (eap.Packet, error) {
	for c.end == nil && c.failed == nil {
		c.failed = c.turn()
	}
	if c.end != nil {
		return *c.end, nil
	}
	return eap.Packet{}, c.failed
}

// Abort sends what was written, and reads the next messages, for a caller that does not
// want to go on. crypto/tls sends an alert where it gives up, but for some reasons in TLS
// 1.3; then one is sent here, in the clear, as any server expects of a client without its
// keys.
// Most servers end EAP. Some go on, and then the error is nil as well.
func (c *Conn) Abort() error {
	if c.end != nil || c.failed != nil {
		return c.failed
	}
	if len(c.out) == 0 {
		c.out = []byte{21, 3, 3, 0, 2, 2, 80} // a fatal internal_error: RFC 8446, Section 6
	}
	return c.Leave()
}

// Leave sends what was written, and reads the next messages, for a caller that is done. A
// server that goes on after three of them is left alone, and then the error is nil as
// well.
func (c *Conn) Leave() error {
	const most = 3 // the server may answer with an alert of its own
	for range most {
		if c.failed != nil || c.end != nil {
			break
		}
		c.failed = c.turn()
	}
	return c.failed
}

// turn sends what was written as one message, and reads one of the server's; where both
// have nothing to say the error is ErrStalled.
func (c *Conn) turn() error {
	whole, left := len(c.out), c.out
	c.out = nil
	for {
		piece := left[:min(len(left), fragment)]
		left = left[len(piece):]
		data := []byte{0}
		if whole > fragment && len(piece)+len(left) == whole {
			data[0] |= flagLength
			data = binary.BigEndian.AppendUint32(data, uint32(whole))
		}
		if len(left) > 0 {
			data[0] |= flagMore
		}
		if err := c.send(append(data, piece...)); err != nil || c.end != nil {
			return err
		}
		if len(left) == 0 {
			break
		}
		// "the EAP server MUST respond with an EAP-Request with EAP-Type=EAP-TLS and no
		// data" (RFC 5216, Section 2.1.5).
		if more, data, err := c.read(); err != nil {
			return err
		} else if more || len(data) > 0 {
			return fmt.Errorf("%w: it sends data before it has all of ours", ErrProtocol)
		}
	}
	before := len(c.in)
	if err := c.receive(); err != nil {
		return err
	}
	if whole == 0 && len(c.in) == before && c.end == nil {
		return ErrStalled
	}
	return nil
}

// receive takes in the message of the server that the last request begins.
func (c *Conn) receive() error {
	message := 0
	for {
		more, data, err := c.read()
		if err != nil {
			return err
		}
		message += len(data)
		c.octets += len(data)
		if message > maxMessage || c.octets > maxOctets {
			return ErrTooLong
		}
		c.in = append(c.in, data...)
		if !more {
			return nil
		}
		if err := c.send([]byte{0}); err != nil || c.end != nil {
			return err
		}
	}
}

// read reads the last request: whether fragments follow, and its octets of TLS.
func (c *Conn) read() (more bool, data []byte, err error) {
	data = c.request.Data
	if len(data) == 0 {
		return false, nil, nil // an acknowledgement without flags
	}
	flags := data[0]
	data = data[1:]
	if flags&flagStart != 0 {
		return false, nil, fmt.Errorf("%w: it starts TLS again", ErrProtocol)
	}
	if flags&flagLength != 0 {
		if len(data) < 4 {
			return false, nil, fmt.Errorf("%w: %d octets where the length of the message has 4", ErrProtocol, len(data))
		}
		if n := binary.BigEndian.Uint32(data); n > maxMessage {
			return false, nil, ErrTooLong
		}
		data = data[4:]
	}
	return flags&flagMore != 0, data, nil
}

// send answers the last request, and takes in the next one. Notifications between
// them are answered (RFC 3748, Section 5.2).
func (c *Conn) send(data []byte) error {
	method := c.request.Type
	for {
		if c.packets++; c.packets > maxPackets {
			return ErrTooLong
		}
		next, err := c.exchange(eap.Packet{Code: eap.Response, Identifier: c.request.Identifier, Type: c.request.Type, Data: data})
		if err != nil {
			return err
		}
		c.request = next
		switch {
		case next.Code == eap.Success, next.Code == eap.Failure:
			c.end = &next
			return nil
		case next.Code != eap.Request:
			return fmt.Errorf("%w: an %v in place of a request", ErrProtocol, next.Code)
		case next.Type == eap.Notification:
			data = nil
			continue
		case next.Type != method:
			return fmt.Errorf("%w: a request of %v in the middle of %v", ErrProtocol, next.Type, method)
		}
		return nil
	}
}

// Close has nothing to do: EAP is ended by [Conn.Finish].
func (*Conn) Close() error { return nil }

type addr struct{}

func (addr) Network() string { return "eap" }
func (addr) String() string  { return "eap" }

// LocalAddr and RemoteAddr are those of any connection in EAP.
func (*Conn) LocalAddr() net.Addr  { return addr{} }
func (*Conn) RemoteAddr() net.Addr { return addr{} }

// SetDeadline, SetReadDeadline and SetWriteDeadline have no effect.
func (*Conn) SetDeadline(time.Time) error      { return nil }
func (*Conn) SetReadDeadline(time.Time) error  { return nil }
func (*Conn) SetWriteDeadline(time.Time) error { return nil }
