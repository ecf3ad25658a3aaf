package libreswan

import "github.com/ikescope/ikescope/report/incident/event"

// unmatched remembers an answer that pluto found no request for. It matters where a
// request of the same IKE SA then is sent again or given up: else it came twice, and
// did no harm.
func (r *reader) unmatched(e *event.Event, sa string) []event.Event {
	switch held, ok := r.responses[sa]; {
	case e.Args["unmatched"] != "":
		if len(r.responses) >= maxQuick || r.responses == nil {
			r.responses = make(map[string]event.Event)
		}
		if !ok {
			r.responses[sa] = *e
		}
	case ok && (e.Kind == event.Again || e.Kind == event.Gone):
		delete(r.responses, sa)
		held.Kind, held.Cause = event.Sign, "response-unmatched"
		return []event.Event{held, *e}
	}
	return nil
}
