package report_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestWordsAreInTheSchemas: the constants of a type are what a schema allows.
func TestWordsAreInTheSchemas(t *testing.T) {
	words := constants(t, "words.go")
	document, diff, capture := definitions(t, report.Schema()), definitions(t, report.DiffSchema()), definitions(t, report.CaptureSchema())
	for _, tt := range []struct {
		word string // its type
		in   map[string]definition
		of   string // object
		name string // property
		some bool   // the schema allows more
	}{
		{"Verdict", document, "target", "verdict", false},
		{"Transport", document, "path", "transport", false},
		{"PathState", document, "path", "state", false},
		{"PathState", document, "path_source", "state", false},
		{"PathReason", document, "path", "reason", false},
		{"PathReason", document, "path_source", "reason", false},
		{"Answer", document, "ikev1", "main_mode", false},
		{"Answer", document, "nat", "floats", false},
		{"HigherVersion", document, "target", "higher_version", false},
		{"MTUDiscovery", document, "path_size", "discovery", false},
		{"NATMapping", document, "nat", "mapping", false},
		{"Basis", document, "accepted_suites", "basis", false},
		{"Chooser", document, "preference", "decides", false},
		{"ProposalRule", document, "preference", "proposals", false},
		{"QuantumState", document, "post_quantum", "state", false},
		{"ClientVerdict", document, "client", "verdict", false},
		{"ClientBasis", document, "client", "basis", false},
		{"RuleState", document, "rule", "state", false},
		{"Severity", document, "finding", "severity", false},
		{"GateKind", document, "gate", "gate", false},
		{"GateState", document, "gate", "state", false},
		{"Purpose", document, "exchange", "purpose", false},
		{"IdentityState", document, "introduction", "state", false},
		{"IdentityState", document, "connection", "state", false},
		{"IdentityState", document, "identity", "state", false},
		{"Acceptance", document, "judged_client", "verdict", false},
		{"AskedAs", document, "connection", "as", false},
		{"Proof", document, "introduction", "proof", false},
		{"Proof", document, "connection", "proof", false},
		{"Outcome", document, "exchange", "outcome", true},
		{"Effect", diff, "change", "effect", false},
		{"Area", diff, "change", "area", false},
		{"Result", capture, "verdict", "result", false},
		{"Layer", capture, "verdict", "layer", false},
		{"Side", capture, "exchange", "by", false},
	} {
		known, allowed := words[tt.word], tt.in[tt.of].Properties[tt.name].Enum
		if len(known) == 0 || len(allowed) == 0 {
			t.Errorf("%s has the constants %v, and %s of %s may be %v", tt.word, known, tt.name, tt.of, allowed)
		}
		for _, w := range known {
			if !slices.Contains(allowed, w) {
				t.Errorf("%s %q is not in the schema of %s", tt.word, w, tt.of)
			}
		}
		for _, w := range allowed {
			if !tt.some && !slices.Contains(known, w) {
				t.Errorf("%s of %s may be %q, which is not a constant of %s", tt.name, tt.of, w, tt.word)
			}
		}
	}
}

type definition struct {
	Properties map[string]struct {
		Enum []string `json:"enum"`
	} `json:"properties"`
}

// definitions returns the objects of a schema whose words are strings.
func definitions(t *testing.T, schema []byte) map[string]definition {
	t.Helper()
	var root struct {
		Defs map[string]json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(schema, &root); err != nil {
		t.Fatal(err)
	}
	all := map[string]definition{}
	for name, raw := range root.Defs {
		var d definition
		if err := json.Unmarshal(raw, &d); err == nil { // numbers may be enumerated, too
			all[name] = d
		}
	}
	return all
}

// constants returns the values of string constants in a file, by type.
func constants(t *testing.T, name string) map[string][]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		typ, ok := spec.Type.(*ast.Ident)
		literal, ok2 := spec.Values[0].(*ast.BasicLit)
		if !ok || !ok2 || literal.Kind != token.STRING {
			return true
		}
		value, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		values[typ.Name] = append(values[typ.Name], value)
		return true
	})
	return values
}
