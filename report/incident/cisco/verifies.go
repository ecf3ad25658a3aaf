package cisco

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// verifies tells the IKE_SA_INIT that IOS verifies as an answer from one as a request: it
// prints the same of both, and before an answer that this side generated one.
func (r *reader) verifies(e *event.Event) {
	sa := e.Args["sa"]
	switch {
	case sa == "":
	case strings.HasSuffix(e.Text, "Generating IKE_SA_INIT message"):
		if r.answers == sa {
			r.answers = ""
		} else {
			r.asks = sa
		}
	case !strings.HasSuffix(e.Text, "Verify SA init message"):
	case r.asks == sa:
		r.asks = ""
		e.Kind, e.Side = event.Step, event.Initiator
	default:
		r.answers = sa
	}
}
