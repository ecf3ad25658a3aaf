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
