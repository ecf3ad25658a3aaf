package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/explain"
)

// node is a JSON Schema, as far as schema.json uses the language. A keyword
// that it does not have fails to decode.
type node struct {
	Schema      string           `json:"$schema"`
	ID          string           `json:"$id"`
	Ref         string           `json:"$ref"`
	Defs        map[string]*node `json:"$defs"`
	Title       string           `json:"title"`
	Description string           `json:"description"`
	Type        string           `json:"type"`
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

func schemaRoot(t testing.TB) *node { return readSchema(t, Schema()) }

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

// check returns what is wrong with v under n. Properties that the schema does
// not know are wrong here, though the schema lets readers meet them.
func (n *node) check(root *node, at string, v any) []string {
	n = n.resolve(root)
	if n == nil {
		return []string{at + ": dangling $ref"}
	}
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, at+": "+fmt.Sprintf(format, args...)) }
	if n.Enum != nil && !slices.ContainsFunc(n.Enum, func(e any) bool { return reflect.DeepEqual(e, v) }) {
		fault("%v is none of %v", v, n.Enum)
	}
	switch v := v.(type) {
	case map[string]any:
		if n.Type != "object" {
			fault("an object, want %s", n.Type)
		}
		for _, name := range n.Required {
			if _, ok := v[name]; !ok {
				fault("no %s", name)
			}
		}
		for name, child := range v {
			if p := n.Properties[name]; p == nil {
				fault("unknown property %s", name)
			} else {
				faults = append(faults, p.check(root, at+"."+name, child)...)
			}
		}
	case []any:
		if n.Type != "array" || n.Items == nil {
			fault("an array, want %s", n.Type)
			break
		}
		if n.MaxItems != nil && len(v) > *n.MaxItems {
			fault("%d items", len(v))
		}
		for i, child := range v {
			faults = append(faults, n.Items.check(root, fmt.Sprintf("%s[%d]", at, i), child)...)
		}
	case string:
		if n.Type != "string" {
			fault("a string, want %s", n.Type)
		}
		if n.Pattern != "" && !regexp.MustCompile(n.Pattern).MatchString(v) {
			fault("%q does not match %s", v, n.Pattern)
		}
		if n.Format == "date-time" {
			if _, err := time.Parse(time.RFC3339, v); err != nil || !strings.HasSuffix(v, "Z") {
				fault("%q is no time in UTC", v)
			}
		}
	case float64:
		if n.Type != "number" && (n.Type != "integer" || v != math.Trunc(v)) {
			fault("the number %v, want %s", v, n.Type)
		}
		if n.Minimum != nil && v < *n.Minimum || n.Maximum != nil && v > *n.Maximum {
			fault("%v is out of range", v)
		}
	case bool:
		if n.Type != "boolean" {
			fault("a boolean, want %s", n.Type)
		}
	default:
		fault("%v", v)
	}
	return faults
}

func validate(t testing.TB, document []byte) { validateAs(t, schemaRoot(t), document) }

func validateAs(t testing.TB, root *node, document []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(document, &v); err != nil {
		t.Fatal(err)
	}
	for _, f := range root.check(root, "document", v) {
		t.Error(f)
	}
}

func TestSchemaRejects(t *testing.T) {
	root := schemaRoot(t)
	for _, in := range []string{
		`{}`,
		`{"schema_version": "2.0", "tool": {"name": "", "version": ""}, "complete": true, "targets": [], "exit": {"code": 0, "reason": ""}}`,
		`{"schema_version": "1.0", "tool": {"name": "", "version": ""}, "complete": 1, "targets": [], "exit": {"code": 0, "reason": ""}}`,
		`{"schema_version": "1.0", "tool": {"name": "", "version": ""}, "complete": true, "targets": [], "exit": {"code": 9, "reason": ""}}`,
		`{"schema_version": "1.0", "tool": {"name": ""}, "complete": true, "targets": [], "exit": {"code": 0, "reason": ""}}`,
		`{"schema_version": "1.0", "tool": {"name": "", "version": ""}, "complete": true, "targets": null, "exit": {"code": 0, "reason": ""}}`,
	} {
		var v any
		if err := json.Unmarshal([]byte(in), &v); err != nil {
			t.Fatal(err)
		}
		if len(root.check(root, "document", v)) == 0 {
			t.Errorf("the schema takes %s", in)
		}
	}
}

// The schema has exactly the fields of the Go types, with their types, and
// requires those that are always written.
func TestSchemaMatchesGo(t *testing.T) {
	root := schemaRoot(t)
	compare(t, root, root, "document", reflect.TypeFor[Document]())
	root = readSchema(t, DiffSchema())
	compare(t, root, root, "diff", reflect.TypeFor[Diff]())
	for _, written := range []struct {
		name   string
		schema []byte
		typ    reflect.Type
	}{
		{"plan", PlanSchema(), reflect.TypeFor[Plan]()},
		{"client", ClientSchema(), reflect.TypeFor[[]ClientOffer]()},
		{"explain", ExplainSchema(), reflect.TypeFor[[]explain.Explanation]()},
		{"advice", AdviceSchema(), reflect.TypeFor[[]Advice]()},
	} {
		root := readSchema(t, written.schema)
		compare(t, root, root, written.name, written.typ)
	}
}

// What is written beside documents is as its schema says.
func TestOtherSchemas(t *testing.T) {
	doc := New(testRun, cases(t)["openiked"])
	plan := NewPlan([]string{"vpn.example"}, matrix.Quick(), []matrix.Offer{{Products: matrix.Quick().Products()[:1]}})
	var offers []ClientOffer
	var advice []Advice
	for _, p := range client.Policies() {
		offers = append(offers, NewClientOffer(p))
		advice = append(advice, Advise(&doc.Targets[0], p, nil))
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
		{PlanSchema(), plan}, {ClientSchema(), offers}, {ExplainSchema(), explanations}, {AdviceSchema(), advice},
	} {
		var b bytes.Buffer
		if err := WriteJSON(&b, written.value); err != nil {
			t.Fatal(err)
		}
		validateAs(t, readSchema(t, written.schema), b.Bytes())
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
