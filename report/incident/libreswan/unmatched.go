package libreswan

import "github.com/ikescope/ikescope/report/incident"

// unmatched remembers an answer that pluto found no request for. It matters where a
// request of the same IKE SA then is sent again or given up: else it came twice, and
// did no harm.
func (r *reader) unmatched(e *incident.Event, sa string) []incident.Event {
	switch held, ok := r.responses[sa]; {
	case e.Args["unmatched"] != "":
		if len(r.responses) >= maxQuick || r.responses == nil {
			r.responses = make(map[string]incident.Event)
		}
		if !ok {
			r.responses[sa] = *e
		}
	case ok && (e.Kind == incident.Again || e.Kind == incident.Gone):
		delete(r.responses, sa)
		held.Kind, held.Cause = incident.Sign, "response-unmatched"
		return []incident.Event{held, *e}
	}
	return nil
}
