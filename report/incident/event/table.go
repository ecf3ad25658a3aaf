package event

import (
	"fmt"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/proposals/table"
	"github.com/ikescope/ikescope/report/incident/causes"
	"github.com/ikescope/ikescope/report/incident/general"
	"github.com/ikescope/ikescope/report/incident/logtext"
	"github.com/ikescope/ikescope/report/incident/template"
)

// Row is one kind of line of a product's log: a template, what it means, and a
// line that it is for with its source.
type Row struct {
	Template, Sample, Source string

	Kind  Kind
	Side  Side
	Phase Phase
	Cause string

	// Product is that of a line that is read in general, "" if it does not say.
	Product string

	version  int // of IKE, of a line that is read in general
	template template.Template
}

// sides are the words for sides in tables.
var sides = map[string]Side{"": "", "i": Initiator, "r": Responder}

// Table is the lines of one product, the most particular first: the first that
// fits counts. It is read at its first use.
type Table struct {
	read func() *rows
}

// rows are those of a table, and what finds them.
type rows struct {
	all   []Row
	index *template.Index
}

// NewTable returns a table in CSV with a heading and the columns line, kind,
// side, phase, cause, sample and source; lines that begin with # are comments.
// It is part of the program: a fault in it is a programmer's, and panics at the first
// use.
func NewTable(name, text string) *Table {
	return &Table{sync.OnceValue(func() *rows { return readRows(name, text) })}
}

// Rows returns the rows, which are not to be changed.
func (t *Table) Rows() []Row { return t.read().all }

func readRows(name, text string) *rows {
	t := &rows{}
	for _, f := range table.MustRead(name, text, "line", "kind", "side", "phase", "cause", "sample", "source") {
		r, err := newRow(f)
		if err != nil {
			panic(fmt.Sprintf("event: internal error: %s: %q: %v", name, f["line"], err))
		}
		t.all = append(t.all, r)
	}
	t.index = template.NewIndex(len(t.all), func(i int) *template.Template { return &t.all[i].template })
	return t
}

func newRow(f table.Row) (Row, error) {
	r := Row{Template: f["line"], Kind: Kind(f["kind"]), Phase: Phase(f["phase"]), Cause: f["cause"], Sample: f["sample"], Source: f["source"]}
	var known bool
	if r.Side, known = sides[f["side"]]; !known {
		return r, fmt.Errorf("the side is %q", f["side"])
	}
	if !slices.Contains(kinds, r.Kind) {
		return r, fmt.Errorf("the kind is %q", r.Kind)
	}
	if r.Phase.Rank() < 0 {
		return r, fmt.Errorf("the phase is %q", r.Phase)
	}
	if r.Cause != "" && !causes.Known(r.Cause) {
		return r, fmt.Errorf("the cause is %q", r.Cause)
	}
	var err error
	r.template, err = template.Parse(r.Template)
	return r, err
}

// Octets returns how many octets of a line a row fixes.
func (r *Row) Octets() int { return r.template.Octets() }

// Find returns the first row that text fits, and its words.
func (t *Table) Find(text string) (*Row, map[string]string) {
	r := t.read()
	i, words := r.index.Find(text)
	if i < 0 {
		return nil, nil
	}
	return &r.all[i], words
}

// FindOrGeneral is Find, and for a line that the table does not know, or of which
// it knows only what failed, looks at what it says in general. That counts less
// than what a line of the table says.
func (t *Table) FindOrGeneral(text string) (*Row, map[string]string) {
	row, words := t.Find(text)
	if row != nil && !Vague(row.Cause) {
		return row, words
	}
	m, ok := general.Read(text)
	switch {
	case row == nil:
		return ReadGeneral(text, false)
	case ok && row.Cause == "phase1" && m.Cause == "phase2":
		child := *row
		child.Cause, child.Phase = m.Cause, PhaseChild
		return &child, words
	case ok && row.Cause == "phase1" && m.Kind == string(Gone):
		gone := *row
		gone.Kind, gone.Cause, gone.Phase = Gone, m.Cause, Phase(m.Phase)
		return &gone, words
	case ok && m.Level == general.Reason && !Vague(m.Cause):
		why := *row
		why.Cause = m.Cause
		if m.Phase != "" {
			why.Phase = Phase(m.Phase)
		}
		return &why, words
	}
	return row, words
}

// FindOrNotify is Find, and for a line that the table does not know looks for the
// name of a notify, or what it says of a daemon's start: for products whose tables
// know their lines.
func (t *Table) FindOrNotify(text string) (*Row, map[string]string) {
	if row, words := t.Find(text); row != nil {
		return row, words
	}
	if row, words := FindStartup(text); row != nil {
		return row, words
	}
	if m, ok := general.Read(text); ok && m.Notify != "" {
		return inGeneral(m)
	}
	return nil, nil
}

// ReadGeneral returns a row for what a line that no table knows says in general, and its
// words, nil if it says nothing. named: only what has a name of IKE counts.
func ReadGeneral(text string, named bool) (*Row, map[string]string) {
	if row, words := FindStartup(text); row != nil {
		return row, words
	}
	if detail := general.Algorithm(text); detail != "" {
		return &Row{Kind: Sign, Cause: "ike-proposal"}, map[string]string{GeneralLevel: string(general.Reason), "detail": detail}
	}
	if got, want, ok := general.Identities(text); ok {
		return &Row{Kind: Sign, Phase: PhaseAuth, Cause: "peer-id"}, map[string]string{GeneralLevel: string(general.Reason), "got": got, "want": want}
	}
	if m, ok := general.Read(text); ok && (m.Named || !named) {
		return inGeneral(m)
	}
	return nil, nil
}

// FindStartup returns a row for what a line says of the start of a daemon, or of its
// configuration, in any product's words, nil if it says nothing of these.
func FindStartup(text string) (*Row, map[string]string) {
	f, ok := general.Startup(text)
	if !ok {
		return nil, nil
	}
	words := f.Words
	words[AtStart] = "yes"
	return &Row{Kind: Kind(f.Kind), Cause: f.Cause, Product: f.Product}, words
}

// Reason returns the cause that a text gives in general words, "" for none.
func Reason(text string) string {
	if m, ok := general.Read(text); ok && m.Level == general.Reason {
		return m.Cause
	}
	return ""
}

// inGeneral returns a row for what a line says in general, and its words.
func inGeneral(m general.Meaning) (*Row, map[string]string) {
	words := map[string]string{GeneralLevel: string(m.Level)}
	if m.Notify != "" {
		words["notify"] = m.Notify
	}
	return &Row{Kind: Kind(m.Kind), Side: sides[m.Side], Phase: Phase(m.Phase), Cause: m.Cause, version: m.Version}, words
}

// Event returns what the row says of a line.
func (r *Row) Event(l *Line, words map[string]string) Event {
	e := l.Event(r.Kind)
	if words[GeneralLevel] != "" {
		e.Text = clip(logtext.Guarded(e.Text), maxText) // which lengthens octets that are not UTF-8
	}
	e.Side, e.Phase, e.Cause, e.Version, e.Args = r.Side, r.Phase, r.Cause, r.version, words
	return e
}

// Vague reports whether lines of a cause say that something failed, not what.
func Vague(cause string) bool {
	switch cause {
	case "child-refused", "refused", "phase1", "phase2":
		return true
	}
	return false
}
