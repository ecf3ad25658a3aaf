package socket

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"github.com/ikescope/ikescope/ike/icmp"
)

// Fault is what an ICMP error, or our own kernel, said of a packet.
type Fault struct {
	Meaning icmp.Meaning
	// Local: nothing was sent.
	Local bool
	// Reporter sent the ICMP error; invalid if the kernel does not say, or said it
	// itself.
	Reporter netip.Addr
	// Detail says it in words.
	Detail string
	// MTU is what an ICMP error about a packet that is too large gives, in octets of
	// the IP packet; 0 if it does not.
	MTU int
	// To is where the packet went; invalid if not known. Quoted is the beginning of its
	// UDP payload, perhaps nothing.
	To     netip.AddrPort
	Quoted []byte
}

// inWords says an ICMP error in words. They are empty if it does not say unreachable, as
// "fragmentation needed" does not.
func inWords(e icmp.Error) string {
	switch e.Meaning() {
	case icmp.NoError, icmp.TooBig:
		return ""
	}
	if e.IPv6 {
		return "ICMPv6 " + e.String()
	}
	return "ICMP " + e.String()
}

// wsaeconnreset is what Windows reports where others report ECONNREFUSED.
const wsaeconnreset = syscall.Errno(10054)

// Unreachable reads an error of a socket that stands for an ICMP error. It reports false
// for any other.
func Unreachable(err error) (Fault, bool) {
	var f Fault
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, wsaeconnreset):
		f.Meaning, f.Detail = icmp.PortUnreachable, "ICMP port unreachable"
	case errors.Is(err, syscall.EACCES):
		f.Meaning, f.Detail = icmp.AdminProhibited, "ICMP administratively prohibited"
	case errors.Is(err, syscall.EHOSTUNREACH):
		f.Meaning, f.Detail = icmp.NoHost, "ICMP host unreachable"
	case errors.Is(err, syscall.ENETUNREACH):
		f.Meaning, f.Detail = icmp.NoRoute, "ICMP network unreachable"
	default:
		return Fault{}, false
	}
	var op *net.OpError
	if errors.As(err, &op) {
		if remote, ok := op.Addr.(*net.UDPAddr); ok && remote != nil {
			f.To = Unmap(remote.AddrPort())
		}
	}
	return f, true
}

// CannotSend says why nothing was sent, of the error of sending.
func CannotSend(err error) Fault {
	f := Fault{Meaning: icmp.Undelivered, Local: true}
	switch {
	case errors.Is(err, syscall.EPERM):
		f.Meaning, f.Detail = icmp.AdminProhibited, "cannot send: operation not permitted, as by a firewall of this host"
	case errors.Is(err, syscall.EACCES):
		f.Meaning, f.Detail = icmp.AdminProhibited, "cannot send: permission denied, as by a prohibited route of this host"
	case errors.Is(err, syscall.ENETUNREACH):
		f.Meaning, f.Detail = icmp.NoRoute, "cannot send: no route to the network"
	case errors.Is(err, syscall.EHOSTUNREACH):
		f.Meaning, f.Detail = icmp.NoHost, "cannot send: no route to the host"
	case errors.Is(err, syscall.EMSGSIZE):
		f.Meaning, f.Detail = icmp.TooBig, "cannot send: message too long"
	default:
		// The system's words without the addresses around them.
		var errno syscall.Errno
		if errors.As(err, &errno) {
			err = errno
		}
		f.Detail = fmt.Sprintf("cannot send: %v", err)
	}
	return f
}

// Errors returns what an error of reading from pc stands for: the ICMP errors that the
// kernel has kept or, where it keeps none, err. isICMP is false if err is no ICMP error.
func Errors(pc net.PacketConn, err error) (all []Fault, isICMP bool) {
	all = Queued(pc)
	f, isICMP := Unreachable(err)
	if isICMP && !hasErrorQueue(pc) {
		all = []Fault{f}
	}
	return all, isICMP || len(all) > 0
}
