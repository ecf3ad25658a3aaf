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
