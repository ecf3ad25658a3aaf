package general

import (
	"slices"
	"strings"
)

// asides are the causes that lines of other programs may show.
var asides = []string{"kernel-crash", "kernel-warning", "daemon-crash", "dhcp-range", "dns-settings"}

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

// LinkWord is the name of the word of an event of PPP that says what it runs above, and
// aboveIPsec what causes of PPP begin with.
const (
	LinkWord   = "link-below"
	aboveIPsec = "above IPsec, "
)

// Link returns what PPP runs above in lines of which no product is known, "" where they
// do not show it, or have no PPP.
func Link(lines []string) string {
	link := ""
	for _, line := range lines {
		small := strings.ToLower(line)
		switch {
		case strings.Contains(small, "l2tp"):
			return "L2TP"
		case strings.Contains(small, "pptp"):
			link = "PPTP"
		}
	}
	return link
}

// Below returns a cause of PPP for what it runs above: PPTP has no IPsec.
func Below(said, link string) string {
	if link != "PPTP" {
		return said
	}
	return strings.Replace(said, aboveIPsec, "in PPTP, which has no IPsec, ", 1)
}
