package incident

import (
	"strings"
	"time"

	"github.com/ikescope/ikescope/report/incident/logtext"
)

// Line is a line of a log without what wraps it.
type Line struct {
	File   string
	Number int
	Stamp  string
	Time   time.Time
	// Program is who logged it, where a wrap says so.
	Program string
	Text    string
	// Fields are those of a JSON object, with the names of nested ones joined
	// by a dot.
	Fields map[string]string
}

// Event returns an event of the line.
func (l *Line) Event(kind Kind) Event {
	return Event{File: l.File, Line: l.Number, Stamp: l.Stamp, Time: l.Time,
		Text: clip(logtext.WithoutSecrets(strings.TrimSpace(l.Text)), maxText), Kind: kind, Count: 1}
}
