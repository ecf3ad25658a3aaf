//go:build !linux

package socket

import (
	"net"
	"net/netip"
)

// arrivals are what arrives at a socket, on systems where that is told without a buffer.
type arrivals struct{}

// arrivalsAt returns nil: how to do that, and how to ask for hop limits, differs from
// system to system, and is not done here.
func arrivalsAt(net.PacketConn) *arrivals { return nil }

func (*arrivals) next() ([]byte, netip.AddrPort, int, error) {
	return nil, netip.AddrPort{}, 0, net.ErrClosed
}

func askHopLimits(net.PacketConn) {}
