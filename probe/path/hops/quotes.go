package hops

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
)

// Quotes reads ICMP errors from a raw socket, which needs root or CAP_NET_RAW.
type Quotes struct {
	pc   net.PacketConn
	v6   bool
	done chan struct{}

	mu   sync.Mutex
	sent map[ike.SPI]*request // those that are waited for
}

// request is what was sent: the UDP payload, and from where to where.
type request struct {
	source, destination netip.AddrPort
	payload             []byte

	found chan struct{} // closed when there is an error
	error quoted
}

// quoted is an ICMP error.
type quoted struct {
	Quote
	router netip.Addr
	err    icmp.Error
}

// OpenQuotes opens a socket at an address of ours. The error is that of the system,
// mostly that it takes privileges.
func OpenQuotes(ctx context.Context, own netip.Addr) (*Quotes, error) {
	network := "ip4:icmp"
	if own.Is6() {
		network = "ip6:ipv6-icmp"
	}
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(ctx, network, own.String())
	if err != nil {
		return nil, err
	}
	q := &Quotes{pc: pc, v6: own.Is6(), done: make(chan struct{}), sent: map[ike.SPI]*request{}}
	go q.read()
	return q, nil
}

// Close closes the socket.
func (q *Quotes) Close() {
	_ = q.pc.Close() // there is nothing to lose
	<-q.done
}

// Sent notes a request, whose quote is to be kept until it is forgotten. payload is that
// of UDP, with the non-ESP marker if there is one.
func (q *Quotes) Sent(spi ike.SPI, source, destination netip.AddrPort, payload []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sent[spi] = &request{source: source, destination: destination, payload: payload, found: make(chan struct{})}
}

// forget drops a request, and what was kept of it.
func (q *Quotes) forget(spi ike.SPI) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.sent, spi)
}

func (q *Quotes) read() {
	defer close(q.done)
	buf := make([]byte, 1<<16)
	for {
		n, from, err := q.pc.ReadFrom(buf)
		if err != nil {
			return
		}
		if ip, ok := from.(*net.IPAddr); ok {
			if router, ok := netip.AddrFromSlice(ip.IP); ok {
				q.take(router.Unmap(), buf[:n])
			}
		}
	}
}

// take keeps an ICMP error about a request that was sent, the first about each.
func (q *Quotes) take(router netip.Addr, message []byte) {
	e, d, ok := parse(message, q.v6)
	if !ok {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	sent, ours := q.sent[d.spi]
	if !ours || sent.error.router.IsValid() {
		return
	}
	sent.error = quoted{Quote: d.Quote, router: router, err: e}
	sent.error.Changed = d.changed(*sent)
	close(sent.found)
}

// of returns the error about a request. The exchange ended with the same error, which
// the other socket may not have read yet, or with none, after a long time.
func (q *Quotes) of(ctx context.Context, spi ike.SPI) (quoted, bool) {
	q.mu.Lock()
	sent, ours := q.sent[spi]
	q.mu.Unlock()
	if !ours {
		return quoted{}, false
	}
	wait := time.NewTimer(quoteWait)
	defer wait.Stop()
	select {
	case <-sent.found:
	case <-wait.C:
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return sent.error, sent.error.router.IsValid()
}

// datagram is what an ICMP error quotes.
type datagram struct {
	Quote
	spi      ike.SPI
	checksum uint16
}

// Lengths in octets.
const (
	icmpHeader = 8
	ipv4Header = 20
	ipv6Header = 40
	udpHeader  = 8
	protoUDP   = 17
)

// parse reads an ICMP error and the UDP datagram that it quotes, with at least as much
// of it as the initiator SPI takes. Nothing of it is to be trusted.
func parse(b []byte, v6 bool) (icmp.Error, datagram, bool) {
	if len(b) < icmpHeader {
		return icmp.Error{}, datagram{}, false
	}
	e := icmp.Error{IPv6: v6, Type: b[0], Code: b[1]}
	b = b[icmpHeader:]
	var d datagram
	var source, destination netip.Addr
	if v6 {
		if len(b) < ipv6Header || b[0]>>4 != 6 || b[6] != protoUDP {
			return e, d, false
		}
		source, destination = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
		b = b[ipv6Header:]
	} else {
		if len(b) < ipv4Header || b[0]>>4 != 4 || b[9] != protoUDP {
			return e, d, false
		}
		length := int(b[0]&0xf) * 4
		if length < ipv4Header || len(b) < length || binary.BigEndian.Uint16(b[6:])&0x1fff != 0 {
			return e, d, false
		}
		d.ID = binary.BigEndian.Uint16(b[4:])
		source, destination = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
		b = b[length:]
	}
	if e.Meaning() == icmp.NoError || len(b) < udpHeader {
		return e, d, false
	}
	d.Source = netip.AddrPortFrom(source, binary.BigEndian.Uint16(b))
	d.Destination = netip.AddrPortFrom(destination, binary.BigEndian.Uint16(b[2:]))
	d.checksum = binary.BigEndian.Uint16(b[6:])
	b = b[udpHeader:]
	if rest, ok := ike.SplitNonESPMarker(b); ok {
		b = rest
	}
	if len(b) < len(d.spi) {
		return e, d, false
	}
	d.spi = ike.SPI(b)
	return e, d, true
}

// changed compares what is quoted with what was sent.
func (d datagram) changed(r request) Change {
	var c Change
	if d.Source != r.source {
		c |= ChangedSource
	}
	if d.Destination != r.destination {
		c |= ChangedDestination
	}
	full, pseudo := checksums(r)
	// A packet that has left no wire yet may have the sum of the pseudo header alone,
	// for the card to complete; and 0 is none.
	if c == 0 && d.checksum != full && d.checksum != pseudo && d.checksum != 0 {
		c |= ChangedChecksum
	}
	return c
}

// checksums returns the UDP checksum of r (RFC 768), and the sum of its pseudo header.
func checksums(r request) (full, pseudo uint16) {
	length := uint16(udpHeader + len(r.payload))
	var b []byte
	b = append(b, r.source.Addr().AsSlice()...)
	b = append(b, r.destination.Addr().AsSlice()...)
	b = binary.BigEndian.AppendUint16(b, protoUDP)
	b = binary.BigEndian.AppendUint16(b, length)
	pseudo = sum(b)
	b = binary.BigEndian.AppendUint16(b, r.source.Port())
	b = binary.BigEndian.AppendUint16(b, r.destination.Port())
	b = binary.BigEndian.AppendUint16(b, length)
	full = ^sum(append(b, r.payload...))
	if full == 0 {
		full = 0xffff
	}
	return full, pseudo
}

// sum is the one's complement sum of 16 bit words.
func sum(b []byte) uint16 {
	var s uint32
	for len(b) > 1 {
		s += uint32(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
	}
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return uint16(s)
}
