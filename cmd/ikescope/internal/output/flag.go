package output

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
)

// Formats that are not written in one piece with a name of their own.
const (
	// JSONLines is the format of reports that are written as they grow.
	JSONLines = "jsonl"
	// Events is the part of JSON lines that has events among them.
	Events = "events"
	// CSV is written as one of several tables.
	CSV = "csv"
	// Template is written as a file of the user's says.
	Template = "template"
)

// otherNames are what else formats are called.
var otherNames = map[string]string{"md": "markdown", "htm": "html", "txt": "text", "ndjson": JSONLines}

// Flag returns the value of --output, which adds to list. Its formats are given, the
// one that goes without saying first.
func Flag(list *List, formats []string) *FlagValue {
	list.formats = formats
	return &FlagValue{list}
}

// FlagValue is the value of --output.
type FlagValue struct{ list *List }

// Set reads FORMAT, FORMAT=PATH or FORMAT:PART=PATH.
func (f *FlagValue) Set(s string) error {
	name, path, hasPath := strings.Cut(s, "=")
	name, part, hasPart := strings.Cut(name, ":")
	lower := strings.ToLower(name)
	if other, ok := otherNames[lower]; ok {
		lower = other
	}
	if slices.Contains(f.list.formats, lower) {
		name = lower
	}
	if path == "-" {
		path, hasPath = "", false
	}
	switch {
	case hasPath && path == "":
		return fmt.Errorf("%q names no file after the =", s)
	case !slices.Contains(f.list.formats, name):
		return fmt.Errorf("%q is not a format that this command writes: %s%s", name, english.List(f.list.formats, "or"), f.hint(s, name, hasPath))
	}
	o := Output{Format: name, Part: part, Path: path}
	switch name {
	case Template:
		if !hasPart { // template=FILE
			o.Part, o.Path = o.Path, ""
		}
		if o.Part == "" {
			return fmt.Errorf("%q names no template: write template=FILE, or template:FILE=PATH for a result in a file", s)
		}
	case JSONLines:
		if hasPart && part != Events {
			return fmt.Errorf("%q: write jsonl, or jsonl:%s for each exchange as it ends, too", s, Events)
		}
	case CSV:
		if !hasPart {
			o.Part = tableNames[0]
		}
		if !slices.Contains(tableNames, o.Part) {
			return fmt.Errorf("%q is not a table: %s, as in csv:%s=FILE", o.Part, english.List(tableNames, "or"), tableNames[1])
		}
	default:
		if hasPart {
			return fmt.Errorf("%q: %s has no parts: write %s or %s=FILE", s, name, name, name)
		}
	}
	f.list.Outputs = append(f.list.Outputs, o)
	return nil
}

// hint says what may have been meant by a format that is none.
func (f *FlagValue) hint(s, name string, hasPath bool) string {
	if hasPath || !strings.ContainsAny(name, `./\`) {
		return ""
	}
	format := strings.TrimPrefix(filepath.Ext(name), ".")
	if other, ok := otherNames[format]; ok {
		format = other
	}
	if format == "xml" {
		format = "junit"
	}
	if !slices.Contains(f.list.formats, format) {
		format = "json"
	}
	return fmt.Sprintf("; a file goes behind one: %s=%s", format, s)
}

// Type and String are those of a flag.
func (*FlagValue) Type() string   { return "format[=path]" }
func (*FlagValue) String() string { return "" }

// Choices are the formats.
func (f *FlagValue) Choices() []string { return f.list.formats }

// JSON returns the value of --json, which is --output json to a path, or with - to
// stdout.
func JSON(list *List) *JSONValue { return &JSONValue{FlagValue{list}} }

// JSONValue is the value of --json.
type JSONValue struct{ FlagValue }

// Set takes a path.
func (j *JSONValue) Set(path string) error { return j.FlagValue.Set("json=" + path) }

// Type is that of a flag that needs no value.
func (*JSONValue) Type() string { return "path" }
