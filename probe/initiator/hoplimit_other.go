//go:build !linux

package initiator

import (
	"errors"
	"net"
)

// HopLimits reports whether requests can have a hop limit on this system.
const HopLimits = false

// limitedConn writes nothing: how to ask for it differs from system to system, and
// here the errors of routers do not come back.
type limitedConn struct {
	net.PacketConn
	limit int
}

func (limitedConn) WriteTo([]byte, net.Addr) (int, error) { return 0, errors.ErrUnsupported }
