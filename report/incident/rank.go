package incident

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/general"
)

// rank is how well an event explains the end of an attempt: the lower, the better.
//
// The cause is the event of the lowest rank among those that nothing later took back,
// and of several the earliest: what follows it is its consequence. A line that states a
// reason thus comes before lists of proposals that do not meet, these before a failure
// whose reason is elsewhere, and last comes what follows from most failures, such as a
// notify to the other side or a request that is sent again.
type rank int

const (
	rankReason  rank = iota // a line that explains the end by itself
	rankApart               // proposals of the two sides that do not meet
	rankLacking             // what was looked for or waited for, and not found
	rankFailure             // what failed, without the reason
	rankVague               // that something failed, not what
	rankSilence             // the end of retransmissions
	rankResult              // a result in general words
	rankTold                // what this side told the other
	rankReplay              // ESP packets that came twice or late
	rankAgain               // a retransmission
	noCause                 // what is none
)

// vague are causes of lines that say that something failed, not what, and refusing those of
// lines that only say that authentication did.
var (
	vague    = map[string]bool{"child-refused": true, "refused": true, "phase1": true, "phase2": true}
	refusing = map[string]bool{"auth-failed": true, "auth-refused": true}
)

// best returns the event that explains the end of the attempt best, of those that
// nothing took back, nil if none does. What the words of an unknown message say after the
// notify that refused the attempt, or after it was given up, is no reason for that.
func (a *Attempt) best(standing []*Event) *Event {
	var best *Event
	least, refused := noCause, false
	for _, e := range standing {
		r := a.rank(e)
		if refused && fromWords(e) {
			r = max(r, rankResult)
		}
		if r < least {
			best, least = e, r
		}
		refused = refused || (e.Kind == Sign || e.Kind == Own) && refusing[e.Cause] && !fromWords(e) && strings.Contains(e.Text, "AUTH") || e.Kind == Gone
	}
	return best
}

// fromWords reports whether what an event says was read from the words of a message that
// no table knows.
func fromWords(e *Event) bool {
	level := general.Level(e.arg(levelWord))
	return level == general.Reason || level == general.Result
}

// rank returns the rank of an event. That of proposals needs the lists of the attempt.
func (a *Attempt) rank(e *Event) rank {
	if e.Cause == "daemon-bug" && a.ending != "" || e.Cause == "undecryptable" && a.Established && a.ending == "local-ended" && a.endedBefore(e) {
		return noCause
	}
	switch level := general.Level(e.arg(levelWord)); {
	case level == general.Reason && (e.Kind == Sign || e.Kind == Try || e.Kind == Wait):
		return rankFailure // as what a product's own table has
	case level == general.Notify && e.Kind == Sign:
		return rankVague
	case level == general.Result && e.Kind == Sign:
		return rankResult
	}
	switch e.Kind {
	case Root:
		if vague[e.Cause] {
			return rankVague
		}
		return rankReason
	case Theirs, Ours:
		if a.lists.apart && e == a.lists.at {
			return rankApart
		}
	case Try, Wait:
		if e.Cause != "dhcp-silent" || e.Count > 1 { // else the answer may be under way
			return rankLacking
		}
	case Sign:
		switch {
		case e.Cause == "exchange-open" && e.Count < 2, e.Cause == "mid-window" && a.ikeUp: // it may be answered, or was
			return noCause
		case e.Cause == "answers-lost" && e.Count < 2 && strings.Contains(e.Text, "received duplicate "): // it met its answer on the way
			return noCause
		case e.Cause == "groundhog" && a.words["peer-refused"] == "": // the certificate was not sent, or it was taken
			return noCause
		case e.Cause == "esp-replay":
			return rankReplay
		case vague[e.Cause] || refusing[e.Cause]:
			return rankVague
		}
		return rankFailure
	case Gone:
		return rankSilence
	case Again:
		return rankAgain
	case Own:
		return rankTold
	}
	return noCause
}
