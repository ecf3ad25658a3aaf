package initiator

import (
	"errors"
	"net"
	"net/netip"
	"syscall"

	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/probe/internal/socket"
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

// pathFault says what a fault of the socket means for the path.
func pathFault(f socket.Fault) PathFault {
	u := PathFault{State: PathError, Meaning: f.Meaning, Local: f.Local, Reporter: f.Reporter, Detail: f.Detail, MTU: f.MTU,
		to: f.To, quoted: f.Quoted}
	switch {
	case f.Local: // no one on the path said it
	case f.Meaning == icmp.PortUnreachable:
		u.State = PathPortUnreachable
	case f.Meaning == icmp.AdminProhibited:
		u.State = PathAdminProhibited
	}
	return u
}

// NoRoute reads an error of [Open] that is about the way to the gateway: our own
// host knows none. It reports false for any other.
func NoRoute(err error) (PathFault, bool) {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" && errors.Is(err, syscall.EADDRNOTAVAIL) {
		// We have no address of its family, as where IPv6 is disabled.
		return pathFault(socket.CannotSend(syscall.ENETUNREACH)), true
	}
	if _, ok := socket.Unreachable(err); !ok {
		return PathFault{}, false
	}
	return pathFault(socket.CannotSend(err)), true
}
