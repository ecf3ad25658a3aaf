//go:build !linux

package socket

import "net"

// queueErrors does nothing: this system reports ICMP errors, if at all, as
// errors of reading.
func queueErrors(net.PacketConn) {}

// DontFragment does nothing: how to ask for it differs from system to system.
func DontFragment(net.PacketConn) {}

// hasErrorQueue reports that there is no queue.
func hasErrorQueue(net.PacketConn) bool { return false }

// Queued returns nothing.
func Queued(net.PacketConn) []Fault { return nil }
