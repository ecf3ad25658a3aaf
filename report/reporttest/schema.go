package reporttest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Validate holds a JSON document to a schema.
func Validate(t testing.TB, schema, document []byte) {
	t.Helper()
	if err := Fault(t, schema, document); err != nil {
		t.Error(err)
	}
}

// Fault returns what is wrong with a JSON document by a schema. Its properties
// have to be those that the schema names, though the schema lets readers meet
// others, and its times are in UTC.
func Fault(t testing.TB, schema, document []byte) error {
	t.Helper()
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	closeObjects(root)
	c := jsonschema.NewCompiler()
	c.RegisterFormat(&jsonschema.Format{Name: "date-time", Validate: inUTC})
	c.AssertFormat()
	const name = "schema.json"
	if err := c.AddResource(name, root); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return err
	}
	return compiled.Validate(v)
}

// closeObjects lets the objects of a schema have no properties but those that it
// names.
func closeObjects(node any) {
	switch n := node.(type) {
	case map[string]any:
		if n["type"] == "object" {
			n["additionalProperties"] = false
		}
		for _, child := range n {
			closeObjects(child)
		}
	case []any:
		for _, child := range n {
			closeObjects(child)
		}
	}
}

func inUTC(v any) error {
	s, ok := v.(string)
	if !ok {
		return nil
	}
	if _, err := time.Parse(time.RFC3339, s); err != nil || !strings.HasSuffix(s, "Z") {
		return fmt.Errorf("%q is not a time in UTC", s)
	}
	return nil
}
