package libreswan

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// refused marks an event by which the other side refuses this side's authentication or
// certificate: only then a certificate of this side's that is not valid may be why.
func refused(e *event.Event) {
	if e.Kind == event.Sign && (e.Cause == "auth-refused" || strings.Contains(e.Text, "payload, type INVALID_CERTIFICATE")) {
		e.Set("peer-refused", "yes")
	}
}
