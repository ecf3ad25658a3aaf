package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Span is where something stands in a file, in octets.
type Span struct{ From, To int64 }

// ReadEach reads a report of version 1, of this minor version or another, as a
// document or as JSON lines. It hands over each target as it stands there, with
// its place in the order asked and where its JSON is. Fields that are not known
// are passed over. It fails on other versions, on anything after the report, on a
// target of more than 64 MiB, and as each does. JSON lines that were cut off are a
// report that is not complete.
func ReadEach(r io.Reader, each func(*TargetLine, Span) error) (Head, error) {
	return ReadParts(r, each, nil)
}

// ReadParts reads a report as [ReadEach] does, and hands over each gate of a document,
// too. Those of JSON lines are in the lines of their targets.
func ReadParts(r io.Reader, each func(*TargetLine, Span) error, gate func(*Gate, Span) error) (Head, error) {
	in := &boundedReader{in: r, left: maxValue}
	s := &reportReader{in: in, d: json.NewDecoder(in), each: each, gate: gate}
	if err := s.object(); err != nil {
		return Head{}, err
	}
	if s.top.Record != "" {
		return s.lines()
	}
	return s.document()
}

// ReadJSON reads a report as [ReadEach] does, with all its targets. It fails
// beyond 64 MiB.
func ReadJSON(r io.Reader) (*Document, error) {
	doc := &Document{Targets: []Target{}, Gates: []Gate{}}
	var lines []*TargetLine
	whole := &io.LimitedReader{R: r, N: maxValue + 1}
	head, err := ReadEach(whole, func(line *TargetLine, _ Span) error {
		lines = append(lines, line)
		return nil
	})
	if whole.N == 0 {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(lines, func(a, b *TargetLine) int { return cmp.Compare(a.Index, b.Index) })
	for _, line := range lines {
		doc.Targets = append(doc.Targets, line.Target)
		doc.Gates = append(doc.Gates, line.Gates...)
	}
	doc.SchemaVersion, doc.Tool, doc.Complete, doc.Exit = head.SchemaVersion, head.Tool, head.Complete, head.Exit
	return doc, nil
}

const (
	// maxValue bounds what is read of one target, or of anything else in a
	// report, in octets.
	maxValue = 64 << 20
	// maxObjects and maxItems bound the objects and the further values of a
	// list that one target holds, far above those of any scan: in memory, an
	// object of two octets takes hundreds.
	maxObjects = 1 << 19
	maxItems   = 1 << 22
	// maxDepth bounds how far values are nested that are passed over.
	maxDepth = 1000
	// maxTargets bounds the targets of a report: so many take years to scan.
	maxTargets = 1 << 30
)

var errTooLarge = fmt.Errorf("it, or a part of it, exceeds %d octets", maxValue)

// boundedReader fails where more is read than is left.
type boundedReader struct {
	in   io.Reader
	left int
}

func (r *boundedReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, errTooLarge
	}
	n, err := r.in.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

// reportReader reads one report.
type reportReader struct {
	in   *boundedReader
	d    *json.Decoder
	each func(*TargetLine, Span) error
	gate func(*Gate, Span) error // nil where nobody wants gates
	// top are the fields of a document, or of the line that begins a report.
	top struct {
		Record        Record
		SchemaVersion string
		Tool          Tool
		Complete      bool
		Exit          Exit
		Count         int
	}
	// hasTargets and hasSame: there are such fields; [Diff] has both.
	hasTargets, hasSame bool
	hasGates            bool
	count               int // of targets so far
	// wrong is the first value of another type than it should have. What comes
	// after it may say that this is no report at all.
	wrong error
}

// object reads the object that is a document, or the first line.
func (s *reportReader) object() error {
	if err := s.delim('{'); err != nil {
		return err
	}
	fields := map[string]any{
		"record": &s.top.Record, "schema_version": &s.top.SchemaVersion, "tool": &s.top.Tool,
		"complete": &s.top.Complete, "exit": &s.top.Exit, "count": &s.top.Count,
	}
	for s.d.More() {
		token, err := s.token()
		if err != nil {
			return err
		}
		name, _ := token.(string) // as the decoder sees to
		switch field := fields[name]; {
		case field != nil:
			raw, _, err := s.value()
			if err != nil {
				return err
			}
			ok := s.decode(name, raw, field)
			switch {
			case name != "schema_version":
			case !ok:
				return s.wrong
			default:
				if err := s.checkVersion(); err != nil {
					return err
				}
			}
		case name == "targets" && !s.hasTargets:
			s.hasTargets = true
			if err := s.targets(); err != nil {
				return err
			}
		case name == "gates" && !s.hasGates && s.gate != nil:
			s.hasGates = true
			if err := s.gates(); err != nil {
				return err
			}
		default:
			s.hasSame = s.hasSame || name == "same"
			if err := s.skip(0); err != nil {
				return err
			}
		}
	}
	return s.delim('}')
}

func (s *reportReader) checkVersion() error {
	version := s.top.SchemaVersion
	minor, ok := strings.CutPrefix(version, "1.")
	switch {
	case version == "":
		return errors.New("not an ikescope document: no schema_version")
	case !ok || minor == "" || strings.Trim(minor, "0123456789") != "":
		return fmt.Errorf("schema_version %.20q is not supported, want 1.x", version)
	}
	return nil
}

// targets reads those of a document.
func (s *reportReader) targets() error {
	return s.list("targets", func(name string, raw json.RawMessage, at Span) error {
		line := TargetLine{Record: RecordTarget, Index: s.count}
		s.count++
		if !s.decode(name, raw, &line.Target) {
			return nil
		}
		return s.handOver(name, &line, at)
	})
}

// gates reads those of a document.
func (s *reportReader) gates() error {
	return s.list("gates", func(name string, raw json.RawMessage, at Span) error {
		var g Gate
		if !s.decode(name, raw, &g) {
			return nil
		}
		if g.Kind == "" || g.Target == "" {
			return fmt.Errorf("%s: has no gate, or no target", name)
		}
		return s.gate(&g, at)
	})
}

// list reads a list, whose values do takes in by their names.
func (s *reportReader) list(name string, do func(string, json.RawMessage, Span) error) error {
	first, err := s.token()
	if err != nil {
		return err
	}
	if first != json.Delim('[') {
		if s.wrong == nil {
			s.wrong = fmt.Errorf("%s: is not a list", name)
		}
		return s.skipFrom(first, 0)
	}
	for i := 0; s.d.More(); i++ {
		raw, at, err := s.value()
		if err != nil {
			return err
		}
		if err := do(fmt.Sprintf("%s.%d", name, i), raw, at); err != nil {
			return err
		}
	}
	return s.delim(']')
}

// document judges the object that was read, which is the whole report.
func (s *reportReader) document() (Head, error) {
	if _, err := s.d.Token(); err != io.EOF {
		return Head{}, fmt.Errorf("not a JSON document: %w", cmp.Or(err, errors.New("something stands after it")))
	}
	err := s.checkVersion()
	switch {
	case err != nil:
	case !s.hasTargets || s.hasSame:
		err = errors.New("an ikescope document, but not the report of a scan")
	case s.wrong != nil:
		err = fmt.Errorf("document of version %s: %w", s.top.SchemaVersion, s.wrong)
	}
	return s.head(s.top.Complete, s.top.Exit), err
}

func (s *reportReader) head(complete bool, exit Exit) Head {
	return Head{SchemaVersion: s.top.SchemaVersion, Tool: s.top.Tool, Complete: complete, Exit: exit,
		Interrupted: exit.Code == ExitInterrupted}
}

// lines reads those after the first, which was read.
func (s *reportReader) lines() (Head, error) {
	if s.top.Record != RecordReport {
		return Head{}, fmt.Errorf("line 1: its record is %.20q, and %q begins a report", s.top.Record, RecordReport)
	}
	if err := s.checkVersion(); err != nil {
		return Head{}, err
	}
	for n := 2; s.wrong == nil; n++ {
		raw, at, err := s.value()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return s.head(false, Exit{Code: ExitInterrupted, Reason: "the report was cut off before its last line"}), nil
		}
		if err != nil {
			return Head{}, fmt.Errorf("line %d: %w", n, err)
		}
		last, err := s.line(raw, at)
		if err != nil {
			return Head{}, fmt.Errorf("line %d: %w", n, err)
		}
		if last == nil {
			continue
		}
		if _, err := s.d.Token(); err != io.EOF {
			return Head{}, fmt.Errorf("line %d: stands after the end of the report", n+1)
		}
		return s.head(last.Complete && s.count == s.top.Count, last.Exit), nil
	}
	return Head{}, fmt.Errorf("line 1: %w", s.wrong)
}

