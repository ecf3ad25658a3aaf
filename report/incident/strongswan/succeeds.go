package strongswan

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// succeeds follows IKE SAs that a client begins in the place of one that is up.
func (r *reader) succeeds(e *event.Event, s *session, text string) {
	switch {
	case e.Kind == event.IKEUp || e.Kind == event.Up:
		s.up, s.anew, r.replaced = true, false, nil
	case strings.HasSuffix(text, " is initiating an IKE_SA"):
		s.anew = s.up && !s.gone
	case strings.HasPrefix(text, "deleting IKE_SA "):
		if s.anew && !s.gone {
			end := *e
			end.Kind, end.Phase, end.Cause, end.Key = event.Deleted, event.PhaseEstablished, "begun-anew", s.key
			end.Set("by", "self")
			r.replaced = &end
		}
		s.gone = true
	case e.Cause != "":
		r.replaced = nil
	}
}
