package socket

import (
	"net"
	"net/netip"
)

// Reader reads datagrams of a socket. It is for one goroutine.
type Reader struct {
	pc      net.PacketConn
	udp     *net.UDPConn // nil if pc is not of the system
	control [64]byte
}

// NewReader returns the reader of pc.
func NewReader(pc net.PacketConn) *Reader {
	r := &Reader{pc: pc}
	if tellsHopLimits {
		r.udp, _ = pc.(*net.UDPConn)
	}
	return r
}

// Read reads a datagram, and says where it came from and with which hop limit it
// arrived; 0 where the system does not say.
func (r *Reader) Read(b []byte) (n int, from netip.AddrPort, hopLimit int, err error) {
	if r.udp == nil {
		n, addr, err := r.pc.ReadFrom(b)
		return n, AddrPortOf(addr), 0, err
	}
	n, size, _, from, err := r.udp.ReadMsgUDPAddrPort(b, r.control[:])
	if err != nil {
		return n, from, 0, err
	}
	return n, Unmap(from), arrivedWith(r.control[:size]), nil
}
