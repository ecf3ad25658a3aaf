package config

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/ikescope/ikescope/ike/printable"
)

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of a [Document].
func Schema() []byte { return bytes.Clone(schema) }

// Document is what is in force, and why.
type Document struct {
	Files    []DocumentFile `json:"files"`
	Settings []Setting      `json:"settings"`
	// Unknown are variables of the environment that begin as ours do but are not settings.
	Unknown []string `json:"unknown_variables"`
}

// DocumentFile is a file that was looked for.
type DocumentFile struct {
	Path  string `json:"path"`
	From  Origin `json:"from"`
	Found bool   `json:"found"`
}

// Setting is one key.
type Setting struct {
	Key    string   `json:"key"`
	Values []string `json:"values"` // none where the default is that there is none
	From   Origin   `json:"from"`
	Where  string   `json:"where,omitempty"`
}

// Document returns c as one. byDefault returns the default of a key, "" for none.
func (c *Config) Document(byDefault func(key string) string) *Document {
	d := &Document{Files: []DocumentFile{}, Settings: []Setting{}, Unknown: append([]string{}, c.Unknown...)}
	for _, f := range c.Files {
		d.Files = append(d.Files, DocumentFile{f.Path, f.Origin, f.Read})
	}
	for _, k := range Keys {
		s := Setting{Key: k.Name, Values: []string{}, From: Default}
		if v, ok := c.Of(k); ok {
			s.Values, s.From, s.Where = v.Texts, v.Origin, v.Where
		} else if text := byDefault(k.Name); text == "" || text == "0" {
			if k.unset != "" {
				s.Values = []string{k.unset}
			}
		} else {
			s.Values = []string{text}
		}
		d.Settings = append(d.Settings, s)
	}
	return d
}

// Text writes d for people.
func (d *Document) Text(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range d.Settings {
		values, from := strings.Join(s.Values, ", "), string(s.From)
		if values == "" {
			values = "-"
		}
		if s.Where != "" {
			from = s.Where
			if s.From != Environment && s.From != Named {
				from += ", " + string(s.From)
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", s.Key, printable.Text(values), printable.Text(from))
	}
	fmt.Fprintln(t)
	if len(d.Files) == 0 {
		fmt.Fprintln(t, "no file: --config none")
	}
	for _, f := range d.Files {
		found := "read"
		if !f.Found {
			found = "not there"
		}
		fmt.Fprintf(t, "%s: %s, %s\n", f.From, printable.Text(f.Path), found)
	}
	for _, name := range d.Unknown {
		fmt.Fprintf(t, "environment: %s is not a setting%s\n", printable.Text(name), meant(strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, Prefix)), "_", "-")))
	}
	return t.Flush()
}
