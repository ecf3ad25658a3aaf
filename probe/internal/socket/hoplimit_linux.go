package socket

import (
	"encoding/binary"
	"errors"
	"net"

	"golang.org/x/sys/unix"
)

// HopLimits reports whether packets can have a hop limit on this system.
const HopLimits = true

// Limited returns pc with a hop limit: what is written passes only so many routers (ip(7),
// IP_TTL; ipv6(7), IPV6_HOPLIMIT).
func Limited(pc net.PacketConn, limit int) net.PacketConn { return limited{pc, limit} }

type limited struct {
	net.PacketConn
	limit int
}

func (c limited) WriteTo(b []byte, to net.Addr) (int, error) {
	udp, ok := c.PacketConn.(*net.UDPConn)
	address, okay := to.(*net.UDPAddr)
	if !ok || !okay {
		return 0, errors.ErrUnsupported
	}
	level, kind := unix.SOL_IP, unix.IP_TTL
	if address.IP.To4() == nil {
		level, kind = unix.SOL_IPV6, unix.IPV6_HOPLIMIT
	}
	const size = 4 // an int
	control := make([]byte, unix.CmsgSpace(size))
	h := unix.Cmsghdr{Level: int32(level), Type: int32(kind)}
	h.SetLen(unix.CmsgLen(size))
	if _, err := binary.Encode(control, binary.NativeEndian, &h); err != nil {
		return 0, err
	}
	binary.NativeEndian.PutUint32(control[unix.CmsgLen(0):], uint32(c.limit))
	n, _, err := udp.WriteMsgUDP(b, control, address)
	return n, err
}
