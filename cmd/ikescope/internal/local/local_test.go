package local

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
)

func TestCheckAddress(t *testing.T) {
	for text, want := range map[string]string{
		"127.0.0.1": "",
		"192.0.2.1": "192.0.2.1 is not an address of this machine",
		"fe80::1":   "fe80::1 is link-local: name its interface, as fe80::1%eth0",
	} {
		err := CheckAddress(t.Context(), netip.MustParseAddr(text))
		if (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestCheckPort: a port that another socket has is not free, whether the source is
// given or chosen by the system.
func TestCheckPort(t *testing.T) {
	loopback := netip.MustParseAddr("127.0.0.1")
	taken, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := uint16(taken.LocalAddr().(*net.UDPAddr).Port)
	_, err = net.ListenPacket("udp4", taken.LocalAddr().String())
	var why syscall.Errno // in the words of the system
	if !errors.As(err, &why) {
		t.Fatal(err)
	}
	if err := CheckPort(t.Context(), loopback, port, loopback); err == nil || !strings.HasSuffix(err.Error(), " cannot be opened on 127.0.0.1: "+why.Error()) {
		t.Errorf("taken: %v", err)
	}
	taken.Close()
	for _, source := range []netip.Addr{loopback, {}} {
		if err := CheckPort(t.Context(), source, port, loopback); err != nil {
			t.Errorf("free, from %v: %v", source, err)
		}
	}
}

func TestIsTooManyFiles(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{&net.OpError{Err: syscall.EMFILE}, true},
		{&net.DNSError{Err: "dial udp: " + syscall.ENFILE.Error()}, true},
		{&net.DNSError{Err: "no such host"}, false},
		{syscall.ECONNREFUSED, false},
		{nil, false},
	} {
		if got := IsTooManyFiles(tt.err); got != tt.want {
			t.Errorf("%v: %t", tt.err, got)
		}
	}
}
