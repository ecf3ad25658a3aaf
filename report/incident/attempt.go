package incident

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/logtext"
)

// Attempt is one try of a client to get a tunnel, with its retransmissions.
type Attempt struct {
	Product string
	File    string
	// Version is the version of IKE, 0 if nothing says.
	Version int
	Side    event.Side
	// Connection, Peer, Local, PeerID and SPI are what the lines name, "" if
	// they do not.
	Connection, Peer, Local, PeerID, LocalID, SPI string
	// Reached is how far it came.
	Reached event.Phase
	// Established: a Child SA came up.
	Established bool
	First, Last time.Time
	FirstLine   int
	LastLine    int
	Events      []event.Event
	// Omitted are events that are not kept, because there are too many.
	Omitted int
	Cause   *Cause

	complaints          []*event.Line // lines that read like a failure and that no table knows
	again               *event.Event  // by which a side asked for the first message again, if that is the last
	began, ended, ikeUp bool
	lists               lists             // those that stand
	hint                event.Side        // whose log it most likely is
	words               map[string]string // the last of each name
	upAt                time.Time
	upLine              int
	sinceUp             int // messages
	deletedAtOnce       bool
	deleted             bool
	ending              string // the entry of the catalogue for how an SA that was up ended
	usage               int    // when it was last touched, for eviction
	lane                string // the host of the file that it is of, as [lane] names it
}

// maxEvents bounds the events of an attempt, and keptLast those of them that
// are the last ones.
const (
	maxEvents = 40
	keptLast  = 12
)

// add takes an event into the attempt.
func (a *Attempt) add(e event.Event) {
	if a.FirstLine == 0 {
		a.FirstLine, a.File, a.lane = e.Line, e.File, e.Lane
	}
	a.LastLine = e.Line
	if !e.Time.IsZero() {
		if a.First.IsZero() {
			a.First = e.Time
		}
		a.Last = e.Time
	}
	if e.Side != "" && a.Side == "" {
		a.Side = e.Side
	}
	if e.Version != 0 && a.Version == 0 {
		a.Version = e.Version
	}
	for name, value := range e.Args {
		a.setWord(name, value)
	}
	for _, f := range []struct {
		field *string
		name  string
	}{{&a.Connection, "conn"}, {&a.Peer, "peer"}, {&a.Local, "local"}, {&a.PeerID, "peer-id"}, {&a.LocalID, "local-id"}, {&a.SPI, "spi"}} {
		if *f.field == "" || f.name == "conn" && e.Args["conn"] != "" {
			if v := e.Args[f.name]; v != "" {
				*f.field = v
			}
		}
	}
	if a.Side == "" {
		a.hint = event.Side(a.words["side-hint"])
	}
	reached := a.Reached
	if a.progress(&e); a.Reached != reached && e.Kind != event.Own && e.Kind != event.Sign && e.Kind != event.Root || e.Kind == event.Match {
		a.complaints = nil // it went on
	}
	if n := len(a.Events); n > 0 && same(&a.Events[n-1], &e) {
		countAgain(&a.Events[n-1], &e)
		return
	}
	for i := len(a.Events) - 1; i >= max(0, len(a.Events)-4); i-- { // "retransmit 1", "sending packet", "retransmit 2"
		if a.Events[i].Kind == event.IKEUp || a.Events[i].Kind == event.Up {
			break
		}
		if same(&a.Events[i], &e) && (e.Kind == event.Again || e.Kind == event.Sign) {
			countAgain(&a.Events[i], &e)
			return
		}
	}
	a.Events = append(a.Events, e)
	if len(a.Events) > maxEvents {
		a.shed()
	}
}

// passed reports whether a count of octets is that of a Child SA through which some
// went: one that none used may never have been complete.
func passed(octets string) bool { return strings.HasSuffix(octets, "B") && octets != "0B" }

// maxWords bounds the words that are kept of an attempt.
const maxWords = 32

func (a *Attempt) setWord(name, value string) {
	if a.words == nil {
		a.words = make(map[string]string)
	}
	if len(a.words) < maxWords {
		a.words[name] = value
	}
}

// countAgain counts in e an event that came again, if in other words.
func countAgain(e, o *event.Event) {
	e.Count += o.Count
	e.Alike = e.Alike || o.Alike || e.Kind != event.Again && logtext.Words(e.Text) != logtext.Words(o.Text)
}

