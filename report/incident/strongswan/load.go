package strongswan

import (
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// load takes what says that a credential could not be built. Files are tried as one
// kind after another, so that it counts only if the log shows nothing else.
func (r *reader) load(l *event.Line, h *header, text string) bool {
	if h.thread == "00" {
		return r.loadAtStart(l, text)
	}
	rest, found := strings.CutPrefix(text, "building CRED_")
	if !found || h.group != "LIB" && h.group != "" {
		return false
	}
	kind, after, found := strings.Cut(rest, " - ")
	if !found || !strings.Contains(after, " failed, tried ") {
		return false
	}
	cause := map[string]string{"PRIVATE_KEY": "own-key", "CERTIFICATE": "own-cert"}[kind]
	if cause == "" {
		return false
	}
	if r.unloaded != nil {
		if r.unloaded.Text == l.Text {
			r.unloaded.Count++
		}
		return true
	}
	e := l.Event(event.Sign)
	e.Cause, e.Key = cause, "load"
	if cause == "own-cert" {
		e.Set("reason", "cannot be parsed")
	}
	if strings.HasPrefix(l.Program, "charon-nm") || l.Program == "charon-cmd" { // which only begin connections
		e.Side = event.Initiator
	}
	r.unloaded = &e
	return true
}

// loadAtStart takes what the daemon does without when it starts: the file of a CA, and
// rules by which the kernel chooses between routing tables.
func (r *reader) loadAtStart(l *event.Line, text string) bool {
	file, found := strings.CutPrefix(text, "loading ca certificate from '")
	file, failed := strings.CutSuffix(file, "' failed")
	switch {
	case text == "unable to create IPv4 routing table rule":
		r.rules = l.Number
	case found && failed && r.unloaded == nil:
		e := l.Event(event.Sign)
		e.Cause, e.Key = "own-ca", "load"
		e.Set("cert", file)
		e.Set("file", file)
		e.Set("reason", "the file cannot be read as a certificate")
		if r.rules > 0 {
			e.Set("reason", "the file cannot be read as a certificate; besides, the kernel takes no rules for routing tables (line "+strconv.Itoa(r.rules)+": CONFIG_IP_MULTIPLE_TABLES)")
		}
		r.unloaded = &e
	default:
		return false
	}
	return true
}

// End implements [event.Ender]: what could not be loaded, if nothing followed.
func (r *reader) End() []event.Event {
	if r.replaced != nil {
		return []event.Event{*r.replaced}
	}
	if r.unloaded == nil || r.busy {
		return nil
	}
	return []event.Event{*r.unloaded}
}
