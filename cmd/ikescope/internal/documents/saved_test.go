package documents

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/login"
	"github.com/ikescope/ikescope/report/text"
)

// FuzzRead: whatever a saved document says, it is written or refused.
func FuzzRead(f *testing.F) {
	for _, doc := range []any{new(report.Capture), new(incident.Document), new(login.Document), new(report.Diff)} {
		fill(reflect.ValueOf(doc).Elem())
		var b bytes.Buffer
		if err := report.WriteJSON(&b, doc); err != nil {
			f.Fatal(err)
		}
		f.Add(strings.ReplaceAll(b.String(), `"schema_version": "x\u001b"`, `"schema_version": "1.0"`))
	}
	f.Fuzz(func(t *testing.T, in string) {
		how, err := Read(strings.NewReader(in))
		if err != nil {
			return
		}
		for _, format := range []string{"text", "html", "json"} {
			if how[format] == nil {
				continue
			}
			var b bytes.Buffer
			if err := how[format](&b, text.Options{Names: "iana"}); err != nil {
				t.Errorf("%s: %v", format, err)
			}
			if bytes.ContainsRune(b.Bytes(), 0x1b) {
				t.Errorf("%s has what a terminal obeys", format)
			}
		}
	})
}

// fill fills every field.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x\x1b")
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Uint16, reflect.Uint32:
		v.SetUint(3)
	case reflect.Bool:
		v.SetBool(true)
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

// TestRead: the version counts, and what is none of these documents is no error.
func TestRead(t *testing.T) {
	for in, want := range map[string]string{
		`{"stories": [], "files": [], "schema_version": "2.0"}`: `schema_version is "2.0", and this ikescope reads 1`,
		`{"stories": 1, "files": [], "schema_version": "1.0"}`:  "is not as ikescope writes it: json: cannot unmarshal number into Go struct field Document.stories of type []incident.Story",
		`{"targets": []}`: "", `[]`: "", ``: "",
	} {
		how, err := Read(strings.NewReader(in))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want || how != nil {
			t.Errorf("%s: %q, %v; want %q", in, got, how, want)
		}
	}
}
