package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
)

// WriteJSON writes v, such as a [Document] or a [Diff], as indented JSON that
// ends in a newline. Characters that do not print, such as terminal controls or
// marks that turn the direction of text, are written as \u escapes, so that the
// output is safe to look at.
func WriteJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("report: encode JSON: %w", err)
	}
	_, err := w.Write(escapeJSON(b.Bytes()))
	return err
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

// maxDocument bounds what ReadJSON reads, in octets.
const maxDocument = 64 << 20

// ReadJSON reads a document of version 1, of this minor version or another:
// fields that it does not know are ignored. It fails on other versions, on
// anything after the document, and beyond 64 MiB.
func ReadJSON(r io.Reader) (*Document, error) {
	in, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(in) > maxDocument {
		return nil, fmt.Errorf("the document exceeds %d octets", maxDocument)
	}
	var head struct {
		SchemaVersion *string          `json:"schema_version"`
		Targets       *json.RawMessage `json:"targets"`
		Same          *json.RawMessage `json:"same"` // of a [Diff]
	}
	if err := json.Unmarshal(in, &head); err != nil {
		return nil, fmt.Errorf("not a JSON document: %w", inWords(err))
	}
	if head.SchemaVersion == nil {
		return nil, errors.New("not an ikescope document: no schema_version")
	}
	minor, ok := strings.CutPrefix(*head.SchemaVersion, "1.")
	if !ok || minor == "" || strings.Trim(minor, "0123456789") != "" {
		return nil, fmt.Errorf("schema_version %.20q is not supported, want 1.x", *head.SchemaVersion)
	}
	if head.Targets == nil || head.Same != nil {
		return nil, errors.New("an ikescope document, but not the report of a scan")
	}
	doc := new(Document)
	if err := json.Unmarshal(in, doc); err != nil {
		return nil, fmt.Errorf("document of version %s: %w", *head.SchemaVersion, inWords(err))
	}
	return doc, nil
}

// inWords names the field that has the wrong type, rather than types of Go.
func inWords(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return fmt.Errorf("%s: a %s is not what stands here", wrong.Field, wrong.Value)
	}
	return err
}
