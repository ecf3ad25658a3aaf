package initiator

import (
	"context"
	"net"
	"net/netip"

	"github.com/ikescope/ikescope/probe/internal/socket"
)

// ListenFunc opens the socket towards a gateway. A source without an address,
// or with port 0, leaves that to the system.
type ListenFunc func(ctx context.Context, gateway netip.Addr, source netip.AddrPort) (net.PacketConn, error)

// DialFunc opens a TCP connection from source, whose port may be 0, to the gateway.
type DialFunc func(ctx context.Context, source, gateway netip.AddrPort) (net.Conn, error)

// HopLimits reports whether requests can have a hop limit on this system.
const HopLimits = socket.HopLimits
