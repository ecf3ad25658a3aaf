package initiator

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/probe/internal/socket"
)

func TestPathFault(t *testing.T) {
	for _, tc := range []struct {
		f    socket.Fault
		want PathState
	}{
		{socket.Fault{Meaning: icmp.PortUnreachable}, PathPortUnreachable},
		{socket.Fault{Meaning: icmp.AdminProhibited}, PathAdminProhibited},
		{socket.Fault{Meaning: icmp.AdminProhibited, Local: true}, PathError},
		{socket.Fault{Meaning: icmp.NoHost}, PathError},
		{socket.Fault{Meaning: icmp.NoRoute}, PathError},
		{socket.Fault{Meaning: icmp.TooBig, MTU: 1400}, PathError},
	} {
		tc.f.To, tc.f.Quoted, tc.f.Detail = gatewayAt, []byte{1}, "words"
		got := pathFault(tc.f)
		if got.State != tc.want || got.Meaning != tc.f.Meaning || got.Local != tc.f.Local || got.MTU != tc.f.MTU ||
			got.to != gatewayAt || len(got.quoted) != 1 || got.Detail != "words" {
			t.Errorf("%+v: %+v, want %v", tc.f, got, tc.want)
		}
	}
}

// TestNoRoute: an error that stands for an ICMP error is one of our own host when a
// socket is opened, and any other is none.
func TestNoRoute(t *testing.T) {
	for err, want := range map[error]bool{syscall.ENETUNREACH: true, syscall.EHOSTUNREACH: true, syscall.EADDRNOTAVAIL: true, syscall.EADDRINUSE: false, net.ErrClosed: false} {
		u, ok := NoRoute(fmt.Errorf("around: %w", &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", err)}))
		if ok != want || ok && (u.State != PathError || !u.Local) {
			t.Errorf("%v: %+v, %v", err, u, ok)
		}
	}
	// Of an address that was to be ours it is no fault of the way.
	if u, ok := NoRoute(&net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EADDRNOTAVAIL)}); ok {
		t.Errorf("%+v", u)
	}
}
