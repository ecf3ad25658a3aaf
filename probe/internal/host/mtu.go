package host

import (
	"net"
	"net/netip"
)

// defaultMTU is that of Ethernet.
const defaultMTU = 1500

// MTU returns that of the interface that has an address of ours, in octets, or
// that of Ethernet where it is not known.
func MTU(own netip.Addr) int {
	all, err := net.Interfaces()
	if err != nil {
		return defaultMTU
	}
	for _, i := range all {
		addresses, err := i.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addresses {
			if n, ok := a.(*net.IPNet); ok {
				if found, ok := netip.AddrFromSlice(n.IP); ok && found.Unmap() == own.WithZone("") && i.MTU > 0 {
					return i.MTU
				}
			}
		}
	}
	return defaultMTU
}
