package socket

import (
	"encoding/binary"
	"net"

	"golang.org/x/sys/unix"
)

// tellsHopLimits: this system says with which hop limit packets arrive.
const tellsHopLimits = true

// askHopLimits has the kernel say with which hop limit packets arrive at pc (ip(7),
// IP_RECVTTL; ipv6(7), IPV6_RECVHOPLIMIT).
func askHopLimits(pc net.PacketConn) {
	raw, v6 := rawConn(pc)
	if raw == nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		if v6 {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_IPV6, unix.IPV6_RECVHOPLIMIT, 1)
		} else {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_RECVTTL, 1)
		}
	})
}

// arrivedWith returns the hop limit of control messages, 0 if they have none.
func arrivedWith(control []byte) int {
	for len(control) > 0 {
		header, data, rest, err := unix.ParseOneSocketControlMessage(control)
		if err != nil {
			return 0
		}
		v4 := header.Level == unix.SOL_IP && header.Type == unix.IP_TTL
		v6 := header.Level == unix.SOL_IPV6 && header.Type == unix.IPV6_HOPLIMIT
		if (v4 || v6) && len(data) >= 4 {
			return int(binary.NativeEndian.Uint32(data))
		}
		control = rest
	}
	return 0
}
