package incident

import (
	"strings"
	"sync"

	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/incident/causes"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// Layer is where a failure lies, in the order in which a connection comes up.
type Layer string

const (
	Name           Layer = "name"
	Network        Layer = "network"
	Negotiation    Layer = "negotiation"
	Identity       Layer = "identity"
	Authentication Layer = "authentication"
	Child          Layer = "child"
	Client         Layer = "client"
	NoFailure      Layer = "none" // nothing failed
	Unknown        Layer = "unknown"
)

// entry is what is said of a cause.
type entry struct {
	layers    map[event.Side]Layer
	sentences map[event.Side]string
	elsewhere string
}

// catalogue reads the embedded table once.
var catalogue = sync.OnceValue(func() map[string]entry {
	out := make(map[string]entry)
	for _, f := range causes.All() {
		ofResponder, ofInitiator, two := strings.Cut(f["layer"], "/")
		if !two {
			ofInitiator = ofResponder
		}
		out[f["cause"]] = entry{
			layers:    map[event.Side]Layer{event.Responder: Layer(ofResponder), event.Initiator: Layer(ofInitiator), "": Layer(ofInitiator)},
			sentences: map[event.Side]string{event.Responder: f["responder"], event.Initiator: f["initiator"], "": f["unknown"]},
			elsewhere: f["elsewhere"],
		}
	}
	return out
})

// Cause is why an attempt ended.
type Cause struct {
	// ID is the entry of the catalogue: "psk-mismatch".
	ID       string
	Layer    Layer
	Sentence string
	// Details say more, in half sentences: the axes that do not meet.
	Details []string
	Gaps    []offered.Gap
	// Likely are reasons of an error code, the likeliest first, and Checks what
	// ikescope can find out of them.
	Likely []string
	Checks []Fix
	// Event is the line that shows it.
	Event event.Event
	// Firm is false where the line only shows that something failed, and the
	// reason is elsewhere.
	Firm bool
	// Elsewhere is what only the other side can tell.
	Elsewhere string
}

// maxLikely bounds the reasons of an error code.
const maxLikely = 4

// ofWindows adds what is known of an error code of Windows. remote: the other side
// ended the exchange with it.
func (c *Cause) ofWindows(code, link string, remote bool) {
	if code == "" {
		return
	}
	if remote && code == "13801" {
		c.Likely = append(c.Likely, "the other side refused what this one showed: its pre-shared key differs, it does not trust this side's certificate, or it expects another identity")
		c.Firm, c.Elsewhere = false, "which of these it refused: see its log at that time"
		return
	}
	own := hasFix("windows-" + code)
	if link != "" && code == "13801" {
		c.Likely = append(c.Likely, "between two gateways with a pre-shared key: the keys differ")
	}
	found, err := explain.Explain(code)
	if err != nil {
		return
	}
	for _, e := range found {
		if !strings.HasPrefix(e.Title, "Windows error") {
			continue
		}
		for i, cause := range e.Causes {
			// An EAP error says its own cause.
			if i > 0 && (own || strings.Contains(e.Title, ", EAP_")) || len(c.Likely) == maxLikely {
				break
			}
			c.Likely = append(c.Likely, cause)
		}
		for _, check := range e.Checks {
			if check.Command != "" && !own {
				c.Checks = append(c.Checks, Fix{Where: check.What, Line: check.Command, Paste: true})
			}
		}
		c.Firm = false
	}
}
