package sentence

import (
	"net/netip"
	"strings"
)

// Networks returns networks that blanks separate as a list with commas, "" if one of
// them is none.
func Networks(list string) string {
	all := strings.Fields(list)
	for _, one := range all {
		if _, err := netip.ParsePrefix(one); err != nil {
			return ""
		}
	}
	return strings.Join(all, ",")
}

// Private reports whether an identity is an address that is unique in its own network
// alone.
func Private(id string) bool {
	at, err := netip.ParseAddr(id)
	return err == nil && (at.IsPrivate() || at.IsLinkLocalUnicast())
}

// OfPrivate says of a client's own identity, unless it returns "", that it is an address
// which nobody else knows.
func OfPrivate(id string) string {
	if !Private(id) {
		return ""
	}
	return ": it is this client's private address, as where no local ID is set, and the gateway sees another"
}
