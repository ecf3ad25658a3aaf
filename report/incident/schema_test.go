package incident

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident/offered"
)

// The schema describes each field of the document, and nothing else.
func TestSchema(t *testing.T) {
	var s struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		got  object
		from any
	}{
		"document": {s.object, Document{}}, "file": {s.Defs["file"], LogFile{}}, "story": {s.Defs["story"], Story{}}, "gap": {s.Defs["gap"], offered.Gap{}},
		"moment": {s.Defs["moment"], Moment{}}, "fix": {s.Defs["fix"], Fix{}}, "partner": {s.Defs["partner"], Partner{}},
	} {
		var names, required []string
		for f := range reflect.TypeOf(test.from).Fields() {
			name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
			names = append(names, name)
			if rest == "" {
				required = append(required, name)
			}
		}
		for _, n := range names {
			if _, ok := test.got.Properties[n]; !ok {
				t.Errorf("%s: %s is not described", name, n)
			}
		}
		for n := range test.got.Properties {
			if !slices.Contains(names, n) {
				t.Errorf("%s: %s is not there", name, n)
			}
		}
		slices.Sort(required)
		slices.Sort(test.got.Required)
		if !slices.Equal(required, test.got.Required) {
			t.Errorf("%s: required are %v, want %v", name, test.got.Required, required)
		}
	}
}

type object struct {
	Properties map[string]json.RawMessage
	Required   []string
}
