//go:build !linux

package initiator

import "net"

// queueErrors does nothing: this system reports ICMP errors, if at all, as
// errors of reading.
func queueErrors(net.PacketConn) {}

// dontFragment does nothing: how to ask for it differs from system to system.
func dontFragment(net.PacketConn) {}

// hasErrorQueue reports that there is no queue.
func hasErrorQueue(net.PacketConn) bool { return false }

// queuedErrors returns nothing.
func queuedErrors(net.PacketConn) []PathFault { return nil }
