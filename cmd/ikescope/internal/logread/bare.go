package logread

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/logtext"
	"github.com/ikescope/ikescope/report/incident/readers"
)

// Bare reads a text that is not a log of a product that is known: what it says of
// attempts, or what the codes, names and texts in it mean. Given is a text of the command
// line. An error names the text, and what it holds only if it is given: a file may hold
// secrets.
func Bare(name string, head []byte, given bool) (*incident.Document, []explain.Explanation, error) {
	lines, err := logtext.New(bytes.NewReader(head))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	var whole strings.Builder
	for {
		line, _, err := lines.Next()
		if err != nil {
			break
		}
		whole.WriteString(line + "\n")
	}
	text := whole.String()
	switch trimmed := strings.TrimSpace(text); {
	case trimmed == "":
		return nil, nil, fmt.Errorf("%s: is empty", name)
	case strings.Contains(text, `"schema_version"`) || trimmed == "{}":
		return nil, nil, fmt.Errorf("%s: is a file: name a client for a report with --client, or write @%s for a log", name, name)
	}
	read := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if doc := document(func(add func(*incident.Attempt)) incident.File {
		return incident.ScanBare(name, read, readers.All(), add)
	}); doc != nil {
		return doc, nil, nil
	}
	found, failed := explain.Explain(text)
	code := slices.ContainsFunc(found, func(e explain.Explanation) bool { return strings.HasPrefix(e.Title, "Windows error") })
	if failed != nil || !given && !code {
		if doc := document(func(add func(*incident.Attempt)) incident.File { return incident.ScanGeneral(name, read, add) }); doc != nil {
			return doc, nil, nil
		}
	}
	if failed != nil && !given {
		failed = errors.New(name + ": no line of it shows why a connection failed, as far as ikescope knows")
	}
	return nil, found, failed
}

// document is what scan finds; nil if that is nothing.
func document(scan func(add func(*incident.Attempt)) incident.File) *incident.Document {
	var groups incident.Groups
	file := scan(func(attempt *incident.Attempt) { groups.Add(attempt) })
	if doc := incident.NewDocument([]incident.File{file}, &groups); len(doc.Stories) > 0 {
		return doc
	}
	return nil
}
