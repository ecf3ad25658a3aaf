package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"unicode"
	"unicode/utf16"
)

// WriteJSON writes v, such as a [Document] or a [Diff], as indented JSON that
// ends in a newline. A [Source] is written as the document that it is, one target
// at a time. Characters that do not print, such as terminal controls or marks that
// turn the direction of text, are written as \u escapes, so that the output is
// safe to look at.
func WriteJSON(w io.Writer, v any) error {
	switch v := v.(type) {
	case Source:
		return writeSource(w, v)
	case Differences:
		return writeDifferences(w, v)
	}
	b, err := indented("", v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// indented returns v as JSON whose further lines begin with prefix.
func indented(prefix string, v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, "  ")
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("report: encode JSON: %w", err)
	}
	return escapeJSON(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// writeSource writes s with the fields of a Document in their order.
func writeSource(w io.Writer, s Source) error {
	head := s.Head()
	out := jsonFields{w: w}
	out.field("{", "schema_version", head.SchemaVersion)
	out.field(",", "tool", head.Tool)
	out.field(",", "complete", head.Complete)
	out.list("targets", func(yield func(any, error) bool) {
		for i := range s.Count() {
			if t, err := s.At(i); !yield(t, err) {
				return
			}
		}
	})
	out.list("gates", func(yield func(any, error) bool) {
		for g, err := range s.EachGate() {
			if !yield(g, err) {
				return
			}
		}
	})
	out.field(",", "exit", head.Exit)
	out.text("\n}\n")
	return out.err
}

// writeDifferences writes d with the fields of a Diff in their order.
func writeDifferences(w io.Writer, d Differences) error {
	head := d.Head()
	out := jsonFields{w: w}
	out.field("{", "schema_version", head.SchemaVersion)
	out.field(",", "tool", head.Tool)
	out.field(",", "same", head.Same)
	out.list("targets", func(yield func(any, error) bool) {
		for t, err := range d.EachTarget() {
			if !yield(t, err) {
				return
			}
		}
	})
	out.field(",", "only_old", head.OnlyOld)
	out.field(",", "only_new", head.OnlyNew)
	out.text("\n}\n")
	return out.err
}

// jsonFields writes the fields of an object as [WriteJSON] would.
type jsonFields struct {
	w   io.Writer
	err error // the first; nothing is written after it
}

func (f *jsonFields) text(s string) {
	if f.err == nil {
		_, f.err = io.WriteString(f.w, s)
	}
}

func (f *jsonFields) value(prefix string, v any) {
	b, err := indented(prefix, v)
	if f.err == nil {
		f.err = err
	}
	f.text(string(b))
}

// field writes a field after a mark that comes before it.
func (f *jsonFields) field(mark, name string, v any) {
	f.text(fmt.Sprintf("%s\n  %q: ", mark, name))
	f.value("  ", v)
}

// list writes a field that is a list.
func (f *jsonFields) list(name string, values iter.Seq2[any, error]) {
	f.text(fmt.Sprintf(",\n  %q: [", name))
	mark, end := "\n    ", "]"
	for v, err := range values {
		if f.err == nil {
			f.err = err
		}
		if f.err != nil {
			return
		}
		f.text(mark)
		f.value("    ", v)
		mark, end = ",\n    ", "\n  ]"
	}
	f.text(end)
}

// escapeJSON replaces what does not print in encoded JSON, which stands only
// inside its strings.
func escapeJSON(in []byte) []byte {
	if bytes.IndexFunc(in, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) < 0 {
		return in // as nearly always, and it may be large
	}
	out := make([]byte, 0, len(in))
	for _, r := range string(in) {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			out = append(out, string(r)...)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
