package report

import (
	"net/netip"
	"strings"
)

// AddressBeside returns what stands beside the name of a target: its address,
// or "" where the name is that address already, perhaps with a port.
func AddressBeside(target, address string) string {
	bare := target == address
	withPort := !strings.Contains(address, ":") && strings.HasPrefix(target, address+":")
	bracketed := strings.HasPrefix(target, "["+address+"]")
	if bare || withPort || bracketed {
		return ""
	}
	return address
}

// AddressText returns a as documents hold it, "" where there is none.
func AddressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
