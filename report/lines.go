package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Record is what a line of a report as JSON lines holds.
type Record string

// The records, in the order in which they come.
const (
	RecordReport Record = "report" // a FirstLine
	RecordTarget Record = "target" // a TargetLine
	RecordEnd    Record = "end"    // a LastLine
)

// FirstLine begins a report as JSON lines, the form that is written while the
// scans go on.
type FirstLine struct {
	Record        Record `json:"record"`
	SchemaVersion string `json:"schema_version"`
	Tool          Tool   `json:"tool"`
	Count         int    `json:"count"` // of targets that are to come
}

// TargetLine is a target, written when its scan ends.
type TargetLine struct {
	Record Record `json:"record"`
	// Index is its place in the order asked, from 0: that among the targets of
	// a Document.
	Index int `json:"index"`
	Target
	Gates []Gate `json:"gates"` // that it was held to
}

// LastLine ends a report as JSON lines. One without it was cut off.
type LastLine struct {
	Record   Record `json:"record"`
	Complete bool   `json:"complete"`
	Exit     Exit   `json:"exit"`
}

// NewFirstLine returns the line that begins a report on count targets.
func NewFirstLine(tool Tool, count int) FirstLine {
	return FirstLine{Record: RecordReport, SchemaVersion: SchemaVersion, Tool: tool, Count: count}
}

// NewTargetLine returns the line of t, which is at index.
func NewTargetLine(index int, t *Target, gates []Gate) TargetLine {
	return TargetLine{Record: RecordTarget, Index: index, Target: *t, Gates: append([]Gate{}, gates...)}
}

// NewLastLine returns the line that ends a report.
func NewLastLine(complete bool, exit Exit) LastLine {
	return LastLine{Record: RecordEnd, Complete: complete, Exit: exit}
}

// WriteLine writes v as JSON on one line, in one call of Write. What does not
// print is written as in [WriteJSON].
func WriteLine(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("report: encode JSON: %w", err)
	}
	_, err := w.Write(escapeJSON(b.Bytes()))
	return err
}

// WriteLines writes doc as JSON lines, its targets in their order.
func WriteLines(w io.Writer, doc Source) error {
	head := doc.Head()
	first := NewFirstLine(head.Tool, doc.Count())
	first.SchemaVersion = head.SchemaVersion
	if err := WriteLine(w, first); err != nil {
		return err
	}
	gates := GatesByTarget(doc)
	defer gates.Stop()
	for i := range doc.Count() {
		t, err := doc.At(i)
		if err != nil {
			return err
		}
		of, err := gates.Of(t.Key())
		if err != nil {
			return err
		}
		if err := WriteLine(w, NewTargetLine(i, t, of)); err != nil {
			return err
		}
	}
	return WriteLine(w, NewLastLine(head.Complete, head.Exit))
}
