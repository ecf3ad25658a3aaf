package incident

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/report/incident/logtext"
)

// Attempt is one try of a client to get a tunnel, with its retransmissions.
type Attempt struct {
	Product string
	File    string
	// Version is the version of IKE, 0 if nothing says.
	Version int
	Side    Side
	// Connection, Peer, Local, PeerID and SPI are what the lines name, "" if
	// they do not.
	Connection, Peer, Local, PeerID, LocalID, SPI string
	// Reached is how far it came.
	Reached Phase
	// Established: a Child SA came up.
	Established bool
	First, Last time.Time
	FirstLine   int
	LastLine    int
	Events      []Event
	// Omitted are events that are not kept, because there are too many.
	Omitted int
	Cause   *Cause

	complaints          []*Line // lines that read like a failure and that no table knows
	again               *Event  // by which a side asked for the first message again, if that is the last
	began, ended, ikeUp bool
	lists               lists             // those that stand
	hint                Side              // whose log it most likely is
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
func (a *Attempt) add(e Event) {
	if a.FirstLine == 0 {
		a.FirstLine, a.File, a.lane = e.Line, e.File, e.lane
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
		a.hint = Side(a.words["side-hint"])
	}
	reached := a.Reached
	if a.progress(&e); a.Reached != reached && e.Kind != Own && e.Kind != Sign && e.Kind != Root || e.Kind == Match {
		a.complaints = nil // it went on
	}
	if n := len(a.Events); n > 0 && same(&a.Events[n-1], &e) {
		a.Events[n-1].again(&e)
		return
	}
	for i := len(a.Events) - 1; i >= max(0, len(a.Events)-4); i-- { // "retransmit 1", "sending packet", "retransmit 2"
		if a.Events[i].Kind == IKEUp || a.Events[i].Kind == Up {
			break
		}
		if same(&a.Events[i], &e) && (e.Kind == Again || e.Kind == Sign) {
			a.Events[i].again(&e)
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

// again counts an event that came again, if in other words.
func (e *Event) again(o *Event) {
	e.Count += o.Count
	e.Alike = e.Alike || o.Alike || e.Kind != Again && logtext.Words(e.Text) != logtext.Words(o.Text)
}

// same reports whether two events are one that came again.
func same(a, b *Event) bool {
	if a.arg(startWord) != "" && a.Text != b.Text && !maps.Equal(a.Args, b.Args) {
		return false // of another setting
	}
	return a.Kind == b.Kind && a.Cause == b.Cause && a.Phase == b.Phase && a.arg(levelWord) == b.arg(levelWord) && a.Kind != Theirs && a.Kind != Ours && (a.Kind != Info || a.Text == b.Text) &&
		(a.Text == b.Text || a.Kind == Again || a.Kind == Sign && a.Cause != "" || a.Kind != Step && a.Kind != Start && a.Kind != Begin && maps.Equal(a.Args, b.Args) && len(a.Args) > 0)
}

// shed drops the least of the events: progress and news in the middle, then
// whatever is there, but the first cause.
func (a *Attempt) shed() {
	from, to := 4, len(a.Events)-keptLast
	drop := -1
	for i := from; i < to; i++ {
		switch a.Events[i].Kind {
		case Root:
			if drop < 0 && i > from && a.Events[i-1].Kind == Root {
				drop = i
			}
		case Step, Info, Again, Start, Begin:
			drop = i
		}
		if drop == i && a.Events[i].Kind != Root {
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
func (a *Attempt) progress(e *Event) {
	// What a line says in general of a failure may name a phase that was not
	// reached.
	general := e.arg(levelWord) != "" && e.Kind != IKEUp && e.Kind != Up
	// Liveness is of another IKE SA where this one has only begun.
	another := e.Kind == Step && e.Phase == PhaseEstablished && a.began && !a.ikeUp && a.Reached.rank() <= PhaseInit.rank()
	if e.Phase.rank() > a.Reached.rank() && e.Kind != Info && !general && !another {
		a.Reached = e.Phase
	}
	switch e.Kind {
	case Start, Begin:
		a.began = true
		if e.arg(RedirectedTo) != "" {
			a.ikeUp, a.Established, a.ended, a.deleted, a.ending, a.Reached = false, false, false, false, "", e.Phase
			a.Peer = cmp.Or(e.arg("peer"), e.arg(RedirectedTo))
		}
	case IKEUp:
		a.ikeUp = true
		if a.Reached.rank() < PhaseChild.rank() {
			a.Reached = PhaseChild
		}
	case Up:
		a.ikeUp, a.Established, a.ended, a.ending = true, true, false, ""
		a.Reached = PhaseEstablished
		a.upAt, a.upLine, a.sinceUp = e.Time, e.Line, 0
		a.setWord("came", "the connection came up")
	case Step:
		if e.Phase == PhaseEstablished && !another {
			a.Established = true
		} else if a.Established {
			a.sinceUp++
		}
	case Deleted:
		a.deleted = true
		if a.ending == "" || e.Cause != "self-ended" { // what made this side do it was said before
			a.ending = e.Cause
		}
		if a.Reached == PhaseNone || e.Phase == PhaseEstablished && e.Cause != "" {
			a.ikeUp = true // else there were nothing to delete
		}
		near := !e.Time.IsZero() && !a.upAt.IsZero() && e.Time.Sub(a.upAt) >= 0 && e.Time.Sub(a.upAt) <= 5*time.Second
		if a.Established && (near || e.Time.IsZero() && a.sinceUp <= 3 && e.Line-a.upLine <= maxEvents/2) && e.Args["by"] != "self" {
			a.deletedAtOnce = true
		}
		a.ended = true
	case End, Gone:
		a.ended = true
	case Info:
		if passed(e.arg("in")) || passed(e.arg("out")) {
			a.ikeUp, a.Established, a.Reached = true, true, PhaseEstablished
		}
	case Own, Root, Sign:
		if !a.Established && e.Cause != "" && !general {
			a.ended = a.ended || e.Kind != Sign
		}
	}
}