// same reports whether two events are one that came again.
func same(a, b *event.Event) bool {
	if a.Arg(event.AtStart) != "" && a.Text != b.Text && !maps.Equal(a.Args, b.Args) {
		return false // of another setting
	}
	return a.Kind == b.Kind && a.Cause == b.Cause && a.Phase == b.Phase && a.Arg(event.GeneralLevel) == b.Arg(event.GeneralLevel) && a.Kind != event.Theirs && a.Kind != event.Ours && (a.Kind != event.Info || a.Text == b.Text) &&
		(a.Text == b.Text || a.Kind == event.Again || a.Kind == event.Sign && a.Cause != "" || a.Kind != event.Step && a.Kind != event.Start && a.Kind != event.Begin && maps.Equal(a.Args, b.Args) && len(a.Args) > 0)
}

// shed drops the least of the events: progress and news in the middle, then
// whatever is there, but the first cause.
func (a *Attempt) shed() {
	from, to := 4, len(a.Events)-keptLast
	drop := -1
	for i := from; i < to; i++ {
		switch a.Events[i].Kind {
		case event.Root:
			if drop < 0 && i > from && a.Events[i-1].Kind == event.Root {
				drop = i
			}
		case event.Step, event.Info, event.Again, event.Start, event.Begin:
			drop = i
		}
		if drop == i && a.Events[i].Kind != event.Root {
			break
		}
	}
	if drop < 0 {
		drop = to - 1
	}
	a.Events = slices.Delete(a.Events, drop, drop+1)
	a.Omitted++
}

// progress follows how far the attempt has come.
func (a *Attempt) progress(e *event.Event) {
	// What a line says in general of a failure may name a phase that was not
	// reached.
	general := e.Arg(event.GeneralLevel) != "" && e.Kind != event.IKEUp && e.Kind != event.Up
	// Liveness is of another IKE SA where this one has only begun.
	another := e.Kind == event.Step && e.Phase == event.PhaseEstablished && a.began && !a.ikeUp && a.Reached.Rank() <= event.PhaseInit.Rank()
	if e.Phase.Rank() > a.Reached.Rank() && e.Kind != event.Info && !general && !another {
		a.Reached = e.Phase
	}
	switch e.Kind {
	case event.Start, event.Begin:
		a.began = true
		if e.Arg(event.RedirectedTo) != "" {
			a.ikeUp, a.Established, a.ended, a.deleted, a.ending, a.Reached = false, false, false, false, "", e.Phase
			a.Peer = cmp.Or(e.Arg("peer"), e.Arg(event.RedirectedTo))
		}
	case event.IKEUp:
		a.ikeUp = true
		if a.Reached.Rank() < event.PhaseChild.Rank() {
			a.Reached = event.PhaseChild
		}
	case event.Up:
		a.ikeUp, a.Established, a.ended, a.ending = true, true, false, ""
		a.Reached = event.PhaseEstablished
		a.upAt, a.upLine, a.sinceUp = e.Time, e.Line, 0
		a.setWord("came", "the connection came up")
	case event.Step:
		if e.Phase == event.PhaseEstablished && !another {
			a.Established = true
		} else if a.Established {
			a.sinceUp++
		}
	case event.Deleted:
		a.deleted = true
		if a.ending == "" || a.ending == "rekeyed-deleted" || e.Cause != "self-ended" && e.Cause != "" { // what made this side do it was said before
			a.ending = e.Cause
		}
		if a.Reached == event.PhaseNone || e.Phase == event.PhaseEstablished && e.Cause != "" {
			a.ikeUp = true // else there were nothing to delete
		}
		near := !e.Time.IsZero() && !a.upAt.IsZero() && e.Time.Sub(a.upAt) >= 0 && e.Time.Sub(a.upAt) <= 5*time.Second
		if a.Established && (near || e.Time.IsZero() && a.sinceUp <= 3 && e.Line-a.upLine <= maxEvents/2) && e.Args["by"] != "self" {
			a.deletedAtOnce = true
		}
		a.ended = true
	case event.End, event.Gone:
		a.ended = true
	case event.Info:
		if passed(e.Arg("in")) || passed(e.Arg("out")) {
			a.ikeUp, a.Established, a.Reached = true, true, event.PhaseEstablished
		}
	case event.Own, event.Root, event.Sign:
		if !a.Established && e.Cause != "" && !general {
			a.ended = a.ended || e.Kind != event.Sign
		}
	}
}
