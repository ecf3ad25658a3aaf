package incident

import (
	"strconv"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// phase1 is the word for phase 1 as a whole.
var phase1 = lazyregexp.New(`(?i)\bphase[- ]?1\b`)

// Words of an event that a reader sets, of a request that is sent again.
const (
	// Floated: it goes to UDP 4500, to which the peers change after the first
	// exchange (RFC 7296, Section 2.23; RFC 3947, Section 4).
	Floated = "floated"
	Small   = "small" // it has not the octets of an IKE_SA_INIT
	// SequenceNumber is the number of the request within IKEv1's phase 1, from 1.
	SequenceNumber = "seq"
	// Answered: this side has answered IKE_AUTH. AsksEAP: one without AUTH came.
	Answered, AsksEAP = "answered", "asks-eap"
	// Asked is what was asked last: IKE_INTERMEDIATE, IKE_AUTH, XAUTH.
	Asked = "asked"
	// OddPort is the port to which it goes, where that is none of IKE's.
	OddPort = "odd-port"
	// Rekeys: a Child SA was to be rekeyed.
	Rekeys = "rekeys"
	// AnotherChild: another Child SA of the same IKE SA was asked for.
	AnotherChild = "another-child"
	// RedirectedTo is the gateway that an attempt goes on with after a redirect.
	RedirectedTo = "redirected-to"
	// Incomplete is what an IKE SA lacked that was dropped before it was complete.
	Incomplete = "incomplete"
	// AuthCame: a packet came to UDP 4500 after IKE_SA_INIT was answered.
	AuthCame = "auth-came"
	// InitAnswered: this side has answered IKE_SA_INIT, with what it takes to go on.
	InitAnswered = "init-answered"
)

// unanswered names the cause of an attempt that ends with requests to which no
// answer came, or whose next message did not come. Which exchange that was is
// said only where the lines show it: a Message ID of 0 is that of IKE_SA_INIT,
// and also of the first request of who was the responder.
func (a *Attempt) unanswered(e *Event) string {
	id := e.Cause
	mid, first := a.words["mid"], a.words[SequenceNumber]
	floated := a.words[Floated] != "" && !a.began
	if id == "phase1-unanswered" && a.began {
		id = "" // the lines before say which message
	}
	switch {
	case id != "" && id != "silence" && id != "liveness":
		return id
	case a.ending == "local-ended" && a.Events[len(a.Events)-1].Kind != Start && a.endedBefore(e):
		return "delete-unanswered"
	case a.Version == 1 && a.words[Asked] == "XAUTH" && !a.Established:
		return "xauth-silent"
	case a.Version == 1 && (a.ikeUp || a.words[Asked] == "TRANSACTION") && !a.Established && id == "" && e.Phase != PhaseEstablished:
		return "silence-phase2"
	case a.Established || a.ikeUp || id == "liveness" || e.Phase == PhaseEstablished || a.late() || a.words["exchange"] == "CREATE_CHILD_SA" || a.words["exchange"] == "INFORMATIONAL":
		return "liveness"
	case mid == "0" && a.Version != 1 && !a.began && (a.words[Small] != "" || floated):
		return "liveness" // of who was the responder
	case a.Side == Responder && id == "":
		return a.unfinished(e)
	case !a.began && len(a.Events) == 1 && mid == "" && e.Phase == PhaseInit && id == "" && phase1.MatchString(e.Text):
		return "phase1-unanswered" // of which only the end is shown
	case a.Version == 1:
		switch {
		case a.Reached.rank() >= PhaseAuth.rank() || e.Phase.rank() >= PhaseAuth.rank() || mid == "0" && first != "" && first != "1" || floated:
			return "silence-phase1"
		case a.Reached == PhaseInit || e.Phase == PhaseInit || mid == "0" && first == "1":
			return "silence"
		}
	case a.words[Asked] == "IKE_INTERMEDIATE":
		return "silence-intermediate"
	case a.Reached.rank() >= PhaseAuth.rank() || e.Phase.rank() >= PhaseAuth.rank(),
		mid != "" && mid != "0" && (a.Side == Initiator || a.Reached == PhaseInit),
		floated && a.Side == Initiator && a.Reached == PhaseNone:
		return "silence-auth"
	case a.Reached == PhaseInit || e.Phase == PhaseInit || id == "silence" || mid == "0" && a.Side == Initiator:
		return "silence"
	}
	return "unanswered"
}

// endedBefore reports whether this side ended the attempt before an event.
func (a *Attempt) endedBefore(e *Event) bool {
	for i := range a.Events {
		if o := &a.Events[i]; o.Line == e.Line {
			return false
		} else if o.Kind == Deleted && o.Cause == "local-ended" {
			return true
		}
	}
	return true // of events that are not kept
}

// unfinished names the cause of an attempt of which the next request of the
// client did not come.
func (a *Attempt) unfinished(e *Event) string {
	switch {
	case a.words[InitAnswered] == "" && a.words["group"] != "" && a.Reached == PhaseInit && a.Version != 1:
		return "key-exchange"
	case a.Reached == PhaseEAP && e.Kind == Gone:
		return "client-stops" // it would have sent again what it has no answer to
	case a.words[Answered] != "" && e.Kind == Gone:
		return "silent-after-auth"
	case a.Reached == PhaseNone || a.Version == 1:
		return "unfinished"
	case a.Reached.rank() <= PhaseAuth.rank():
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
