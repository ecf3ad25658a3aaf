package report_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// node is a JSON Schema, as far as ours use the language. A keyword that it does
// not have fails to decode.
type node struct {
	Schema      string           `json:"$schema"`
	ID          string           `json:"$id"`
	Ref         string           `json:"$ref"`
	Defs        map[string]*node `json:"$defs"`
	Title       string           `json:"title"`
	Description string           `json:"description"`
	Type        string           `json:"type"`
	OneOf       []*node          `json:"oneOf"`
	Required    []string         `json:"required"`
	Properties  map[string]*node `json:"properties"`
	Items       *node            `json:"items"`
	MaxItems    *int             `json:"maxItems"`
	Enum        []any            `json:"enum"`
	Pattern     string           `json:"pattern"`
	Format      string           `json:"format"`
	Minimum     *float64         `json:"minimum"`
	Maximum     *float64         `json:"maximum"`
}

func readSchema(t testing.TB, schema []byte) *node {
	t.Helper()
	root := new(node)
	d := json.NewDecoder(bytes.NewReader(schema))
	d.DisallowUnknownFields()
	if err := d.Decode(root); err != nil {
		t.Fatal(err)
	}
	return root
}

func (n *node) resolve(root *node) *node {
	if name, ok := strings.CutPrefix(n.Ref, "#/$defs/"); ok {
		return root.Defs[name]
	}
	return n
}

func TestSchemaRejects(t *testing.T) {
	for _, in := range []string{
		`{}`,
		`{"schema_version": "2.0", "tool": {"name": "", "version": ""}, "complete": true, "targets": [], "exit": {"code": 0, "reason": ""}}`,
		`{"schema_version": "1.0", "tool": {"name": "", "version": ""}, "complete": 1, "targets": [], "exit": {"code": 0, "reason": ""}}`,
		`{"schema_version": "1.0", "tool": {"name": "", "version": ""}, "complete": true, "targets": [], "exit": {"code": 9, "reason": ""}}`,
		`{"schema_version": "1.0", "tool": {"name": ""}, "complete": true, "targets": [], "exit": {"code": 0, "reason": ""}}`,
		`{"schema_version": "1.0", "tool": {"name": "", "version": ""}, "complete": true, "targets": null, "exit": {"code": 0, "reason": ""}}`,
	} {
		if reporttest.Fault(t, report.Schema(), []byte(in)) == nil {
			t.Errorf("the schema takes %s", in)
		}
	}
}

// The schema has exactly the fields of the Go types, with their types, and
// requires those that are always written.
func TestSchemaMatchesGo(t *testing.T) {
	for _, written := range []struct {
		name   string
		schema []byte
		typ    reflect.Type
	}{
		{"document", report.Schema(), reflect.TypeFor[report.Document]()},
		{"diff", report.DiffSchema(), reflect.TypeFor[report.Diff]()},
		{"capture", report.CaptureSchema(), reflect.TypeFor[report.Capture]()},
		{"plan", report.PlanSchema(), reflect.TypeFor[report.Plan]()},
		{"client", report.ClientSchema(), reflect.TypeFor[[]report.ClientOffer]()},
		{"explain", report.ExplainSchema(), reflect.TypeFor[[]explain.Explanation]()},
		{"advice", report.AdviceSchema(), reflect.TypeFor[[]report.Advice]()},
	} {
		root := readSchema(t, written.schema)
		compare(t, root, root, written.name, written.typ)
	}
	watch := readSchema(t, report.WatchSchema())
	compare(t, watch, watch.OneOf[0], "sample", reflect.TypeFor[report.WatchSample]())
	compare(t, watch, watch.OneOf[1], "path", reflect.TypeFor[report.WatchPath]())
	lines := readSchema(t, report.LinesSchema())
	for i, typ := range []reflect.Type{reflect.TypeFor[report.FirstLine](), reflect.TypeFor[report.StartLine](),
		reflect.TypeFor[report.ExchangeLine](), reflect.TypeFor[report.TargetLine](), reflect.TypeFor[report.LastLine]()} {
		compare(t, lines, lines.OneOf[i], typ.Name(), typ)
	}
}

// What is written beside documents is as its schema says.
func TestOtherSchemas(t *testing.T) {
	doc := scan.Document(scan.Run{}, reporttest.Cases(t)["openiked"])
	plan := scan.Plan([]string{"vpn.example"}, matrix.Quick(), []matrix.Offer{{Products: matrix.Quick().Products()[:1]}})
	var offers []report.ClientOffer
	var advice []report.Advice
	for _, p := range client.Policies() {
		offers = append(offers, assess.Offer(p))
		advice = append(advice, assess.Advise(&doc.Targets[0], p, nil))
	}
	var explanations []explain.Explanation
	for _, word := range explain.Words() {
		found, err := explain.Explain(word)
		if err != nil {
			t.Fatal(err)
		}
		explanations = append(explanations, found...)
	}
	for _, written := range []struct {
		schema []byte
		value  any
	}{
		{report.PlanSchema(), plan}, {report.ClientSchema(), offers}, {report.ExplainSchema(), explanations}, {report.AdviceSchema(), advice},
	} {
		var b bytes.Buffer
		if err := report.WriteJSON(&b, written.value); err != nil {
			t.Fatal(err)
		}
		reporttest.Validate(t, written.schema, b.Bytes())
	}
}

func compare(t *testing.T, root, n *node, at string, typ reflect.Type) {
	t.Helper()
	n = n.resolve(root)
	if n == nil {
		t.Errorf("%s: not in the schema", at)
		return
	}
	if typ == reflect.TypeFor[time.Time]() {
		if n.Format != "date-time" {
			t.Errorf("%s: want a date-time", at)
		}
		return
	}
	if typ == reflect.TypeFor[[]byte]() {
		if n.Type != "string" {
			t.Errorf("%s: want a string, in Base64", at)
		}
		return
	}
	want := ""
	switch typ.Kind() {
	case reflect.Pointer:
		compare(t, root, n, at, typ.Elem())
		return
	case reflect.Slice:
		want = "array"
		if n.Items == nil {
			t.Errorf("%s: no items", at)
			return
		}
		compare(t, root, n.Items, at+"[]", typ.Elem())
	case reflect.Struct:
		want = "object"
		var fields, required []string
		for _, f := range reflect.VisibleFields(typ) {
			if f.Anonymous {
				continue
			}
			name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			fields = append(fields, name)
			if option == "" {
				required = append(required, name)
			}
			compare(t, root, n.Properties[name].orEmpty(), at+"."+name, f.Type)
		}
		slices.Sort(required)
		if got := slices.Sorted(slices.Values(n.Required)); !slices.Equal(got, required) {
			t.Errorf("%s: the schema requires %v, Go always writes %v", at, got, required)
		}
		for name := range n.Properties {
			if !slices.Contains(fields, name) {
				t.Errorf("%s: %s is in the schema alone", at, name)
			}
		}
	case reflect.String:
		want = "string"
	case reflect.Bool:
		want = "boolean"
	case reflect.Float64:
		want = "number"
	case reflect.Int, reflect.Int64, reflect.Uint16:
		want = "integer"
	}
	if n.Type != want {
		t.Errorf("%s: the schema has type %q, Go %q", at, n.Type, want)
	}
}

// orEmpty lets compare report a property that the schema lacks.
func (n *node) orEmpty() *node {
	if n == nil {
		return &node{}
	}
	return n
}
