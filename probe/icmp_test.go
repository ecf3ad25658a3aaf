package probe

import (
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestICMPMeaning(t *testing.T) {
	for _, tc := range []struct {
		version, icmpType, code uint8
		state                   PathState
		words                   string // "": it does not say unreachable
	}{
		{4, 3, 0, PathError, "network unreachable"},
		{4, 3, 1, PathError, "host unreachable"},
		{4, 3, 3, PathPortUnreachable, "port unreachable"},
		{4, 3, 2, PathError, "protocol unreachable"},
		{4, 3, 14, PathError, "destination unreachable"}, // precedence
		{4, 11, 1, PathError, "reassembly time exceeded"},
		{6, 3, 1, PathError, "reassembly time exceeded"},
		{4, 3, 4, 0, ""}, // fragmentation needed
		{4, 3, 9, PathAdminProhibited, "prohibited"},
		{4, 3, 10, PathAdminProhibited, "prohibited"},
		{4, 3, 13, PathAdminProhibited, "prohibited"},
		{4, 11, 0, PathError, "time exceeded"},
		{4, 4, 0, 0, ""}, // source quench
		{6, 1, 0, PathError, "no route"},
		{6, 1, 1, PathAdminProhibited, "prohibited"},
		{6, 1, 3, PathError, "address unreachable"},
		{6, 1, 4, PathPortUnreachable, "port unreachable"},
		{6, 1, 5, PathAdminProhibited, "prohibited"},
		{6, 2, 0, 0, ""}, // packet too big
		{6, 3, 0, PathError, "time exceeded"},
	} {
		state, words := icmpMeaning(tc.version == 6, tc.icmpType, tc.code)
		if state != tc.state || !strings.Contains(words, tc.words) || (words == "") != (tc.words == "") {
			t.Errorf("IPv%d type %d code %d: %v, %q; want %v, %q", tc.version, tc.icmpType, tc.code, state, words, tc.state, tc.words)
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
		if ok != tc.ok || u.state != tc.state || ok && u.to != gatewayAt {
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
		if !strings.HasPrefix(u.detail, "cannot send: ") || !strings.Contains(u.detail, want) || u.state != PathError || !u.local {
			t.Errorf("%v: %+v, want %q", err, u, want)
		}
	}
}
