package libreswan

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// load remembers which version of IKE a connection was loaded with, and of an SA of
// Quick Mode who asked for it.
func (r *reader) load(conn, sa, text string) {
	switch {
	case strings.HasPrefix(text, "added "):
		if len(r.versions) >= maxQuick || r.versions == nil {
			r.versions = make(map[string]int)
		}
		if v := version(text); v != 0 && conn != "" {
			r.versions[conn] = v
		}
	case strings.HasPrefix(text, "initiating Quick Mode"), strings.HasPrefix(text, "the peer proposed: "):
		if len(r.phase2) >= maxQuick || r.phase2 == nil {
			r.phase2 = make(map[string]bool)
		}
		r.phase2[sa] = strings.HasPrefix(text, "initiating")
	case strings.HasPrefix(text, "sent Quick Mode reply"):
		r.begun(conn)
	}
}

// quickMode completes an event that says that an SA of Quick Mode failed, but not why: this
// side gives up what it began, or refuses the networks that came.
func (r *reader) quickMode(e *event.Event, sa, text string) {
	began, known := r.phase2[sa]
	switch {
	case !known:
	case began && strings.HasPrefix(text, "IMPAIR: retransmit so timing out SA"):
		inState(e, "QUICK_I1")
	case !began && e.Kind == event.Own && strings.Contains(text, "INVALID_ID_INFORMATION"):
		e.Kind, e.Phase, e.Cause = event.Root, event.PhaseChild, "traffic-selectors"
	}
}
