package incident

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/how"
	"github.com/ikescope/ikescope/report/incident/offered"
	"github.com/ikescope/ikescope/report/incident/sentence"
)

// SchemaVersion is the version of [Document].
const SchemaVersion = "1.0"

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of [Document].
func Schema() []byte { return bytes.Clone(schema) }

// Document is what logs say. All lists are present, if empty.
type Document struct {
	SchemaVersion string `json:"schema_version"`
	// Complete is false where a log was not read to its end; Error says why.
	Complete bool      `json:"complete"`
	Error    string    `json:"error,omitempty"`
	Files    []LogFile `json:"files"`
	// Attempts counts those that the logs hold.
	Attempts int `json:"attempts"`
	// Kinds counts how they ended, which may be more than there are stories.
	Kinds   int     `json:"kinds"`
	Stories []Story `json:"stories"`
	// Notes say what the logs lack, and what to switch on to learn more.
	Notes []string `json:"notes"`
}

// LogFile is one log.
type LogFile struct {
	Name string `json:"name"`
	// Lines counts those that were read, Understood those that said something.
	Lines      int      `json:"lines"`
	Understood int      `json:"understood"`
	Products   []string `json:"products"` // the most frequent first
	Release    string   `json:"release,omitempty"`
}

// Story is what happened to one attempt, or to several that ended alike.
type Story struct {
	Layer   Layer  `json:"layer"`
	Cause   string `json:"cause"` // "" if nothing failed, or nothing explains it
	Heading string `json:"heading"`
	// Firm: a line says the reason; else the lines only show that it failed.
	Firm    bool          `json:"firm"`
	Details []string      `json:"details"`
	Gaps    []offered.Gap `json:"gaps,omitempty"`
	// Likely are reasons of an error code, the likeliest first, where the log
	// does not say which.
	Likely []string `json:"likely,omitempty"`

	Product    string     `json:"product"`
	File       string     `json:"file"`
	Side       event.Side `json:"side"` // "" if the lines do not say
	IKE        int        `json:"ike_version"`
	Connection string     `json:"connection,omitempty"`
	Local      string     `json:"local,omitempty"`
	Peer       string     `json:"peer,omitempty"`
	PeerID     string     `json:"peer_id,omitempty"`

	Reached     event.Phase `json:"reached"`
	Established bool        `json:"established"`
	// Count is how many attempts ended alike, of how many peers.
	Count int       `json:"count"`
	Peers []string  `json:"peers"`
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`

	Timeline []Moment `json:"timeline"`
	// Other is the other side's log of the same attempt, ClockAhead by how
	// many milliseconds its clock is ahead, where that is known.
	Other      *Partner `json:"other,omitempty"`
	Fix        []Fix    `json:"fix"`
	Elsewhere  string   `json:"elsewhere,omitempty"`
	Retries    int      `json:"retransmissions"`
	LinesFirst int      `json:"first_line"`
	LinesLast  int      `json:"last_line"`
}

// Partner is the log of the other side.
type Partner struct {
	File       string     `json:"file"`
	Product    string     `json:"product"`
	Side       event.Side `json:"side"`
	PairedBy   Pairing    `json:"paired_by"`
	Heading    string     `json:"heading"`
	ClockKnown bool       `json:"clock_known"`
	ClockAhead int64      `json:"clock_ahead_ms"`
	Timeline   []Moment   `json:"timeline"`
}

// Moment is a line of a log that matters.
type Moment struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Stamp string `json:"time,omitempty"` // as the log has it
	Count int    `json:"count"`
	// Alike: of Count lines some say the same in other words.
	Alike bool   `json:"alike,omitempty"`
	Text  string `json:"text"`
	// Cause: this is the line that the heading is drawn from.
	Cause bool `json:"cause"`
}

// MaxStories bounds the stories of a [Document].
const MaxStories = 100

// NewDocument puts what was read into a document.
func NewDocument(files []File, g *Groups) *Document {
	d := &Document{SchemaVersion: SchemaVersion, Complete: true, Attempts: g.Attempts,
		Files: []LogFile{}, Stories: []Story{}, Notes: []string{}}
	for i := range files {
		d.Files = append(d.Files, newLogFile(&files[i]))
	}
	g.Sort()
	all := g.All
	if several(all) || mixed(all) {
		all = pair(all)
	}
	d.Kinds = len(all)
	for _, group := range all {
		if len(d.Stories) == MaxStories {
			d.Notes = append(d.Notes, fmt.Sprintf("%d further kinds of attempts are not shown", len(all)-MaxStories))
			break
		}
		group.conclude()
		d.Stories = append(d.Stories, group.story())
	}
	if g.Beyond > 0 {
		d.Notes = append(d.Notes, english.Counted(int64(g.Beyond), "attempt of yet another kind was", "attempts of yet other kinds were")+" only counted")
	}
	open := slices.ContainsFunc(d.Stories, func(s Story) bool { return s.Layer == Unknown || ofRelease[s.Cause] })
	for i := range files {
		d.Notes = append(d.Notes, lacks(&files[i], len(files) > 1, len(d.Stories) > 0, open)...)
	}
	return d
}

func newLogFile(f *File) LogFile {
	products := slices.SortedFunc(maps.Keys(f.Products), func(a, b string) int {
		return cmp.Or(cmp.Compare(f.Products[b], f.Products[a]), cmp.Compare(a, b))
	})
	n := 0
	for _, understood := range f.Understood {
		n += understood
	}
	return LogFile{Name: f.Name, Lines: f.Lines, Understood: n, Products: append([]string{}, products...), Release: f.Release}
}

// ofRelease are causes that a release of the product may have and another not.
var ofRelease = map[string]bool{"daemon-bug": true, "daemon-crash": true, "undecryptable-first": true, "proposals-alike": true, "malformed": true, "syntax-refused": true}

// lacks says what a log does not show, of what an investigation begins with:
// what happened, when, and on which versions. told: some attempt is; open: the
// release may be what matters.
func lacks(f *File, several, told, open bool) []string {
	if len(f.Products) == 0 {
		return nil
	}
	in := ""
	if several {
		in = f.Name + ": "
	}
	var out []string
	for _, product := range newLogFile(f).Products {
		if f.Understood[product] == 0 && (!told || f.Products[product] > maxStray) || !told {
			out = append(out, fmt.Sprintf("%sthese are lines of %s, and none of them shows why a connection failed%s", in, product, how.More(product)))
		}
	}
	if c := f.Complaint; c != nil && !told {
		out = append(out, fmt.Sprintf("%sthe last line that reads like a failure is line %d, which ikescope does not know: %s", in, c.Number, c.Quoted()))
	}
	var missing []string
	switch {
	case !f.Stamped && f.timed: // in a form that is not read
	case !f.Stamped:
		missing = append(missing, "times")
	case !f.Dated:
		missing = append(missing, "dates")
	case several && !f.Zoned:
		missing = append(missing, "the time zone")
	}
	if f.Release == "" && told && open {
		missing = append(missing, "the version of the product")
	}
	if last := len(missing) - 1; last >= 0 {
		text := missing[last]
		if last > 0 {
			text = strings.Join(missing[:last], ", ") + " and " + text
		}
		out = append(out, in+"the log lacks "+text)
	}
	if f.Backwards {
		out = append(out, in+"the log is in descending order")
	}
	return out
}

// maxStray is how many lines of a log may read as if they were of another product, where
// the log tells its story without them.
const maxStray = 2

// story returns what happened, without what the other side's log adds.
func (g *Group) story() Story {
	a := g.Attempt
	s := Story{
		Layer: Unknown, Details: []string{}, Product: a.Product, File: a.File, Side: a.Side, IKE: a.Version,
		Connection: a.Connection, Local: a.Local, Peer: a.Peer, PeerID: a.PeerID,
		Reached: a.shown(), Established: a.Established, Count: g.Count, Peers: append([]string{}, g.Peers...),
		Timeline: a.timeline(maxMoments), Fix: []Fix{}, LinesFirst: a.FirstLine, LinesLast: a.LastLine,
	}
	if g.First.Year() > 4 {
		s.First, s.Last = g.First, g.Last
	}
	for i := range a.Events {
		if a.Events[i].Kind == event.Again {
			s.Retries += a.Events[i].Count
		}
	}
	switch c := a.Cause; {
	case c != nil:
		s.Layer, s.Cause, s.Firm, s.Gaps, s.Elsewhere = c.Layer, c.ID, c.Firm, c.Gaps, c.Elsewhere
		s.Heading = c.Sentence
		s.Details = append(s.Details, c.Details...)
		s.Likely = c.Likely
		s.Fix = append(s.Fix, a.Fixes()...)
	case a.ending != "" && (a.Established || a.ikeUp):
		known := catalogue()[a.ending]
		s.Layer, s.Elsewhere = NoFailure, sentence.Fill(known.elsewhere, a.words)
		s.Heading = sentence.Fill(known.sentences[a.Side], a.words)
		s.Fix = append(s.Fix, a.Fixes()...)
		if check := a.words["internal"]; check != "" {
			s.Likely = append(s.Likely, "a check of the daemon itself failed then ("+check+"): a fault of the program rather than of a configuration")
		}
	case a.again != nil:
		s.Layer = NoFailure
		s.Heading = sentence.Fill("the first message is asked for again with another key exchange method[, {group}], which is a normal step; the log shows no more of this attempt, and nothing in it failed", a.words)
	case len(a.complaints) > 0 && !a.Established:
		s.Heading = "no line that is known shows a failure; " + s.quote(a.complaints[len(a.complaints)-1])
		if a.Reached != event.PhaseNone {
			s.Heading += "; it reached " + a.shown().In(a.Version)
		}
	case a.Established:
		s.Layer = NoFailure
		s.Heading = "the connection came up, and nothing in the log shows that it failed"
		if a.deleted {
			s.Heading = "the connection came up, and later one side ended it normally"
		} else if n := len(a.complaints); n > 0 {
			s.Heading = "the connection came up; of what follows, " + s.quote(a.complaints[n-1])
		}
	case a.ikeUp:
		s.Layer = NoFailure
		s.Heading = "the IKE SA came up; whether a Child SA did, the log does not show"
		switch {
		case a.words["childless"] != "":
			s.Heading = "the IKE SA came up, without a Child SA, as this side asked for none in IKE_AUTH; whether one did later, the log does not show"
		case a.Version == 1 && a.shown() == event.PhaseChild:
			s.Heading = "the IKE SA came up, and Quick Mode was begun; whether an IPsec SA came up, the log does not show"
		}
	case a.words[event.Incomplete] != "":
		s.Heading = sentence.Fill("the IKE SA was dropped before it was complete[, after {aged} s]: {incomplete}; {ended-by|why, these lines do not show}", a.words)
	case a.Side == event.Responder && a.Reached == event.PhaseInit && a.Version == 1 && a.words["next"] != "":
		s.Heading = sentence.Fill("IKEv1: this gateway sent its answer {init-answered} of Main Mode, and the log shows nothing more of the client: {next} did not arrive, it gave up, or the log ends too early", a.words)
	case a.Side == event.Responder && a.Reached == event.PhaseInit && a.words[event.AuthCame] != "":
		s.Heading = "this gateway answered IKE_SA_INIT, and a packet of the client came to UDP 4500, most likely its IKE_AUTH; how it was handled the log does not show, and no line shows that it failed"
	case a.Side == event.Responder && a.Reached == event.PhaseInit && a.words[event.InitAnswered] != "":
		s.Heading = "this gateway answered IKE_SA_INIT, and the log shows nothing more of the client: its IKE_AUTH did not arrive (UDP 4500), it gave up, or the log ends too early"
	default:
		s.Heading = "the log does not show how the attempt ended, and no line shows that it failed"
		if a.Reached != event.PhaseNone {
			s.Heading += "; it reached " + a.shown().In(a.Version)
		}
		if step := a.lastShown(); step != "" {
			s.Heading += "; " + step
		}
	}
	if a.Cause == nil {
		s.Heading = strings.Join(append([]string{s.Heading}, a.overcome()...), "; ")
	}
	g.together(&s)
	return s
}

// maxMoments bounds the lines of a timeline.
const maxMoments = 10

// timeline returns the lines of an attempt that matter most, in their order.
func (a *Attempt) timeline(most int) []Moment {
	standing := a.standing()
	worth := func(e *event.Event) int {
		passed := (e.Kind == event.Theirs || e.Kind == event.Ours || e.Kind == event.Try || e.Kind == event.Wait || e.Kind == event.Root) && !slices.Contains(standing, e)
		switch {
		case passed && !(a.Cause != nil && e.Line == a.Cause.Event.Line):
			return 5
		case a.Cause != nil && e.Line == a.Cause.Event.Line && e.Text == a.Cause.Event.Text:
			return 0
		case e.Kind == event.Root || e.Kind == event.Up || e.Kind == event.Theirs || e.Kind == event.Ours:
			return 1
		case e.Kind == event.Sign || e.Kind == event.Gone || e.Kind == event.Start || e.Kind == event.Deleted || e.Kind == event.IKEUp:
			return 2
		case e.Kind == event.Own || e.Kind == event.Again || e.Kind == event.Try || e.Kind == event.Wait || e.Kind == event.Begin:
			return 3
		case e.Kind == event.Step || e.Kind == event.Match:
			return 4
		}
		return 4
	}
	best := make(map[int]*event.Event) // by line
	var lines []int
	for i := range a.Events {
		e := &a.Events[i]
		if e.Arg(event.AuthCame) != "" && a.Reached != event.PhaseInit {
			continue // what came is there
		}
		old, seen := best[e.Line]
		if !seen {
			lines = append(lines, e.Line)
		}
		if !seen || worth(e) < worth(old) {
			best[e.Line] = e
		}
	}
	byWorth := slices.Clone(lines)
	slices.SortStableFunc(byWorth, func(x, y int) int { return cmp.Compare(worth(best[x]), worth(best[y])) })
	keep := make(map[int]bool)
	for _, line := range byWorth[:min(most, len(byWorth))] {
		keep[line] = true
	}
	out := []Moment{}
	for _, line := range lines {
		if !keep[line] {
			continue
		}
		e := best[line]
		out = append(out, Moment{File: e.File, Line: e.Line, Stamp: e.Stamp, Count: e.Count, Alike: e.Alike, Text: e.Text, Cause: worth(e) == 0})
	}
	return out
}
