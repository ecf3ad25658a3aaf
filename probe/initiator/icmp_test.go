package initiator

import (
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/ikescope/ikescope/ike/icmp"
)

func TestStateOf(t *testing.T) {
	for _, tc := range []struct {
		e     icmp.Error
		state PathState
		words string // "": it does not say unreachable
	}{
		{icmp.Error{Type: 3, Code: 1}, PathError, "ICMP host unreachable"},
		{icmp.Error{Type: 3, Code: 3}, PathPortUnreachable, "ICMP port unreachable"},
		{icmp.Error{Type: 3, Code: 4}, 0, ""}, // fragmentation needed
		{icmp.Error{Type: 3, Code: 13}, PathAdminProhibited, "ICMP administratively prohibited"},
		{icmp.Error{Type: 4}, 0, ""}, // source quench
		{icmp.Error{IPv6: true, Type: 1, Code: 4}, PathPortUnreachable, "ICMPv6 port unreachable"},
		{icmp.Error{IPv6: true, Type: 2}, 0, ""}, // packet too big
	} {
		if state, words := stateOf(tc.e); state != tc.state || words != tc.words {
			t.Errorf("%+v: %v, %q; want %v, %q", tc.e, state, words, tc.state, tc.words)
		}
	}
}

func TestUnreachableOf(t *testing.T) {
	for _, tc := range []struct {
		err   error
		state PathState
		ok    bool
	}{
		{syscall.ECONNREFUSED, PathPortUnreachable, true},
		{syscall.Errno(10054), PathPortUnreachable, true},
		{syscall.EACCES, PathAdminProhibited, true},
		{syscall.EHOSTUNREACH, PathError, true},
		{syscall.ENETUNREACH, PathError, true},
		{syscall.EINVAL, 0, false},
		{net.ErrClosed, 0, false},
	} {
		op := &net.OpError{Op: "read", Addr: net.UDPAddrFromAddrPort(gatewayAt), Err: os.NewSyscallError("recvfrom", tc.err)}
		u, ok := unreachableOf(fmt.Errorf("around: %w", op))
		if ok != tc.ok || u.State != tc.state || ok && u.to != gatewayAt {
			t.Errorf("%v: %+v, %v", tc.err, u, ok)
		}
		if u, ok := unreachableOf(tc.err); ok && u.to.IsValid() {
			t.Errorf("%v: a destination from nowhere, %v", tc.err, u.to)
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
		u := cannotSend(&net.OpError{Op: "write", Addr: net.UDPAddrFromAddrPort(gatewayAt), Err: os.NewSyscallError("sendto", err)})
		if !strings.HasPrefix(u.Detail, "cannot send: ") || !strings.Contains(u.Detail, want) || u.State != PathError || !u.Local {
			t.Errorf("%v: %+v, want %q", err, u, want)
		}
	}
}
