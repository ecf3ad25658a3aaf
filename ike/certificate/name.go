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
		if a, ok := netip.AddrFromSlice(id.Data); ok {
			return a.String()
		}
	case ike.ID_DER_ASN1_DN:
		if name, err := DistinguishedName(id.Data); err == nil {
			return name
		}
	}
	text := string(id.Data)
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return hex.EncodeToString(id.Data)
	}
	return text
}
