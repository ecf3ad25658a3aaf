package socket

import (
	"bytes"
	"net"
	"net/netip"
)

// mostOctets is how large a datagram may be.
const mostOctets = 1 << 16

// Reader reads datagrams of a socket. It is for one goroutine.
type Reader struct {
	pc     net.PacketConn
	system *arrivals // nil where pc has to be read with a buffer at hand
	buf    []byte
}

// NewReader returns the reader of pc.
func NewReader(pc net.PacketConn) *Reader {
	r := &Reader{pc: pc, system: arrivalsAt(pc)}
	if r.system == nil {
		r.buf = make([]byte, mostOctets)
	}
	return r
}

// Read waits for a datagram, and returns it with where it came from and with which hop
// limit it arrived; 0 where the system does not say. The datagram is the caller's.
func (r *Reader) Read() (datagram []byte, from netip.AddrPort, hopLimit int, err error) {
	if r.system != nil {
		return r.system.next()
	}
	n, addr, err := r.pc.ReadFrom(r.buf)
	return bytes.Clone(r.buf[:n]), AddrPortOf(addr), 0, err
}
