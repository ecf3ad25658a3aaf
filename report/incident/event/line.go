package event

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/logtext"
)

// Line is a line of a log without what wraps it.
type Line struct {
	File   string
	Number int
	logtext.Message
}

// Unwrap returns the messages of one line of a file, none of one that was run in a shell.
func Unwrap(file string, number int, s string) []Line {
	if logtext.Command(s) {
		return nil
	}
	messages := logtext.Unwrap(s)
	out := make([]Line, 0, len(messages))
	for _, m := range messages {
		out = append(out, Line{File: file, Number: number, Message: m})
	}
	return out
}

// Event returns an event of the line.
func (l *Line) Event(kind Kind) Event {
	return Event{File: l.File, Line: l.Number, Stamp: l.Stamp, Time: l.Time,
		Text: clip(logtext.WithoutSecrets(clip(strings.TrimSpace(l.Text), logtext.MaxRead)), maxText), Kind: kind, Count: 1}
}
