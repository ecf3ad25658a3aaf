package libreswan

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// publicValues are key exchange methods by how many octets their public values have (RFC
// 7296, Section 3.4; RFC 3526, RFC 5903 and RFC 8031).
var publicValues = map[string]string{"96": "MODP768 or ECP384", "128": "MODP1024", "192": "MODP1536", "256": "MODP2048", "384": "MODP3072", "512": "MODP4096",
	"768": "MODP6144", "1024": "MODP8192", "64": "ECP256", "132": "ECP521", "32": "Curve25519"}

// withoutAUTH tells the fault of pluto by which it goes on with an IKE_AUTH request that
// asks for EAP as if AUTH were in it from others of its own program.
func withoutAUTH(e *event.Event) {
	if strings.Contains(e.Text, "ISAKMP_NEXT_v2AUTH") && strings.Contains(e.Text, "(process_v2_IKE_AUTH_request") {
		e.Kind, e.Side, e.Phase, e.Version, e.Cause = event.Root, event.Responder, event.PhaseAuth, 2, "eap-unexpected"
	}
}
