// Package lineschema puts the JSON Schema of lines together with that of a document.
package lineschema

import (
	"bytes"
	"encoding/json"
)

// object is a JSON Schema, as far as [Join] puts two together. Its fields
// come in the order in which they are written.
type object struct {
	Schema      string          `json:"$schema,omitempty"`
	ID          string          `json:"$id,omitempty"`
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	Type        string          `json:"type,omitempty"`
	OneOf       json.RawMessage `json:"oneOf,omitempty"`
	Required    []string        `json:"required,omitempty"`
	Properties  members         `json:"properties,omitempty"`
	Defs        members         `json:"$defs,omitempty"`
}

// members are those of a JSON object, in their order.
type members []member

type member struct {
	name  string
	value json.RawMessage
}

func (m *members) UnmarshalJSON(in []byte) error {
	d := json.NewDecoder(bytes.NewReader(in))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		*m = append(*m, member{name.(string), value})
	}
	return nil
}

func (m members) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, x := range m {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := json.Marshal(x.name)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), x.value...)
	}
	return append(out, '}'), nil
}

// Join returns the schema of lines with the definitions of that of a whole document: its
// target_line has the fields of a target of the document, too.
func Join(linesSchema, schema []byte) []byte {
	var lines, whole, line, target object
	decode(linesSchema, &lines)
	decode(schema, &whole)
	decode(whole.Defs.named("target"), &target)
	for i := range lines.Defs {
		if d := &lines.Defs[i]; d.name == "target_line" {
			decode(d.value, &line)
			line.Required = append(line.Required, target.Required...)
			line.Properties = append(line.Properties, target.Properties...)
			d.value, _ = json.Marshal(line) // of what was decoded
		}
	}
	for _, d := range whole.Defs {
		if d.name != "target" {
			lines.Defs = append(lines.Defs, d)
		}
	}
	out, _ := json.MarshalIndent(lines, "", "  ")
	return append(out, '\n')
}

func (m members) named(name string) json.RawMessage {
	for _, x := range m {
		if x.name == name {
			return x.value
		}
	}
	return nil
}

func decode(schema []byte, to any) {
	if err := json.Unmarshal(schema, to); err != nil {
		panic("lineschema: internal error: " + err.Error()) // a schema of ours
	}
}
