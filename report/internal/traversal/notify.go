package traversal

import (
	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/report"
)

// Notify says what a status notify of an IKE_SA_INIT answer means. NAT
// detection and signature hashes have places of their own.
func Notify(n report.Number) string {
	switch ike.NotifyType(n.ID) {
	case ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP, ike.SIGNATURE_HASH_ALGORITHMS, ike.REDIRECT:
		return ""
	case ike.IKEV2_FRAGMENTATION_SUPPORTED:
		return "fragmentation"
	case ike.MULTIPLE_AUTH_SUPPORTED:
		return "multiple authentication"
	case ike.CHILDLESS_IKEV2_SUPPORTED:
		return "childless IKE SAs"
	case ike.INTERMEDIATE_EXCHANGE_SUPPORTED:
		return "intermediate exchange"
	}
	return n.Name
}
