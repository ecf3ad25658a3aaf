package cisco

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// verifies tells the IKE_SA_INIT that IOS verifies as an answer from one as a request: it
// prints the same of both, and before an answer that this side generated one.
func (r *reader) verifies(e *event.Event) {
	sa := e.Args["sa"]
	switch {
	case sa == "":
	case strings.HasSuffix(e.Text, "Generating IKE_SA_INIT message"):
		if r.early == event.Responder || r.sides[sa] == event.Responder {
			e.Kind = event.Step
		}
		if r.answers == sa {
			r.answers = ""
		} else {
			r.asks = sa
		}
	case !strings.HasSuffix(e.Text, "Verify SA init message"):
	case r.sides[sa] == event.Initiator:
		e.Kind, e.Side = event.Step, event.Initiator
	case r.asks == sa:
		r.asks = ""
		e.Kind, e.Side = event.Step, event.Initiator
	default:
		r.answers = sa
	}
}

// maxSides bounds the SAs whose side is known.
const maxSides = 256

// heads notes whose log it is by the header of a packet: who began sends the requests of
// the first two exchanges, and receives the responses (RFC 7296, Section 1.2).
func (r *reader) heads(exchange, kind string) {
	if r.sent == "" || exchange != "IKE_SA_INIT" && exchange != "IKE_AUTH" {
		return
	}
	side := event.Responder
	if (r.sent == "Sending") == (kind == "REQUEST") {
		side = event.Initiator
	}
	if r.sent = ""; r.sa == "" {
		r.early = side
		return
	}
	r.known(r.sa, side)
}

// side1 notes whose log it is, of an SA.
func (r *reader) known(sa string, side event.Side) {
	if r.sides == nil || len(r.sides) >= maxSides {
		r.sides = make(map[string]event.Side)
	}
	r.sides[sa] = side
}
