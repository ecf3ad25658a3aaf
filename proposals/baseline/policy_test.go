package baseline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Each policy survives being written, and says why of each rule.
func TestPolicies(t *testing.T) {
	for _, p := range Policies() {
		out, err := p.YAML()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParsePolicy(out)
		if err != nil {
			t.Fatalf("%s: %v\n%s", p.Name, err, out)
		}
		if diff := cmp.Diff(p, back); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.Name, diff)
		}
		if p.Source == "" || p.Date == "" || p.About == "" {
			t.Errorf("%s: no source, date or about", p.Name)
		}
		observable := 0
		for _, r := range p.Rules {
			if r.Ref == "" {
				t.Errorf("%s %s: no ref", p.Name, r.ID)
			}
			if r.Observable() {
				observable++
			}
		}
		if observable == 0 {
			t.Errorf("%s: nothing can be observed", p.Name)
		}
		if got, ok := PolicyNamed(p.Name); !ok || got.Title != p.Title {
			t.Errorf("PolicyNamed(%q) = %q, %t", p.Name, got.Title, ok)
		}
	}
	if _, ok := PolicyNamed("none"); ok {
		t.Error(`PolicyNamed("none") found a policy`)
	}
}

// What the baseline says and was not verified must be marked in the rule that
// rests on it: the policies and baselines.csv were written by hand, both.
func TestPoliciesAgreeWithBaselines(t *testing.T) {
	type from struct{ baseline, policy string }
	for _, f := range []from{
		{RFC8247, "rfc8247"},
		{"CNSA-1.0 (RFC 9206)", "cnsa1"},
		{"CNSA-2.0 (draft-guthrie-cnsa2-ipsec-profile-04)", "cnsa2"},
		{"BSI TR-02102-3", "bsi-tr-02102-3"},
		{"NIST SP 800-77r1", "nist-800-77"},
		{"ANSSI IPsec DR (as implemented by Stormshield SNS 4.2+/5.x)", "anssi-dr"},
	} {
		b, ok := Named(f.baseline)
		if !ok {
			t.Fatalf("no baseline %s", f.baseline)
		}
		p, _ := PolicyNamed(f.policy)
		for _, axis := range []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE} {
			for _, a := range proposals.IKEAlgorithms(axis) {
				r, ok := b.Requirement(a)
				if !ok {
					continue
				}
				bad := false // a rule that decides objects to a
				for _, rule := range p.Rules {
					if !rule.Demand.Prohibits() || !slices.Contains(rule.Aspect.Axes(), axis) || rule.Severity == Info || rule.Demand == InEverySuite {
						continue
					}
					hit, err := rule.Select([]proposals.Product{suiteWith(a)})
					if err != nil {
						t.Fatal(err)
					}
					bad = bad || len(hit) > 0
					if !r.Verified() && rule.Unverified == "" && !slices.Contains(rule.Algorithms, a) == (rule.Demand == Allowed) && r.Transform[0] != '(' {
						t.Errorf("%s %s: rests on the row %q, which is %s, and is not marked", p.Name, rule.ID, r.Transform, r.Verification)
					}
				}
				want, known := objects(r.Level)
				if known && bad != want {
					t.Errorf("%s: %s is %s, objected to: %t", p.Name, a.Keyword(), r.Level, bad)
				}
			}
		}
	}
}

// suiteWith returns a suite with a and otherwise what hardly any policy minds.
func suiteWith(a proposals.Algorithm) proposals.Product {
	p, _ := proposals.ParseProduct("aes256gcm16-prfsha384-ecp384")
	p[a.Axis] = []proposals.Algorithm{a}
	return p
}

// objects tells what a level means for a gateway; known is false where the
// policy has to decide.
func objects(l Level) (bad, known bool) {
	switch word, _, _ := strings.Cut(string(l), " ("); word {
	case "MUST NOT", "SHOULD NOT", "NOT ALLOWED", "NOT RECOMMENDED", "NO LONGER", "not approved":
		return true, true
	case "MUST", "SHOULD", "MAY", "SHOULD+", "MUST-", "REQUIRED", "ALLOWED", "RECOMMENDED", "Recommended":
		return false, true
	}
	return false, false
}

