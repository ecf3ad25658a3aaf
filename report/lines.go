package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Record is what a line of a report as JSON lines holds.
type Record string

// The records, in the order in which they come.
const (
	RecordReport   Record = "report"   // a FirstLine
	RecordStart    Record = "start"    // a StartLine, an event
	RecordExchange Record = "exchange" // an ExchangeLine, an event
	RecordTarget   Record = "target"   // a TargetLine
	RecordEnd      Record = "end"      // a LastLine
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

// StartLine is an event: the scan of a target begins. Events are there only where they
// were asked for, and who reads a report passes over them.
type StartLine struct {
	Record  Record    `json:"record"`
	Index   int       `json:"index"`
	Name    string    `json:"target"`
	Address string    `json:"address"`
	Time    time.Time `json:"time"`
}

// ExchangeLine is an event: an exchange of a scan ended. What the report makes of it
// in the end, as the target's own exchange says, may differ.
type ExchangeLine struct {
	Record   Record   `json:"record"`
	Index    int      `json:"index"`
	Name     string   `json:"target"`
	Address  string   `json:"address"`
	Exchange Exchange `json:"exchange"`
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

// NewStartLine returns the event that the scan of the target at index begins.
func NewStartLine(index int, of Key, at time.Time) StartLine {
	return StartLine{Record: RecordStart, Index: index, Name: of.Name, Address: of.Address, Time: at.UTC().Truncate(time.Millisecond)}
}

// NewExchangeLine returns the event that e ended.
func NewExchangeLine(index int, of Key, e Exchange) ExchangeLine {
	return ExchangeLine{Record: RecordExchange, Index: index, Name: of.Name, Address: of.Address, Exchange: e}
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

// WriteLines writes doc as JSON lines, its targets in their order, and before each the
// events that led to it, if events is set.
func WriteLines(w io.Writer, doc Source, events bool) error {
	head := doc.Head()
	first := NewFirstLine(head.Tool, doc.Count())
	first.SchemaVersion = head.SchemaVersion
	if err := WriteLine(w, first); err != nil {
		return err
	}
	err := EachTarget(doc, func(i int, t *Target, gates []Gate) error {
		if events {
			if err := writeEvents(w, i, t); err != nil {
				return err
			}
		}
		return WriteLine(w, NewTargetLine(i, t, gates))
	})
	if err != nil {
		return err
	}
	return WriteLine(w, NewLastLine(head.Complete, head.Exit))
}

// writeEvents writes those of the target at index.
func writeEvents(w io.Writer, index int, t *Target) error {
	if err := WriteLine(w, NewStartLine(index, t.Key(), t.Started)); err != nil {
		return err
	}
	for _, e := range t.Exchanges {
		if err := WriteLine(w, NewExchangeLine(index, t.Key(), e)); err != nil {
			return err
		}
	}
	return nil
}
