package general

import (
	"slices"
	"strings"
)

// asides are the causes that lines of other programs may show.
var asides = []string{"kernel-crash", "daemon-crash", "dhcp-range", "dns-settings"}

// Beside reports whether lines of a program that an IKE daemon works with may show a
// cause: those of L2TP only where l2tp says that it is in use.
func Beside(cause string, l2tp bool) bool {
	return OverL2TP(cause) && l2tp || slices.Contains(asides, cause)
}

// OverL2TP reports whether a cause is of L2TP or of PPP inside it.
func OverL2TP(cause string) bool {
	return strings.HasPrefix(cause, "ppp-") || strings.HasPrefix(cause, "l2tp-")
}

// RefusesIdentity reports whether a line has the notify by which IKEv1 refuses an
// identity.
func RefusesIdentity(text string) bool {
	return strings.Contains(text, "INVALID_ID_INFORMATION") || strings.Contains(text, "INVALID-ID-INFORMATION")
}
