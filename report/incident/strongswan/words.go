package strongswan

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// permits follows what the kernel does not permit to a daemon that starts: that is then
// why it has no IPsec.
func (r *reader) permits(e *event.Event) {
	if e.Cause == "kernel-ipsec" && r.denied {
		e.Cause = "kernel-denied"
	}
}

// ofStarter reports whether a line is of a program that starts and stops charon, and says
// why it does not run. Other products have a command "ipsec" too.
func ofStarter(l *event.Line) bool {
	switch l.Program {
	case "ipsec_starter":
		return true
	case "ipsec", "starter":
		return strings.Contains(l.Text, "charon") || strings.Contains(l.Text, "starter") || strings.Contains(l.Text, "strongSwan")
	}
	return false
}

// starter reads a line of a program that starts charon.
func (r *reader) starter(l *event.Line) []event.Event {
	row, words := event.FindStartup(l.Text)
	if row == nil {
		return nil
	}
	e := row.Event(l, words)
	e.Key = "-"
	return []event.Event{e}
}

// ending completes an event by what its words mean: who ended an IKE SA, and what
// failed in EAP.
func (s *session) ending(e *event.Event, h *header) {
	switch method := e.Args["method"]; {
	case s.repeat && e.Kind == event.Step && e.Phase == event.PhaseInit && strings.HasSuffix(e.Text, " is initiating an IKE_SA"):
		e.Kind, s.repeat = event.Start, false // it was another
	case e.Cause == "self-ended" && s.known: // the lines before say why
		e.Kind, e.Cause = event.Info, ""
	case e.Kind == event.Deleted && (e.Cause == "rekeyed-deleted" || e.Cause == "peer-ended" && s.replaced(e.Text)):
		e.Cause = "rekeyed-deleted"
		e.Set("by", "self") // it was not cut short
	case e.Cause == "peer-ended" && s.leasing:
		e.Set("side-hint", string(event.Initiator))
	case e.Cause == "eap-no-key" && (method == "EAP_MD5" || method == "EAP_GTC" || method == "EAP_OTP"): // they never make one
		e.Kind, e.Cause = event.Step, ""
	case e.Cause == "eap-wanted" && s.ours: // what the gateway answers is at fault, by a notify in it
		e.Kind, e.Cause = event.Sign, "auth-refused"
	case e.Cause == "idle":
		e.Set("by", "self")
		s.known = true
	case e.Cause == "local-ended":
		e.Set("by", "self")
		s.known = true
	case e.Cause == "eap-credentials" && (strings.HasPrefix(method, "EAP_AKA") || method == "EAP_SIM"):
		e.Cause = "sim-failed"
	case e.Cause == "eap-credentials" && method == "EAP_TLS":
		e.Cause = "eap-tls"
	case e.Cause == "eap-credentials" && (method == "EAP_TTLS" || method == "EAP_PEAP"): // what is inside may have failed, or TLS
		e.Cause = "eap-tunnel"
	}
	if e.Cause == "own-config" && e.Args["reason"] == "no socket implementation" {
		e.Set("socket", "socket-default")
		e.Set("service", "strongswan")
	}
	if e.Cause == "dns-settings" && strings.Contains(e.Args["reason"], "loopback") {
		e.Set("loopback", "lo")
	}
	// The profiles of the Android app, which only begins connections, have that name.
	if h.conn == "android" || e.Args["conn"] == "android" {
		e.Side = event.Initiator
	}
}
