package socket

import (
	"bytes"
	"encoding/binary"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// buffers are for datagrams that have just arrived.
var buffers = sync.Pool{New: func() any { return new([mostOctets]byte) }}

// arrivals are what arrives at a socket. Only while something is read is there a buffer
// for it: a scan has hundreds of sockets at which nothing arrives most of the time.
type arrivals struct {
	local   net.Addr
	raw     syscall.RawConn
	control [64]byte
}

// arrivalsAt returns those at pc, nil if it is not a socket of the system.
func arrivalsAt(pc net.PacketConn) *arrivals {
	raw, _ := rawConn(pc)
	if raw == nil {
		return nil
	}
	return &arrivals{local: pc.LocalAddr(), raw: raw}
}

// next is [Reader.Read].
func (a *arrivals) next() (datagram []byte, from netip.AddrPort, hopLimit int, err error) {
	var failed error
	err = a.raw.Read(func(fd uintptr) bool {
		buf := buffers.Get().(*[mostOctets]byte)
		defer buffers.Put(buf)
		for {
			n, size, _, sender, err := unix.Recvmsg(int(fd), buf[:], a.control[:], unix.MSG_DONTWAIT)
			switch err {
			case nil:
				datagram, from, hopLimit = bytes.Clone(buf[:n]), addrPort(sender), arrivedWith(a.control[:size])
			case unix.EINTR:
				continue
			case unix.EAGAIN:
				return false
			default:
				failed = &net.OpError{Op: "read", Net: "udp", Source: a.local, Err: os.NewSyscallError("recvmsg", err)}
			}
			return true
		}
	})
	if err != nil {
		return nil, netip.AddrPort{}, 0, err
	}
	return datagram, from, hopLimit, failed
}

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
