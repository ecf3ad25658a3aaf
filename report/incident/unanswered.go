package incident

import (
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
)

// phase1 is the word for phase 1 as a whole.
var phase1 = lazyregexp.New(`(?i)\bphase[- ]?1\b`)

// unanswered names the cause of an attempt that ends with requests to which no
// answer came, or whose next message did not come. Which exchange that was is
// said only where the lines show it: a Message ID of 0 is that of IKE_SA_INIT,
// and also of the first request of who was the responder.
func (a *Attempt) unanswered(e *event.Event) string {
	id := e.Cause
	mid, first := a.words["mid"], a.words[event.SequenceNumber]
	floated := a.words[event.Floated] != "" && !a.began
	if id == "phase1-unanswered" && a.began {
		id = "" // the lines before say which message
	}
	switch {
	case id != "" && id != "silence" && id != "liveness":
		return id
	case a.ending == "local-ended" && a.Events[len(a.Events)-1].Kind != event.Start && a.endedBefore(e):
		return "delete-unanswered"
	case strings.Contains(e.Text, "response) to our first IKEv2 message"): // whatever the next attempt of pluto's connection comes to
		return "silence"
	case a.Version == 1 && a.words[event.Asked] == "XAUTH" && !a.Established:
		return "xauth-silent"
	case a.Version == 1 && (a.ikeUp || a.words[event.Asked] == "TRANSACTION") && !a.Established && id == "" && e.Phase != event.PhaseEstablished:
		return "silence-phase2"
	case a.Established || a.ikeUp || id == "liveness" || e.Phase == event.PhaseEstablished || a.late() || a.words["exchange"] == "CREATE_CHILD_SA" || a.words["exchange"] == "INFORMATIONAL":
		return "liveness"
	case mid == "0" && a.Version != 1 && !a.began && (a.words[event.Small] != "" || floated):
		return "liveness" // of who was the responder
	case a.Side == event.Responder && id == "":
		return a.unfinished(e)
	case !a.began && len(a.Events) == 1 && mid == "" && e.Phase == event.PhaseInit && id == "" && phase1.MatchString(e.Text):
		return "phase1-unanswered" // of which only the end is shown
	case a.Version == 1:
		switch {
		case a.Reached.Rank() >= event.PhaseAuth.Rank() || e.Phase.Rank() >= event.PhaseAuth.Rank() || mid == "0" && first != "" && first != "1" || floated:
			return "silence-phase1"
		case a.Reached == event.PhaseInit || e.Phase == event.PhaseInit || mid == "0" && first == "1":
			return "silence"
		}
	case a.words[event.Asked] == "IKE_INTERMEDIATE":
		return "silence-intermediate"
	case a.Reached.Rank() >= event.PhaseAuth.Rank() || e.Phase.Rank() >= event.PhaseAuth.Rank(),
		mid != "" && mid != "0" && (a.Side == event.Initiator || a.Reached == event.PhaseInit),
		floated && a.Side == event.Initiator && a.Reached == event.PhaseNone:
		return "silence-auth"
	case a.Reached == event.PhaseInit || e.Phase == event.PhaseInit || id == "silence" || mid == "0" && a.Side == event.Initiator:
		return "silence"
	}
	return "unanswered"
}

// endedBefore reports whether this side ended the attempt before an event.
func (a *Attempt) endedBefore(e *event.Event) bool {
	for i := range a.Events {
		if o := &a.Events[i]; o.Line == e.Line {
			return false
		} else if o.Kind == event.Deleted && o.Cause == "local-ended" {
			return true
		}
	}
	return true // of events that are not kept
}

// unfinished names the cause of an attempt of which the next request of the
// client did not come.
func (a *Attempt) unfinished(e *event.Event) string {
	switch {
	case a.words[event.InitAnswered] == "" && a.words["group"] != "" && a.Reached == event.PhaseInit && a.Version != 1:
		return "key-exchange"
	case a.Reached == event.PhaseEAP && e.Kind == event.Gone:
		return "client-stops" // it would have sent again what it has no answer to
	case a.words[event.Answered] != "" && e.Kind == event.Gone:
		return "silent-after-auth"
	case a.Reached == event.PhaseNone || a.Version == 1:
		return "unfinished"
	case a.Reached.Rank() <= event.PhaseAuth.Rank():
		return "half-open"
	}
	return "silence-auth"
}

// late reports whether a request that was sent again has a Message ID that no
// login comes to.
func (a *Attempt) late() bool {
	const login = 10 // IKE_SA_INIT, and rounds of EAP
	n, err := strconv.Atoi(a.words["mid"])
	return err == nil && n > login && n < 1<<20 // those of IKEv1 are random
}
