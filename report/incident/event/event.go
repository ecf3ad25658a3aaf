package event

import (
	"time"

	"github.com/ikescope/ikescope/report/incident/logtext"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// Side is whose log a line is of, in the words of RFC 7296. It is "" where the
// lines do not say.
type Side string

const (
	Initiator Side = "initiator"
	Responder Side = "responder"
)

// Phase is how far an attempt has come.
type Phase string

const (
	PhaseNone        Phase = ""                // nothing was sent
	PhaseInit        Phase = "IKE_SA_INIT"     // or IKEv1 phase 1
	PhaseAuth        Phase = "IKE_AUTH"        // the first request and its answer
	PhaseEAP         Phase = "EAP"             // IKE_AUTH with rounds of EAP
	PhaseChild       Phase = "CREATE_CHILD_SA" // or the Child SA of IKE_AUTH; IKEv1 Quick Mode
	PhaseEstablished Phase = "established"
)

// phases are in their order.
var phases = []Phase{PhaseNone, PhaseInit, PhaseAuth, PhaseEAP, PhaseChild, PhaseEstablished}

// Rank returns the place of a phase in their order, from 0, and -1 if it is none.
func (p Phase) Rank() int {
	for i, q := range phases {
		if p == q {
			return i
		}
	}
	return -1
}

// In returns the name of a phase in a version of IKE.
func (p Phase) In(version int) string {
	if name := map[Phase]string{PhaseInit: "phase 1", PhaseAuth: "the authentication of phase 1", PhaseEAP: "XAUTH", PhaseChild: "Quick Mode"}[p]; version == 1 && name != "" {
		return name
	}
	return string(p)
}

// Kind is what a line means for its attempt.
type Kind string

const (
	// Start begins an attempt; Begin does so only where the one before ended.
	Start Kind = "start"
	Begin Kind = "begin"
	Step  Kind = "step" // progress
	Info  Kind = "info" // says something of the attempt, or of one to come
	// IKEUp and Up: the IKE SA, or a Child SA, is established.
	IKEUp Kind = "ike-up"
	Up    Kind = "up"
	// Root explains by itself why an attempt ended.
	Root Kind = "root"
	// Sign is a failure that has a reason elsewhere, in an earlier line or in
	// the log of the other side. Own is such a failure as this side told the
	// other, mostly after its reason.
	Sign Kind = "sign"
	Own  Kind = "own"
	// Try is a failure only if no Match follows it, and Wait, by which this side waits
	// for more, only if something else does: where the log ends so, more may have come.
	Try   Kind = "try"
	Wait  Kind = "wait"
	Match Kind = "match"
	// Theirs and Ours list proposals: what came, and what is configured.
	Theirs Kind = "theirs"
	Ours   Kind = "ours"
	// Again is a retransmission, Gone the end of them.
	Again Kind = "again"
	Gone  Kind = "gone"
	// Deleted is the end of an SA that was up, or of an attempt.
	Deleted Kind = "deleted"
	End     Kind = "end"
)

var kinds = []Kind{Start, Begin, Step, Info, IKEUp, Up, Root, Sign, Own, Try, Wait, Match, Theirs, Ours, Again, Gone, Deleted, End}

// Event is what one line says.
type Event struct {
	// File and Line are where it stands; lines count from 1.
	File string
	Line int
	// Stamp is the time as the log has it. Time is its value, in UTC unless the
	// log names a zone, and zero if there is none; without a date it is a time
	// of the year 0.
	Stamp string
	Time  time.Time
	Text  string

	Kind  Kind
	Side  Side
	Phase Phase
	// Version is the version of IKE, 0 if the line does not say.
	Version int
	// Cause is an entry of the catalogue of causes, "" for none.
	Cause string
	// Args are the words of the line by name, such as peer, id and cert.
	Args map[string]string
	// Proposals are those of Theirs and Ours.
	Proposals []offered.Proposal

	// Key tells which IKE SA the event is of, within the log.
	Key string
	// Lane is the host within the file whose log it is of, "" for the first.
	Lane string
	// Count is how often it came; the line is that of the first. Alike: others of
	// them say the same in other words.
	Count int
	Alike bool
}

// Arg returns a word of the line by its name, "" if there is none.
func (e *Event) Arg(name string) string { return e.Args[name] }

// Set adds a word by name.
func (e *Event) Set(name, value string) {
	if value == "" {
		return
	}
	if e.Args == nil {
		e.Args = make(map[string]string)
	}
	e.Args[name] = clip(value, maxWord)
}

// Bounds of what is kept of a line, in octets.
const (
	maxText = 400
	maxWord = 200
)

// clip returns s without what is beyond n octets.
var clip = logtext.Clip
