// Package template writes reports as templates of users say (text/template).
package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/template"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/printed"
)

// Template is a template that was read.
type Template struct{ parsed *template.Template }

// functions are those that templates have beside those of text/template.
var functions = template.FuncMap{
	"join": func(separator string, list []string) string { return strings.Join(list, separator) },
	// Of any value, for severities and verdicts are types of their own.
	"upper": func(v any) string { return strings.ToUpper(fmt.Sprint(v)) },
	"lower": func(v any) string { return strings.ToLower(fmt.Sprint(v)) },
	"json": func(v any) (string, error) {
		b, err := json.Marshal(v)
		return string(b), err
	},
	"indent": func(columns int, s string) string {
		return strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", min(max(columns, 0), 80)))
	},
}

// Parse reads a template. It fails where the template names a field that no report
// has. Its errors begin with name, the template's file, and the line.
func Parse(name, text string) (*Template, error) {
	// Messages of text/template name the template behind "template: ".
	parsed, err := template.New(name).Funcs(functions).Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "template: "))
	}
	t := &Template{parsed}
	// Whatever else goes wrong may be by the values of this report.
	if err := t.execute(io.Discard, example()); err != nil && strings.Contains(err.Error(), "can't evaluate field") {
		return nil, err
	}
	return t, nil
}

// mostOctets bounds what a template makes of a report.
const mostOctets = 1 << 30

// Write writes what t makes of doc as a [report.Document], the strings of which are
// escaped as in a text report. It holds the whole of doc in memory.
func (t *Template) Write(w io.Writer, doc report.Source) error {
	head := doc.Head()
	whole := &report.Document{SchemaVersion: head.SchemaVersion, Tool: head.Tool, Complete: head.Complete,
		Interrupted: head.Interrupted, Exit: head.Exit, Targets: []report.Target{}, Gates: []report.Gate{}}
	for i := range doc.Count() {
		one, err := doc.At(i)
		if err != nil {
			return err
		}
		whole.Targets = append(whole.Targets, *one)
	}
	for g, err := range doc.EachGate() {
		if err != nil {
			return err
		}
		whole.Gates = append(whole.Gates, g)
	}
	return t.execute(&bounded{w, mostOctets}, printed.Copy(whole))
}

func (t *Template) execute(w io.Writer, doc *report.Document) error {
	err := t.parsed.Execute(w, doc)
	var wrong template.ExecError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s", strings.TrimPrefix(wrong.Err.Error(), "template: "))
	}
	return err
}

// bounded fails beyond so many octets.
type bounded struct {
	w    io.Writer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if len(p) > b.left {
		return 0, errors.New("the template produces too much output")
	}
	b.left -= len(p)
	return b.w.Write(p)
}

// example returns a document in which every field is there, and no list is empty.
func example() *report.Document {
	doc := new(report.Document)
	fill(reflect.ValueOf(doc).Elem())
	return doc
}

// fill gives v a member where it is a list, and a value where it is a pointer.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	}
}