func TestSelect(t *testing.T) {
	accepted := "aes256gcm16-aes128gcm16-prfsha384-ecp384-ke1_none-ke1_mlkem768-ke2_none-ke2_mlkem1024,aes256-3des-sha1-sha256-prfsha1-modp1024"
	products, err := proposals.ParseProducts(accepted)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ rule, want string }{
		{"demand: allowed, aspect: encr, algorithms: [aes256gcm16, aes256, 3des]", "aes128gcm16-prfsha384-ecp384-ke1_none-ke1_mlkem768-ke2_none-ke2_mlkem1024"},
		{"demand: allowed, aspect: integ, algorithms: [sha256]", "aes256-3des-sha1-prfsha1-modp1024"}, // AEAD is not a violation
		{"demand: allowed, aspect: addke, algorithms: [mlkem768]", "aes256gcm16-aes128gcm16-prfsha384-ecp384-ke1_none-ke1_mlkem768-ke2_mlkem1024"},
		{"demand: forbidden, aspect: encr, algorithms: [3des, des]", "3des-sha1-sha256-prfsha1-modp1024"},
		{"demand: required_any, aspect: ke, algorithms: [modp1024, ecp256]", "aes256-3des-sha1-sha256-prfsha1-modp1024"},
		{"demand: in_every_suite, aspect: key_exchange, algorithms: [mlkem1024]", "aes256gcm16-aes128gcm16-prfsha384-ecp384-ke1_none-ke1_mlkem768,aes256-3des-sha1-sha256-prfsha1-modp1024"},
		{"demand: in_every_suite, aspect: ke, algorithms: [ecp384]", "aes256-3des-sha1-sha256-prfsha1-modp1024"},
		{"demand: allowed, suites: [aes256-3des-sha1-sha256-prfsha1-modp1024-modp2048, aes256gcm16-aes128gcm16-prfsha384-ecp384-ke1_none-ke1_mlkem768]", "aes256gcm16-aes128gcm16-prfsha384-ecp384-ke1_none-ke1_mlkem768-ke2_mlkem1024"},
		{"demand: forbidden, suites: [3des-sha1-prfsha1-modp1024-modp768]", "3des-sha1-prfsha1-modp1024"},
	} {
		p, err := ParsePolicy([]byte("name: x\ntitle: x\nrules: [{id: x, severity: low, why: x, " + tt.rule + "}]"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Rules[0].Select(products)
		if err != nil {
			t.Fatal(err)
		}
		want, err := proposals.ParseProducts(tt.want)
		if err != nil {
			t.Fatal(err)
		}
		more, err1 := matrix.Difference(got, want)
		less, err2 := matrix.Difference(want, got)
		if err1 != nil || err2 != nil || len(more) > 0 || len(less) > 0 {
			t.Errorf("%s selects %v, want %v", tt.rule, got, want)
		}
	}
}

const goodRule = "id: a, demand: forbidden, aspect: ke, algorithms: [modp1024], severity: low, why: x"

func TestParsePolicyFaults(t *testing.T) {
	rule := func(s string) string { return "name: x\ntitle: x\nrules:\n- {" + s + "}\n" }
	for _, tt := range []struct{ in, want string }{
		{"", "it is empty"},
		{"a: [", "line 1: it is not YAML: did not find"},
		{"\tname: x", "it is not YAML: found character that cannot start any token"},
		{"name: *x", `it is not YAML: unknown anchor 'x' referenced`},
		{"- x", "line 1: a policy is written as lines of key: value"},
		{"name: x\nrulez: []", `line 2: "rulez" is not a key of a policy: they are name, title,`},
		{"name: x\nname: y", `line 2: "name" is given twice`},
		{"name: X Y\n", `line 1: "X Y" is not a name: write`},
		{"name: \n", "line 1: text is required here, and it is empty"},
		{"name: [x]\n", "line 1: text is required here"},
		{"name: \"x\\e\"\n", `"x\x1b" has characters that cannot be printed`},
		{"title: x\nrules: [{" + goodRule + "}]", "a policy needs the key name"},
		{"name: x\ntitle: x\nrules: []", `line 3: "rules" is a list of 1 to 1000 rules`},
		{"name: x\ntitle: x\nrules: [{" + goodRule + "}]\n---\nname: y", "a second document begins here"},
		{"name: x\ntitle: x\nrules: [{" + goodRule + "}, {" + goodRule + "}]", `"a" is also the id of an earlier rule`},
		{rule("id: a, why: x"), `line 4: "a" has no demand: write demand: allowed, forbidden,`},
		{rule("id: a, why: x, demand: denied"), `line 4: "denied" is not a demand: write allowed,`},
		{rule("id: a, why: x, demand: allowed"), `"a" has no severity`},
		{rule("id: a, why: x, demand: allowed, severity: bad"), `"bad" is not a severity: write critical, high, medium, low or info`},
		{rule("id: a, why: x, demand: allowed, severity: low"), `"a" does not say what it is about: write aspect: and algorithms:, or suites:`},
		{rule("id: a, why: x, demand: allowed, severity: low, aspect: esp, algorithms: [aes128]"), `"esp" is not an aspect: write encr,`},
		{rule("id: a, why: x, demand: allowed, severity: low, aspect: encr, algorithms: aes128"), `"algorithms" is a list of keywords`},
		{rule("id: a, why: x, demand: allowed, severity: low, aspect: encr, algorithms: []"), `"algorithms" is a list of keywords`},
		{rule("id: a, why: x, demand: allowed, severity: low, aspect: encr, algorithms: [aes512]"), `line 4: "aes512" is not a known keyword; did you mean`},
		{rule("id: a, why: x, demand: allowed, severity: low, aspect: encr, algorithms: [ecp384]"), `"ecp384" is not an algorithm of the aspect encr, such as aes256gcm16`},
		{rule("id: a, why: x, demand: allowed, severity: low, aspect: addke, algorithms: [ke1_mlkem768]"), `"ke1_mlkem768" is not an algorithm of the aspect addke`},
		{rule("id: a, why: x, demand: allowed, severity: low, aspect: ke, algorithms: [none]"), `"none" is not an algorithm of the aspect ke`},
		{rule("id: a, why: x, demand: allowed, severity: low, aspect: encr, algorithms: [aes128, aes]"), `"aes" is already in the list`},
		{rule("id: a, why: x, demand: allowed, severity: low, suites: [aes128-modp2048]"), `line 4: "aes128-modp2048"`},
		{rule("id: a, why: x, demand: in_every_suite, severity: low, suites: [aes128-sha256-prfsha256-modp2048]"), "in_every_suite has no meaning"},
		{rule("id: a, why: x, demand: allowed, severity: low, aspect: ke, suites: [x]"), "cannot be combined with aspect"},
		{rule("id: a, why: x, not_observable: x, demand: allowed"), "cannot have demand"},
		{strings.Repeat(" ", maxPolicy+1), "more than the"},
	} {
		if _, err := ParsePolicy([]byte(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ParsePolicy(%q) = %v, want %q", tt.in[:min(len(tt.in), 200)], err, tt.want)
		}
	}
}

// All that is wrong is told, by line, as far as it is bearable.
func TestParsePolicyTellsAll(t *testing.T) {
	in := `nome: x
title: x
rules:
  - id: a
    demand: denied
    aspect: encr
    algorithms: [aes512, sha1, aes128]
    severity: bad
    why: x
  - id: a
    deman: allowed
    aspect: encr
    algorithms: [aes128]
    severity: low
    why: x
`
	_, err := ParsePolicy([]byte(in))
	want := []string{
		`line 1: "nome" is not a key of a policy: `,
		`line 5: "denied" is not a demand: `, `line 7: "aes512" is not a known keyword`, `line 7: "sha1" is not an algorithm of the aspect encr`,
		`line 8: "bad" is not a severity`, `line 10: "a" is also the id of an earlier rule`, `line 11: "deman" is not a key of a rule`,
	}
	lines := strings.Split(fmt.Sprint(err), "\n")
	for i, line := range lines {
		if i >= len(want) || !strings.HasPrefix(line, want[i]) {
			t.Errorf("line %d of the error is %q", i+1, line)
		}
	}
	if len(lines) != len(want) {
		t.Errorf("%d lines, want %d", len(lines), len(want))
	}
	_, err = ParsePolicy([]byte("name: x\ntitle: x\nrules:\n" + strings.Repeat("  - {x: y}\n", 20)))
	if lines := strings.Split(fmt.Sprint(err), "\n"); len(lines) != maxErrors+1 || lines[maxErrors] != "there are 10 more errors" {
		t.Errorf("%q", lines)
	}
}

func FuzzParsePolicy(f *testing.F) {
	for _, name := range order {
		data, err := policyFiles.ReadFile("policies/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("name: x\ntitle: &a x\nrules: [{" + goodRule + ", ref: *a}]"))
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := ParsePolicy(in)
		if err != nil {
			var all Errors
			if !errors.As(err, &all) || len(all) > maxErrors+1 {
				t.Fatalf("the error is %T, %v", err, err)
			}
			for _, one := range all {
				if s := one.Error(); strings.ContainsAny(s, "\n\x1b") {
					t.Errorf("the error is not one safe line: %q", s)
				}
			}
			return
		}
		out, err := p.YAML()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParsePolicy(out)
		if err != nil || !reflect.DeepEqual(p, back) {
			t.Fatalf("%v\n got %+v\nwant %+v", err, back, p)
		}
		for _, r := range p.Rules {
			_ = r.String()
		}
	})
}

// schema is policy-schema.json, as far as it uses the language.
type schema struct {
	Schema      string             `json:"$schema"`
	ID          string             `json:"$id"`
	Ref         string             `json:"$ref"`
	Defs        map[string]*schema `json:"$defs"`
	Title       string             `json:"title"`
	Description string             `json:"description"`
	Type        string             `json:"type"`
	Required    []string           `json:"required"`
	Additional  *bool              `json:"additionalProperties"`
	Properties  map[string]*schema `json:"properties"`
	Items       *schema            `json:"items"`
	MinItems    int                `json:"minItems"`
	MaxItems    int                `json:"maxItems"`
	Enum        []string           `json:"enum"`
	Pattern     string             `json:"pattern"`
}

func policySchemaOf(t *testing.T) *schema {
	s := new(schema)
	d := json.NewDecoder(bytes.NewReader(PolicySchema()))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		t.Fatal(err)
	}
	return s
}

// The schema has the keys of the Go types, their words, and what is required.
func TestPolicySchemaMatchesGo(t *testing.T) {
	root := policySchemaOf(t)
	for typ, n := range map[reflect.Type]*schema{reflect.TypeFor[policyFile](): root, reflect.TypeFor[ruleFile](): root.Defs["rule"]} {
		var fields, must []string
		for _, f := range reflect.VisibleFields(typ) {
			name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			if f.Tag.Get("json") != f.Tag.Get("yaml") {
				t.Errorf("%s has other keys in JSON", f.Name)
			}
			fields = append(fields, name)
			if option == "" {
				must = append(must, name)
			}
		}
		var got []string
		for name := range n.Properties {
			got = append(got, name)
		}
		slices.Sort(fields)
		slices.Sort(got)
		slices.Sort(must)
		slices.Sort(n.Required)
		if !slices.Equal(got, fields) || !slices.Equal(n.Required, must) || n.Additional == nil || *n.Additional {
			t.Errorf("%v: the schema has %v and requires %v, Go %v and %v", typ, got, n.Required, fields, must)
		}
	}
	rule := root.Defs["rule"].Properties
	words := func(n *schema) string { return english.List(n.Enum, "or") }
	if got, want := words(rule["demand"]), english.List(demands, "or"); got != want {
		t.Errorf("demands %s, want %s", got, want)
	}
	if got, want := words(rule["aspect"]), english.List(aspects, "or"); got != want {
		t.Errorf("aspects %s, want %s", got, want)
	}
	for _, s := range rule["severity"].Enum {
		if Severity(s).Rank() > Info.Rank() {
			t.Errorf("severity %s", s)
		}
	}
	if root.Properties["name"].Pattern != wordPattern.String() || rule["id"].Pattern != wordPattern.String() || root.Properties["rules"].MaxItems != maxRules {
		t.Error("name, id or the number of rules is bounded otherwise")
	}
}

// Each embedded file is valid under the schema.
func TestPoliciesFitSchema(t *testing.T) {
	root := policySchemaOf(t)
	for _, name := range order {
		data, err := policyFiles.ReadFile("policies/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := yaml.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		root.check(t, root, name, v)
	}
}

func (n *schema) check(t *testing.T, root *schema, at string, v any) {
	if name, ok := strings.CutPrefix(n.Ref, "#/$defs/"); ok {
		n = root.Defs[name]
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range n.Required {
			if _, ok := v[name]; !ok {
				t.Errorf("%s: no %s", at, name)
			}
		}
		for name, child := range v {
			if n.Properties[name] == nil {
				t.Errorf("%s: %s is not in the schema", at, name)
				continue
			}
			n.Properties[name].check(t, root, at+"."+name, child)
		}
		if n.Type != "object" {
			t.Errorf("%s: is an object", at)
		}
	case []any:
		if n.Type != "array" || len(v) < n.MinItems || n.MaxItems > 0 && len(v) > n.MaxItems {
			t.Errorf("%s: a list of %d", at, len(v))
			return
		}
		for _, child := range v {
			n.Items.check(t, root, at+"[]", child)
		}
	case string:
		if n.Type != "string" || n.Enum != nil && !slices.Contains(n.Enum, v) || !regexp.MustCompile(n.Pattern).MatchString(v) {
			t.Errorf("%s: %q", at, v)
		}
	default:
		t.Errorf("%s: %T %v is not a string: put it in quotes", at, v, v)
	}
}
