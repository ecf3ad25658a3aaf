package windows

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// negotiation is the first line of an event of IKEEXT (4652 to 4654, 4984) of
// which the lines with its reason are to come.
type negotiation struct {
	mode string // "" for none
	at   event.Line
}

// The modes are those of all keying modules of Windows: it calls the IKE SA of IKEv2
// main mode, and its Child SA quick mode.
const (
	mainMode  = "main mode"
	quickMode = "quick mode"
)

// failedMode returns the mode of which the first line of an event says that it
// failed, "" for another line.
func failedMode(text string) string {
	if value, found := messageOf(text); found {
		text = value
	}
	for _, mode := range []string{mainMode, quickMode} {
		if rest, found := strings.CutPrefix(text, "An IPsec "+mode+" negotiation failed"); found && len(rest) < 3 {
			return mode
		}
	}
	return ""
}

// end returns an event for a negotiation of which no reason came.
func (n *negotiation) end() []event.Event {
	if n.mode == "" {
		return nil
	}
	e := n.at.Event(event.Sign)
	e.Cause, e.Key = "phase1", "ikeext "
	if n.mode == quickMode {
		e.Cause, e.Phase = "phase2", event.PhaseChild
	}
	e.Set("reason", "the lines below it in the event say more: its Failure Reason says why, and its Keying Module Name which version of IKE")
	n.mode = ""
	return []event.Event{e}
}