// line takes in a line after the first. It returns the last one.
func (s *reportReader) line(raw json.RawMessage, at Span) (*LastLine, error) {
	var kind struct{ Record Record }
	if !s.decode("", raw, &kind) {
		return nil, s.wrong
	}
	switch kind.Record {
	case RecordTarget:
		line := TargetLine{Index: -1}
		if !s.decode("", raw, &line) {
			return nil, s.wrong
		}
		if line.Index < 0 || line.Index >= min(s.top.Count, maxTargets) {
			return nil, fmt.Errorf("index %d is not one of %d targets", line.Index, s.top.Count)
		}
		s.count++
		return nil, s.handOver("", &line, at)
	case RecordStart, RecordExchange:
		return nil, nil // the target says it all
	case RecordEnd:
		last := new(LastLine)
		if !s.decode("", raw, last) {
			return nil, s.wrong
		}
		return last, nil
	}
	return nil, fmt.Errorf("record %.20q is neither %q nor %q", kind.Record, RecordTarget, RecordEnd)
}

// handOver hands over a target that was read. One that nothing is known by is of
// no scan, and so many of them fit a file that memory could not hold their places.
func (s *reportReader) handOver(name string, line *TargetLine, at Span) error {
	if line.Target.Name == "" {
		return fmt.Errorf("%s: is missing", strings.TrimPrefix(name+".target", "."))
	}
	return s.each(line, at)
}

