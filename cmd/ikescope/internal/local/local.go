// Package local says what this machine can send from: its addresses, interfaces
// and ports.
package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// CheckAddress fails if a is not an address of this machine.
func CheckAddress(ctx context.Context, a netip.Addr) error {
	var lc net.ListenConfig
	conn, err := lc.ListenPacket(ctx, "udp", netip.AddrPortFrom(a, 0).String())
	if err == nil {
		return conn.Close()
	}
	if a.Is6() && a.IsLinkLocalUnicast() && a.Zone() == "" {
		return fmt.Errorf("%v is link-local: name its interface, as %v%%eth0", a, a)
	}
	return fmt.Errorf("%v is not an address of this machine", a)
}

// CheckPort fails if port cannot be opened to send to target from the address
// source or, where that is not valid, from the one that the system chooses.
func CheckPort(ctx context.Context, source netip.Addr, port uint16, target netip.Addr) error {
	if !source.IsValid() {
		// Nothing is sent: the routing table is asked.
		var d net.Dialer
		conn, err := d.DialContext(ctx, "udp", netip.AddrPortFrom(target, port).String())
		if err != nil {
			return nil // the scan will report it
		}
		source = conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
		_ = conn.Close()
	}
	var lc net.ListenConfig
	conn, err := lc.ListenPacket(ctx, "udp", netip.AddrPortFrom(source, port).String())
	if err != nil {
		return fmt.Errorf("%d cannot be opened on %v: %w", port, source, Cause(err))
	}
	return conn.Close()
}

// IsInterface reports whether zone is the name or the number of an interface.
func IsInterface(zone string) bool {
	if n, err := strconv.Atoi(zone); err == nil {
		_, err = net.InterfaceByIndex(n)
		return err == nil
	}
	_, err := net.InterfaceByName(zone)
	return err == nil
}

// Cause returns what the system says in an error of package net.
func Cause(err error) error {
	var sys *os.SyscallError
	if errors.As(err, &sys) {
		return sys.Err
	}
	return err
}

// IsTooManyFiles reports whether err is that this process, or all of them, have as
// many open files as the system lets them have.
func IsTooManyFiles(err error) bool {
	for _, full := range []error{syscall.EMFILE, syscall.ENFILE} {
		var lookup *net.DNSError // which has the cause in words alone
		if errors.Is(err, full) || errors.As(err, &lookup) && strings.Contains(lookup.Err, full.Error()) {
			return true
		}
	}
	return false
}
