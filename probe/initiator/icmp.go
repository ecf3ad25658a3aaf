package initiator

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"github.com/ikescope/ikescope/ike/icmp"
)

// PathFault is what an ICMP error, our own kernel, or TCP said of a request.
type PathFault struct {
	// State is PathPortUnreachable, PathAdminProhibited, PathOpen of a TCP connection
	// or, for the rest (no route, no such host, time exceeded, cannot send),
	// PathError.
	State PathState
	// Closed: the TCP connection was closed, and Heard: something had come by it.
	Closed, Heard bool
	// Meaning says more of a PathError: icmp.NoRoute or icmp.NoHost, as an ICMP
	// error or our own host has it; icmp.Undelivered for the rest.
	Meaning icmp.Meaning
	// Local: nothing was sent.
	Local bool
	// Reporter sent the ICMP error; invalid if the kernel does not say, or
	// said it itself.
	Reporter netip.Addr
	// Detail says it in words.
	Detail string
	// MTU is what an ICMP error about a packet that is too large gives, in octets of
	// the IP packet; 0 if it does not.
	MTU int

	to     netip.AddrPort // where the request went; invalid if not known
	quoted []byte         // the beginning of its UDP payload, perhaps nothing
}

// stateOf says what an ICMP error means for a path, and in words. The words are
// empty if it does not say unreachable, as "fragmentation needed" does not: the
// kernel heeds it, and the next try is sent in fragments.
func stateOf(e icmp.Error) (PathState, string) {
	state := PathError
	switch e.Meaning() {
	case icmp.NoError, icmp.TooBig:
		return 0, ""
	case icmp.PortUnreachable:
		state = PathPortUnreachable
	case icmp.AdminProhibited:
		state = PathAdminProhibited
	}
	if e.IPv6 {
		return state, "ICMPv6 " + e.String()
	}
	return state, "ICMP " + e.String()
}

// wsaeconnreset is what Windows reports where others report ECONNREFUSED.
const wsaeconnreset = syscall.Errno(10054)

// unreachableOf reads an error of ReadFrom that stands for an ICMP error.
func unreachableOf(err error) (PathFault, bool) {
	var u PathFault
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, wsaeconnreset):
		u.State, u.Meaning, u.Detail = PathPortUnreachable, icmp.PortUnreachable, "ICMP port unreachable"
	case errors.Is(err, syscall.EACCES):
		u.State, u.Meaning, u.Detail = PathAdminProhibited, icmp.AdminProhibited, "ICMP administratively prohibited"
	case errors.Is(err, syscall.EHOSTUNREACH):
		u.State, u.Meaning, u.Detail = PathError, icmp.NoHost, "ICMP host unreachable"
	case errors.Is(err, syscall.ENETUNREACH):
		u.State, u.Meaning, u.Detail = PathError, icmp.NoRoute, "ICMP network unreachable"
	default:
		return PathFault{}, false
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
func cannotSend(err error) PathFault {
	u := PathFault{State: PathError, Meaning: icmp.Undelivered, Local: true}
	switch {
	case errors.Is(err, syscall.EPERM):
		u.Meaning, u.Detail = icmp.AdminProhibited, "cannot send: operation not permitted, as by a firewall of this host"
	case errors.Is(err, syscall.EACCES):
		u.Meaning, u.Detail = icmp.AdminProhibited, "cannot send: permission denied, as by a prohibited route of this host"
	case errors.Is(err, syscall.ENETUNREACH):
		u.Meaning, u.Detail = icmp.NoRoute, "cannot send: no route to the network"
	case errors.Is(err, syscall.EHOSTUNREACH):
		u.Meaning, u.Detail = icmp.NoHost, "cannot send: no route to the host"
	case errors.Is(err, syscall.EMSGSIZE):
		u.Meaning, u.Detail = icmp.TooBig, "cannot send: message too long"
	default:
		// The system's words without the addresses around them.
		var errno syscall.Errno
		if errors.As(err, &errno) {
			err = errno
		}
		u.Detail = fmt.Sprintf("cannot send: %v", err)
	}
	return u
}

// NoRoute reads an error of [Open] that is about the way to the gateway: our own
// host knows none. It reports false for any other.
func NoRoute(err error) (PathFault, bool) {
	if _, ok := unreachableOf(err); !ok {
		return PathFault{}, false
	}
	return cannotSend(err), true
}
