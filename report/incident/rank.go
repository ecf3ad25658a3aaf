package incident

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
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

// refusing are causes of lines that only say that authentication failed.
var refusing = map[string]bool{"auth-failed": true, "auth-refused": true}

// best returns the event that explains the end of the attempt best, of those that
// nothing took back, nil if none does. What the words of an unknown message say after the
// notify that refused the attempt, or after it was given up, is no reason for that, and
// neither is what they say before this side went on to authenticate and was refused.
func (a *Attempt) best(standing []*event.Event) *event.Event {
	var best *event.Event
	least, refused := noCause, false
	for _, e := range standing {
		r := a.rank(e)
		if refused && fromWords(e) {
			r = max(r, rankResult)
		}
		if r < least || best != nil && e.Kind == event.Sign && refusing[e.Cause] && !fromWords(e) && fromWords(best) && a.wentOn(best, e) {
			best, least = e, r
		}
		refused = refused || (e.Kind == event.Sign || e.Kind == event.Own) && refusing[e.Cause] && !fromWords(e) && strings.Contains(e.Text, "AUTH") || e.Kind == event.Gone
	}
	return best
}

// wentOn reports whether an attempt reached authentication after one event and before another.
func (a *Attempt) wentOn(after, before *event.Event) bool {
	return slices.ContainsFunc(a.Events, func(e event.Event) bool {
		return e.Kind == event.Step && e.Phase == event.PhaseAuth && e.Line > after.Line && e.Line < before.Line
	})
}

// fromWords reports whether what an event says was read from the words of a message that
// no table knows.
func fromWords(e *event.Event) bool {
	level := general.Level(e.Arg(event.GeneralLevel))
	return level == general.Reason || level == general.Result
}

// rank returns the rank of an event. That of proposals needs the lists of the attempt.
func (a *Attempt) rank(e *event.Event) rank {
	if e.Cause == "daemon-bug" && a.ending != "" || e.Cause == "undecryptable" && a.Established && a.ending == "local-ended" && a.endedBefore(e) {
		return noCause
	}
	switch level := general.Level(e.Arg(event.GeneralLevel)); {
	case level == general.Reason && (e.Kind == event.Sign || e.Kind == event.Try || e.Kind == event.Wait):
		return rankFailure // as what a product's own table has
	case level == general.Notify && e.Kind == event.Sign:
		return rankVague
	case level == general.Result && e.Kind == event.Sign:
		return rankResult
	}
	switch e.Kind {
	case event.Root:
		if event.Vague(e.Cause) {
			return rankVague
		}
		return rankReason
	case event.Theirs, event.Ours:
		if a.lists.apart && e == a.lists.at {
			return rankApart
		}
	case event.Try, event.Wait:
		if e.Cause != "dhcp-silent" || e.Count > 1 { // else the answer may be under way
			return rankLacking
		}
	case event.Sign:
		switch {
		case e.Cause == "exchange-open" && e.Count < 2, e.Cause == "mid-window" && a.ikeUp: // it may be answered, or was
			return noCause
		case e.Cause == "answers-lost" && e.Count < 2 && strings.Contains(e.Text, "received duplicate "): // it met its answer on the way
			return noCause
		case e.Cause == "groundhog" && a.words["peer-refused"] == "" && (a.began || a.Reached != event.PhaseNone): // the certificate was not sent, or it was taken
			return noCause
		case e.Cause == "esp-replay":
			return rankReplay
		case event.Vague(e.Cause) || refusing[e.Cause]:
			return rankVague
		}
		return rankFailure
	case event.Gone:
		return rankSilence
	case event.Again:
		return rankAgain
	case event.Own:
		return rankTold
	}
	return noCause
}
