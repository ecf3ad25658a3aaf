package probe

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// unreachable is what an ICMP error, or our own kernel, said of a request.
type unreachable struct {
	// state is PathPortUnreachable, PathAdminProhibited or, for the rest (no
	// route, no such host, time exceeded, cannot send), PathError.
	state PathState
	// reporter sent the ICMP error; invalid if the kernel does not tell, or
	// said it itself.
	reporter netip.Addr
	detail   string

	to     netip.AddrPort // where the request went; invalid if not known
	quoted []byte         // the beginning of its UDP payload, perhaps nothing
	local  bool           // nothing was sent
}

// ICMPText puts the type and code of an ICMP error, with six those of ICMPv6,
// into words, "" if it is none. RFC 792, RFC 1812 Section 5.2.7.1, RFC 4443
// Section 3.
func ICMPText(six bool, icmpType, code uint8) string {
	if six {
		return icmpv6Text(icmpType, code)
	}
	return icmpv4Text(icmpType, code)
}

// The words that mean more than that something failed.
const (
	icmpPort   = "port unreachable"
	icmpAdmin  = "administratively prohibited"
	icmpTooBig = "packet too big"
	icmpNeeded = "fragmentation needed"
)

func icmpv4Text(icmpType, code uint8) string {
	switch icmpType {
	case 3:
		switch code {
		case 0, 6, 11:
			return "network unreachable"
		case 1, 5, 7, 8, 12:
			return "host unreachable"
		case 2:
			return "protocol unreachable"
		case 3:
			return icmpPort
		case 4:
			return icmpNeeded
		case 9, 10, 13:
			return icmpAdmin
		}
		return "destination unreachable"
	case 11:
		return timeExceeded(code)
	}
	return ""
}

func icmpv6Text(icmpType, code uint8) string {
	switch icmpType {
	case 1:
		switch code {
		case 0, 2, 6:
			return "no route to destination"
		case 1, 5:
			return icmpAdmin
		case 3:
			return "address unreachable"
		case 4:
			return icmpPort
		}
		return "destination unreachable"
	case 2:
		return icmpTooBig
	case 3:
		return timeExceeded(code)
	}
	return ""
}

func timeExceeded(code uint8) string {
	if code == 1 {
		return "fragment reassembly time exceeded"
	}
	return "time exceeded"
}

// icmpMeaning says what an ICMP error means for a path, and in words. The words
// are empty if it does not say unreachable, as "fragmentation needed" does not:
// the kernel heeds it, and the next try is sent in fragments.
func icmpMeaning(six bool, icmpType, code uint8) (PathState, string) {
	text := ICMPText(six, icmpType, code)
	state := PathError
	switch text {
	case "", icmpNeeded, icmpTooBig:
		return 0, ""
	case icmpPort:
		state = PathPortUnreachable
	case icmpAdmin:
		state = PathAdminProhibited
	}
	if six {
		return state, "ICMPv6 " + text
	}
	return state, "ICMP " + text
}

// wsaeconnreset is what Windows reports where others report ECONNREFUSED.
const wsaeconnreset = syscall.Errno(10054)

// unreachableOf reads an error of ReadFrom that stands for an ICMP error.
func unreachableOf(err error) (unreachable, bool) {
	var u unreachable
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, wsaeconnreset):
		u.state, u.detail = PathPortUnreachable, "ICMP port unreachable"
	case errors.Is(err, syscall.EACCES):
		u.state, u.detail = PathAdminProhibited, "ICMP administratively prohibited"
	case errors.Is(err, syscall.EHOSTUNREACH):
		u.state, u.detail = PathError, "ICMP host unreachable"
	case errors.Is(err, syscall.ENETUNREACH):
		u.state, u.detail = PathError, "ICMP network unreachable"
	default:
		return unreachable{}, false
	}
	var op *net.OpError
	if errors.As(err, &op) {
		if remote, ok := op.Addr.(*net.UDPAddr); ok && remote != nil {
			u.to = unmap(remote.AddrPort())
		}
	}
	return u, true
}

// cannotSend says why nothing was sent.
func cannotSend(err error) unreachable {
	u := unreachable{state: PathError, local: true}
	switch {
	case errors.Is(err, syscall.EPERM):
		u.detail = "cannot send: operation not permitted, as by a firewall of this host"
	case errors.Is(err, syscall.EACCES):
		u.detail = "cannot send: permission denied, as by a prohibited route of this host"
	case errors.Is(err, syscall.ENETUNREACH):
		u.detail = "cannot send: no route to the network"
	case errors.Is(err, syscall.EHOSTUNREACH):
		u.detail = "cannot send: no route to the host"
	default:
		// The system's words without the addresses around them.
		var errno syscall.Errno
		if errors.As(err, &errno) {
			err = errno
		}
		u.detail = fmt.Sprintf("cannot send: %v", err)
	}
	return u
}
