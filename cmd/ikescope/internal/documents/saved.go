package documents

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/login"
)

// mostOctets bounds a saved document, which memory holds as a whole.
const mostOctets = 64 << 20

// kind is a kind of saved documents: the fields that no other has, and how one is read.
type kind struct {
	fields []string
	read   func(raw []byte) (output.Writers, error)
}

var kinds = []kind{
	{[]string{"sas", "not_read"}, func(raw []byte) (output.Writers, error) {
		doc := new(report.Capture)
		return Capture(doc, false), json.Unmarshal(raw, doc)
	}},
	{[]string{"stories", "files"}, func(raw []byte) (output.Writers, error) {
		doc := new(incident.Document)
		return Stories(doc, 0), json.Unmarshal(raw, doc)
	}},
	{[]string{"steps", "intended"}, func(raw []byte) (output.Writers, error) {
		doc := new(login.Document)
		return Login(doc), json.Unmarshal(raw, doc)
	}},
	{[]string{"only_old", "only_new"}, func(raw []byte) (output.Writers, error) {
		doc := new(report.Diff)
		return Diff(doc), json.Unmarshal(raw, doc)
	}},
}

// readAdvice reads a list of advice on clients, which has no version.
func readAdvice(raw []byte) (output.Writers, error) {
	var list []map[string]json.RawMessage
	if json.Unmarshal(raw, &list) != nil || len(list) == 0 || list[0]["client"] == nil || list[0]["remedies"] == nil {
		return nil, nil
	}
	var all []report.Advice
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("is not as ikescope writes it: %w", err)
	}
	return Advice(all), nil
}

// Read reads what capture, explain, login or diff wrote as JSON, and returns its writers:
// they write what the command itself would have, without its flags. They are nil for
// anything else.
func Read(in io.Reader) (output.Writers, error) {
	raw, err := io.ReadAll(io.LimitReader(in, mostOctets+1))
	if err != nil || len(raw) > mostOctets {
		return nil, err // a report has no such bound
	}
	if how, err := readAdvice(raw); how != nil || err != nil {
		return how, err
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return nil, nil
	}
	for _, k := range kinds {
		if fields[k.fields[0]] == nil || fields[k.fields[1]] == nil {
			continue
		}
		var version string
		if json.Unmarshal(fields["schema_version"], &version) != nil || !strings.HasPrefix(version, "1.") {
			return nil, fmt.Errorf("schema_version is %.20q, and this ikescope reads 1", version)
		}
		how, err := k.read(raw)
		if err != nil {
			return nil, fmt.Errorf("is not as ikescope writes it: %w", err)
		}
		return how, nil
	}
	return nil, nil
}
