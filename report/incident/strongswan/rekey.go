package strongswan

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// beginning is an IKE SA that this side begins while another with the peer is up:
// the next message that its thread sends shows whether it is a new one, or the
// rekeying of the other (RFC 7296, Section 1.3.2).
type beginning struct {
	event event.Event
	// h is the header of its line, id the unique ID of the other, and old the
	// other.
	h   header
	id  string
	old *session
	// lines is how many lines were read when it began.
	lines int
}

// Bounds of what is held, and of the lines that a message comes within.
const (
	maxBeginnings = 256
	maxWaiting    = 30
)

// hold keeps the beginning of an IKE SA if one with its peer is up, and reports
// whether it does.
func (r *reader) hold(e *event.Event, h *header, id string) bool {
	old := r.byHost[host(e.Args["peer"])]
	if h.id != "" {
		old = nil
		if id != h.id {
			old = r.sessions["#"+id]
		}
	}
	if old == nil || !old.up || h.thread == "" || len(r.held) >= maxBeginnings {
		return false
	}
	r.held[h.thread] = beginning{*e, *h, id, old, r.lines}
	return true
}

// release returns what was held, if a line shows that it is an IKE SA of its own,
// and else drops it where a line shows that it is a rekeying, which h is then of.
func (r *reader) release(h *header, text string) []event.Event {
	b, found := r.held[h.thread]
	if !found {
		return nil
	}
	switch {
	case strings.HasPrefix(text, "generating CREATE_CHILD_SA "):
		delete(r.held, h.thread)
		delete(r.begun, h.thread)
		if h.id != "" {
			r.sessions["#"+b.h.id] = b.old
			h.id = b.id
		} else {
			r.use(h, b.old)
		}
		return nil
	case !strings.HasPrefix(text, "generating ") && r.lines-b.lines < maxWaiting:
		return nil
	}
	delete(r.held, h.thread)
	e := b.event
	s := r.session(&b.h, e.Args["peer"], true)
	r.finish(&e, &b.h, s)
	return []event.Event{e}
}

// rekeyed notes that the lines of a new IKE SA go on with those of the other:
// "IKE_SA office[2] rekeyed between".
func (r *reader) rekeyed(h *header, text string) {
	name, _, found := strings.Cut(text, "] rekeyed between ")
	if !found || h.id == "" || !strings.HasPrefix(text, "IKE_SA ") {
		return
	}
	if i := strings.LastIndexByte(name, '['); i > 0 && name[i+1:] != h.id {
		if s := r.sessions["#"+h.id]; s != nil {
			r.bound()
			r.sessions["#"+name[i+1:]] = s
		}
	}
}

// renews notes which IKE SA took the place of that of a line.
func (r *reader) renews(h *header, text string) {
	if name, _, found := strings.Cut(text, " rekeyed between "); found && strings.HasPrefix(name, "IKE_SA ") && strings.HasSuffix(name, "]") {
		r.session(h, "", false).renewed = strings.TrimPrefix(name, "IKE_SA ")
	}
}

// replaced reports whether a line by which an IKE SA ends is about one that was rekeyed:
// "received DELETE for IKE_SA office[1]".
func (s *session) replaced(text string) bool {
	_, name, found := strings.Cut(text, " for IKE_SA ")
	return found && s.renewed != "" && name != s.renewed && strings.HasSuffix(name, "]")
}
