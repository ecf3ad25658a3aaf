package libreswan

import (
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
)

// further begins a request for a Child SA beside that of IKE_AUTH, or for a rekeying.
var further = lazyregexp.New(`^(?:initiating Child SA|sent CREATE_CHILD_SA request to (?:create Child SA|rekey ((?:Child|IKE) SA #\d+))) \(?using IKE SA #(\d+)`)

// maxAsked bounds the requests that are followed.
const maxAsked = 64

// awaits follows what this side has asked for and not got yet: a further Child SA, or an
// address.
func (r *reader) awaits(h *subject, text string) {
	if m := further.FindStringSubmatch(text); m != nil {
		if len(r.children) >= maxAsked || r.children == nil {
			r.children = make(map[string]string)
		}
		r.children[m[2]] = h.sa
		if r.rekeys = ""; m[1] != "" {
			r.rekeys = "the rekeying of " + m[1]
		}
		return
	}
	switch {
	case strings.HasPrefix(text, "modecfg: Sending IP request"):
		if len(r.leases) >= maxAsked || r.leases == nil {
			r.leases = make(map[string]string)
		}
		r.leases[h.conn] = h.sa
		return
	case strings.Contains(text, "retransmi"), strings.Contains(text, "timeout exceeded"), strings.HasPrefix(text, "sent CREATE_CHILD_SA request"), strings.HasPrefix(text, "received Delete SA payload"), strings.HasPrefix(text, "IMPAIR: "):
		return
	}
	delete(r.leases, h.conn)
	for ike, child := range r.children {
		if child == h.sa || ike == h.sa && strings.HasPrefix(text, "processing CREATE_CHILD_SA response") {
			delete(r.children, ike)
		}
	}
}

// open reports whether a request for a Child SA is not answered yet, by the number of that
// or of its IKE SA.
func (r *reader) open(sa string) bool {
	for ike, child := range r.children {
		if sa == ike || sa == child {
			return true
		}
	}
	return false
}

// unmet completes the end of an SA by what was asked for with it, to no avail.
func (r *reader) unmet(e *event.Event, h *subject) {
	switch {
	case e.Kind == event.Gone && (e.Cause == "" || e.Cause == "liveness" || e.Cause == "silence") && r.open(h.sa):
		e.Cause, e.Phase, e.Version = "child-unanswered", event.PhaseChild, 2
		e.Set("exchange", "CREATE_CHILD_SA")
		e.Set("wanted", r.rekeys)
	case e.Kind == event.Deleted && e.Cause == "peer-ended" && h.sa != "" && r.leases[h.conn] == h.sa:
		e.Kind, e.Cause, e.Phase, e.Side, e.Version = event.Root, "modecfg-refused", event.PhaseAuth, event.Initiator, 1
	}
}
