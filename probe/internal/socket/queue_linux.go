package socket

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ikescope/ikescope/ike/icmp"
)

// queueErrors has the kernel keep the ICMP errors about what pc sent (ip(7),
// IP_RECVERR). Where it cannot, a scan goes on without that evidence.
func queueErrors(pc net.PacketConn) {
	raw, v6 := rawConn(pc)
	if raw == nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		if v6 {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_IPV6, unix.IPV6_RECVERR, 1)
		} else {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_RECVERR, 1)
		}
	})
}

// DontFragment has the kernel send what pc sends whole, or not at all, and not look
// at what it knows of the path (ip(7), IP_PMTUDISC_PROBE).
func DontFragment(pc net.PacketConn) {
	raw, v6 := rawConn(pc)
	if raw == nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		if v6 {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_PROBE)
		} else {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_PROBE)
		}
	})
}

// hasErrorQueue reports whether the kernel keeps ICMP errors about pc, so that
// an error of reading adds nothing.
func hasErrorQueue(pc net.PacketConn) bool {
	raw, _ := rawConn(pc)
	return raw != nil
}

// Queued takes the ICMP errors that the kernel has kept for pc.
func Queued(pc net.PacketConn) []Fault {
	raw, _ := rawConn(pc)
	if raw == nil {
		return nil
	}
	var all []Fault
	_ = raw.Control(func(fd uintptr) {
		quoted, control := make([]byte, 64), make([]byte, 512)
		for {
			n, oobn, _, to, err := unix.Recvmsg(int(fd), quoted, control, unix.MSG_ERRQUEUE|unix.MSG_DONTWAIT)
			if err == unix.EINTR {
				continue
			}
			if err != nil {
				return
			}
			if f, ok := parseQueued(control[:oobn], quoted[:n], to); ok {
				all = append(all, f)
			}
		}
	})
	return all
}

func rawConn(pc net.PacketConn) (raw syscall.RawConn, v6 bool) {
	udp, ok := pc.(*net.UDPConn)
	if !ok {
		return nil, false
	}
	raw, err := udp.SyscallConn()
	if err != nil {
		return nil, false
	}
	return raw, udp.LocalAddr().(*net.UDPAddr).IP.To4() == nil
}

// parseQueued reads one entry of the error queue: quoted is the beginning of
// the UDP payload that the error is about, to where it was sent. It is not ok
// for what is no ICMP error, or none that says unreachable.
func parseQueued(control, quoted []byte, to unix.Sockaddr) (Fault, bool) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return Fault{}, false
	}
	for _, m := range messages {
		v4 := m.Header.Level == unix.SOL_IP && m.Header.Type == unix.IP_RECVERR
		v6 := m.Header.Level == unix.SOL_IPV6 && m.Header.Type == unix.IPV6_RECVERR
		// struct sock_extended_err is 16 octets: errno (4), origin, type,
		// code, pad, info (4), data (4). The reporter's address follows. Info is
		// the MTU where the packet is too large.
		if !v4 && !v6 || len(m.Data) < 16 {
			continue
		}
		origin, icmpType, code := m.Data[4], m.Data[5], m.Data[6]
		f := Fault{To: addrPort(to), Quoted: append([]byte(nil), quoted...)}
		if origin == unix.SO_EE_ORIGIN_ICMP || origin == unix.SO_EE_ORIGIN_ICMP6 {
			e := icmp.Error{IPv6: origin == unix.SO_EE_ORIGIN_ICMP6, Type: icmpType, Code: code}
			f.Meaning, f.Detail = e.Meaning(), inWords(e)
			if f.Meaning == icmp.TooBig {
				f.Detail, f.MTU = e.String(), int(binary.NativeEndian.Uint32(m.Data[8:12]))
			}
		}
		if f.Detail == "" {
			return Fault{}, false
		}
		if f.Reporter = reporterOf(m.Data[16:]); f.Reporter.IsValid() {
			f.Detail += fmt.Sprintf(" from %v", f.Reporter)
		}
		return f, true
	}
	return Fault{}, false
}

// reporterOf reads a struct sockaddr_in or sockaddr_in6.
func reporterOf(b []byte) netip.Addr {
	if len(b) < 2 {
		return netip.Addr{}
	}
	switch family := binary.NativeEndian.Uint16(b); {
	case family == unix.AF_INET && len(b) >= 8:
		return netip.AddrFrom4([4]byte(b[4:8]))
	case family == unix.AF_INET6 && len(b) >= 24:
		return netip.AddrFrom16([16]byte(b[8:24])).Unmap()
	}
	return netip.Addr{}
}

func addrPort(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		address := netip.AddrFrom16(sa.Addr).Unmap()
		if sa.ZoneId != 0 {
			address = address.WithZone(strconv.Itoa(int(sa.ZoneId)))
		}
		return netip.AddrPortFrom(address, uint16(sa.Port))
	}
	return netip.AddrPort{}
}
