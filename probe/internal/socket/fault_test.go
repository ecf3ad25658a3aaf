package socket

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/ikescope/ikescope/ike/icmp"
)

var gatewayAt = netip.MustParseAddrPort("192.0.2.1:500")

func TestInWords(t *testing.T) {
	for _, tc := range []struct {
		e     icmp.Error
		words string // "": it does not say unreachable
	}{
		{icmp.Error{Type: 3, Code: 1}, "ICMP host unreachable"},
		{icmp.Error{Type: 3, Code: 3}, "ICMP port unreachable"},
		{icmp.Error{Type: 3, Code: 4}, ""}, // fragmentation needed
		{icmp.Error{Type: 3, Code: 13}, "ICMP administratively prohibited"},
		{icmp.Error{Type: 4}, ""}, // source quench
		{icmp.Error{IPv6: true, Type: 1, Code: 4}, "ICMPv6 port unreachable"},
		{icmp.Error{IPv6: true, Type: 2}, ""}, // packet too big
	} {
		if words := inWords(tc.e); words != tc.words {
			t.Errorf("%+v: %q, want %q", tc.e, words, tc.words)
		}
	}
}

func TestUnreachableOf(t *testing.T) {
	for _, tc := range []struct {
		err     error
		meaning icmp.Meaning
		ok      bool
	}{
		{syscall.ECONNREFUSED, icmp.PortUnreachable, true},
		{syscall.Errno(10054), icmp.PortUnreachable, true},
		{syscall.EACCES, icmp.AdminProhibited, true},
		{syscall.EHOSTUNREACH, icmp.NoHost, true},
		{syscall.ENETUNREACH, icmp.NoRoute, true},
		{syscall.EINVAL, 0, false},
		{net.ErrClosed, 0, false},
	} {
		op := &net.OpError{Op: "read", Addr: net.UDPAddrFromAddrPort(gatewayAt), Err: os.NewSyscallError("recvfrom", tc.err)}
		u, ok := Unreachable(fmt.Errorf("around: %w", op))
		if ok != tc.ok || u.Meaning != tc.meaning || ok && u.To != gatewayAt {
			t.Errorf("%v: %+v, %v", tc.err, u, ok)
		}
		if u, ok := Unreachable(tc.err); ok && u.To.IsValid() {
			t.Errorf("%v: a destination from nowhere, %v", tc.err, u.To)
		}
	}
}

func TestCannotSend(t *testing.T) {
	for err, want := range map[error]string{
		syscall.EPERM:        "firewall",
		syscall.EACCES:       "prohibited route",
		syscall.ENETUNREACH:  "no route to the network",
		syscall.EHOSTUNREACH: "no route to the host",
		syscall.EMSGSIZE:     "message too long",
	} {
		u := CannotSend(&net.OpError{Op: "write", Addr: net.UDPAddrFromAddrPort(gatewayAt), Err: os.NewSyscallError("sendto", err)})
		if !strings.HasPrefix(u.Detail, "cannot send: ") || !strings.Contains(u.Detail, want) || !u.Local {
			t.Errorf("%v: %+v, want %q", err, u, want)
		}
	}
}
