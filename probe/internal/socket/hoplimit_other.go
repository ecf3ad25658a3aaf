//go:build !linux

package socket

import (
	"errors"
	"net"
)

// HopLimits reports whether packets can have a hop limit on this system.
const HopLimits = false

// Limited returns pc, of which nothing can be written: how to ask for a hop limit differs
// from system to system, and here the errors of routers do not come back.
func Limited(pc net.PacketConn, _ int) net.PacketConn { return limited{pc} }

type limited struct{ net.PacketConn }

func (limited) WriteTo([]byte, net.Addr) (int, error) { return 0, errors.ErrUnsupported }