// decode puts a value into to. It reports whether the value has the type that it
// should have; the first that does not is kept.
func (s *reportReader) decode(name string, raw json.RawMessage, to any) bool {
	err := json.Unmarshal(raw, to)
	if err != nil && s.wrong == nil {
		s.wrong = inWords(name, err)
	}
	return err == nil
}

// token returns the next token.
func (s *reportReader) token() (json.Token, error) {
	s.in.left = maxValue
	t, err := s.d.Token()
	if err != nil {
		return nil, notJSON(err)
	}
	return t, nil
}

// delim reads a token that has to be d.
func (s *reportReader) delim(d json.Delim) error {
	t, err := s.token()
	if err == nil && t != d {
		err = errors.New("not the report of a scan: it is JSON, but not an object")
	}
	return err
}

// value returns the next value, and where it stands.
func (s *reportReader) value() (json.RawMessage, Span, error) {
	s.in.left = maxValue
	var raw json.RawMessage
	if err := s.d.Decode(&raw); err != nil {
		return nil, Span{}, notJSON(err)
	}
	end := s.d.InputOffset()
	return raw, Span{end - int64(len(raw)), end}, checkCounts(raw)
}

// checkCounts fails if a JSON value holds more objects, or more values, than one
// target may.
func checkCounts(raw []byte) error {
	objects, items, inString := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			inString = !inString
		case inString && c == '\\':
			i++
		case inString:
		case c == '{':
			objects++
		case c == ',':
			items++
		}
	}
	if objects > maxObjects || items > maxItems {
		return fmt.Errorf("it, or a part of it, holds more than %d objects or %d values", maxObjects, maxItems)
	}
	return nil
}

// skip passes over the next value, inside others to a depth.
func (s *reportReader) skip(depth int) error {
	t, err := s.token()
	if err != nil {
		return err
	}
	return s.skipFrom(t, depth)
}

// skipFrom passes over a value that begins with t.
func (s *reportReader) skipFrom(t json.Token, depth int) error {
	if _, ok := t.(json.Delim); !ok {
		return nil
	}
	if depth == maxDepth {
		return fmt.Errorf("values are nested more than %d deep", maxDepth)
	}
	for s.d.More() {
		if err := s.skip(depth + 1); err != nil {
			return err
		}
	}
	_, err := s.token()
	return err
}

// notJSON returns err, in words of the document if it is of what was read.
func notJSON(err error) error {
	var syntax *json.SyntaxError
	switch {
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	case err != io.ErrUnexpectedEOF && !errors.As(err, &syntax):
		return err
	}
	return fmt.Errorf("not a JSON document: %w", err)
}

// inWords names the field that has the wrong type, rather than types of Go.
func inWords(within string, err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	article := "a"
	if strings.HasPrefix(wrong.Value, "array") || strings.HasPrefix(wrong.Value, "object") {
		article = "an"
	}
	field := strings.Trim(within+"."+strings.TrimPrefix(wrong.Field, "Target."), ".") // of a TargetLine
	if field == "" {
		return fmt.Errorf("%s %s is not what stands here", article, wrong.Value)
	}
	return fmt.Errorf("%s: %s %s is not what stands here", field, article, wrong.Value)
}
