package logtext

import (
	"net/netip"
	"strings"
)

// Identity returns an identity as all products write it, "" for one that they write each
// in its way (distinguished names), and for any.
func Identity(id string) string {
	if strings.ContainsAny(id, "=%*") {
		return ""
	}
	if _, name, typed := strings.Cut(id, "/"); typed { // OpenIKED's "FQDN/gateway"
		id = name
	}
	return strings.ToLower(strings.TrimPrefix(id, "@"))
}

// Public reports whether an address is one that no NAT is in front of.
func Public(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.IsGlobalUnicast() && !ip.IsPrivate() && !shared.Contains(ip)
}

// shared are the addresses of carriers' NATs (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")
