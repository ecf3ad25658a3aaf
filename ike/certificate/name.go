package certificate

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ikescope/ikescope/ike"
)

// IsHostName reports whether name is of letters, digits, hyphens and underscores in
// labels, none of which begins with a hyphen: at most 63 octets each, and 253 in all.
func IsHostName(name string) bool {
	if len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			return false
		}
	}
	return true
}

// IDText returns Identification Data (RFC 7296, Section 3.5) as people write it: an
// address, a distinguished name as RFC 2253 has it, text as it is, and all else in
// hexadecimal. It is not escaped for a terminal.
func IDText(id *ike.ID) string {
	switch id.IDType {
	case ike.ID_IPV4_ADDR, ike.ID_IPV6_ADDR:
		if a, ok := IDAddress(id); ok {
			return a.String()
		}
		return hex.EncodeToString(id.Data)
	case ike.ID_DER_ASN1_DN:
		if name, err := DistinguishedName(id.Data); err == nil {
			return name
		}
		return hex.EncodeToString(id.Data)
	case ike.ID_DER_ASN1_GN:
		return hex.EncodeToString(id.Data)
	}
	text := string(id.Data)
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return hex.EncodeToString(id.Data)
	}
	return text
}

// IDAddress returns the address in Identification Data of type ID_IPV4_ADDR, which has 4
// octets, or ID_IPV6_ADDR, which has 16; false for others.
func IDAddress(id *ike.ID) (netip.Addr, bool) {
	octets := map[ike.IDType]int{ike.ID_IPV4_ADDR: 4, ike.ID_IPV6_ADDR: 16}[id.IDType]
	if octets == 0 || len(id.Data) != octets {
		return netip.Addr{}, false
	}
	return netip.AddrFromSlice(id.Data)
}

// IDOf returns the Identification Data that says what users dial: an address, or a host
// name.
func IDOf(dialed string) (ike.IDType, []byte) {
	a, err := netip.ParseAddr(dialed)
	switch a = a.WithZone("").Unmap(); {
	case err != nil:
		return ike.ID_FQDN, []byte(dialed)
	case a.Is4():
		return ike.ID_IPV4_ADDR, a.AsSlice()
	}
	return ike.ID_IPV6_ADDR, a.AsSlice()
}
