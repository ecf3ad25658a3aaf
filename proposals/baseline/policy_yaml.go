package baseline

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/ikescope/ikescope/proposals"
)

//go:embed policy-schema.json
var policySchema []byte

// PolicySchema returns the JSON Schema (draft 2020-12) of a policy file.
func PolicySchema() []byte { return bytes.Clone(policySchema) }

// Error tells what is wrong in a policy file, and what would be right.
type Error proposals.FileError

// Error returns one line without the name of the file.
func (e *Error) Error() string { return (*proposals.FileError)(e).Error() }

// In returns e with the name of the file.
func (e *Error) In(file string) error { return (*proposals.FileError)(e).In(file) }

// Errors are what is wrong in a policy file, in the order of its lines.
type Errors []*Error

// Error returns a line for each.
func (e Errors) Error() string {
	var lines []string
	for _, one := range e {
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

// add takes in err, which is nil, an [*Error] or [Errors].
func (e *Errors) add(err error) {
	switch err := err.(type) {
	case *Error:
		*e = append(*e, err)
	case Errors:
		*e = append(*e, err...)
	}
}

// err returns e as an error, which is nil if e is empty.
func (e Errors) err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// maxPolicy bounds a policy file, in octets, maxRules its rules, and maxErrors
// how much of what is wrong is told.
const (
	maxPolicy = 1 << 20
	maxRules  = 1000
	maxErrors = 10
)

// ParsePolicy reads a policy file, which is YAML. Nothing is guessed: keys that
// are not known, keywords that are none and demands without a list are errors.
// The error is of type [Errors] and tells of all that is wrong, the first ten
// if it is more.
func ParsePolicy(data []byte) (Policy, error) {
	p, err := parsePolicy(data)
	var all Errors
	all.add(err)
	if len(all) == 0 {
		return p, nil
	}
	slices.SortStableFunc(all, func(a, b *Error) int { return cmp.Compare(a.Line, b.Line) })
	if more := len(all) - maxErrors; more > 0 {
		all = append(all[:maxErrors], &Error{Problem: fmt.Sprintf("there is more that is wrong, in %d places", more)})
	}
	return Policy{}, all
}

func parsePolicy(data []byte) (Policy, error) {
	if len(data) > maxPolicy {
		return Policy{}, &Error{Problem: fmt.Sprintf("it has %d octets, more than the %d of a policy", len(data), maxPolicy)}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var root, second yaml.Node
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) {
		return Policy{}, &Error{Problem: "it is empty: a policy has name, title and rules"}
	} else if err != nil {
		return Policy{}, yamlError(err)
	}
	if err := decoder.Decode(&second); err == nil {
		return Policy{}, &Error{Line: second.Line, Problem: "begins a second document: a file holds one policy"}
	} else if !errors.Is(err, io.EOF) {
		return Policy{}, yamlError(err)
	}
	var p Policy
	var rules *yaml.Node
	top := &root
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		top = root.Content[0]
	}
	var faults Errors
	faults.add(mapping(top, "a policy", []key{
		{"name", required, func(n *yaml.Node) error { return word(n, &p.Name) }},
		{"title", required, func(n *yaml.Node) error { return line(n, &p.Title) }},
		{"source", optional, func(n *yaml.Node) error { return line(n, &p.Source) }},
		{"date", optional, func(n *yaml.Node) error { return line(n, &p.Date) }},
		{"about", optional, func(n *yaml.Node) error { return line(n, &p.About) }},
		{"rules", required, func(n *yaml.Node) error { rules = n; return nil }},
	}))
	switch {
	case p.Name == "" && p.Title == "" && rules == nil:
		return p, faults[:1].err() // it is something else
	case rules == nil:
		return p, faults.err()
	case rules.Kind != yaml.SequenceNode || len(rules.Content) == 0 || len(rules.Content) > maxRules:
		faults.add(&Error{rules.Line, "rules", fmt.Sprintf("is a list of 1 to %d rules, each beginning with -", maxRules)})
		return p, faults.err()
	}
	for _, n := range rules.Content {
		r, err := parseRule(n)
		faults.add(err)
		if r.ID != "" && slices.ContainsFunc(p.Rules, func(o Rule) bool { return o.ID == r.ID }) {
			faults.add(&Error{n.Line, r.ID, "is the id of an earlier rule, too: give each its own"})
		}
		p.Rules = append(p.Rules, r)
	}
	return p, faults.err()
}

func parseRule(n *yaml.Node) (Rule, error) {
	var (
		faults Errors
		r      Rule
		is     ruleKeys
		keep   = func(into **yaml.Node) func(*yaml.Node) error {
			return func(n *yaml.Node) error { *into = n; return nil }
		}
	)
	faults.add(mapping(n, "a rule", []key{
		{"id", required, func(n *yaml.Node) error { return word(n, &r.ID) }},
		{"demand", optional, keep(&is.demand)},
		{"aspect", optional, keep(&is.aspect)},
		{"algorithms", optional, keep(&is.algorithms)},
		{"suites", optional, keep(&is.suites)},
		{"not_observable", optional, func(n *yaml.Node) error { return line(n, &r.NotObservable) }},
		{"severity", optional, func(n *yaml.Node) error { return severity(n, &r.Severity) }},
		{"why", required, func(n *yaml.Node) error { return line(n, &r.Why) }},
		{"ref", optional, func(n *yaml.Node) error { return line(n, &r.Ref) }},
		{"unverified", optional, func(n *yaml.Node) error { return line(n, &r.Unverified) }},
	}))
	// A key that was misspelt is not missed, too.
	missed := len(faults) == 0
	if r.NotObservable != "" {
		faults.add(is.mustBeNone(&r))
		if r.Severity == "" {
			r.Severity = Info
		}
		return r, faults.err()
	}
	faults.add(is.readDemand(n, &r, missed))
	if r.Severity == "" && missed {
		faults.add(&Error{n.Line, r.ID, "has no severity: write critical, high, medium, low or info"})
	}
	faults.add(is.readSubject(n, &r, missed))
	return r, faults.err()
}

// ruleKeys are the keys of a rule that depend on one another; nil for those
// that are not there.
type ruleKeys struct{ demand, aspect, algorithms, suites *yaml.Node }

func severity(n *yaml.Node, into *Severity) error {
	if err := line(n, (*string)(into)); err != nil {
		return err
	}
	if into.Rank() > Info.Rank() {
		return &Error{n.Line, string(*into), "is no severity: write critical, high, medium, low or info"}
	}
	return nil
}

// mustBeNone refuses the keys that a rule without observation has no use for.
func (is ruleKeys) mustBeNone(r *Rule) error {
	var faults Errors
	for _, k := range []struct {
		n    *yaml.Node
		name string
	}{{is.demand, "demand"}, {is.aspect, "aspect"}, {is.algorithms, "algorithms"}, {is.suites, "suites"}} {
		if k.n != nil {
			faults.add(&Error{k.n.Line, r.ID, "is not observable, and so takes no " + k.name})
		}
	}
	return faults.err()
}

func (is ruleKeys) readDemand(n *yaml.Node, r *Rule, missed bool) (err error) {
	switch {
	case is.demand != nil:
		r.Demand, err = oneOf(is.demand, demands, "demand")
	case missed:
		err = &Error{n.Line, r.ID, "has no demand: write demand: " + wordList(demands) + "; or not_observable: and what it asks for"}
	}
	return err
}

// readSubject reads what the rule is about: algorithms of an aspect, or suites.
func (is ruleKeys) readSubject(n *yaml.Node, r *Rule, missed bool) (err error) {
	switch {
	case is.suites != nil && (is.aspect != nil || is.algorithms != nil):
		return &Error{n.Line, r.ID, "has suites, which do not go with aspect and algorithms"}
	case is.suites != nil && r.Demand == InEverySuite:
		return &Error{n.Line, r.ID, "has suites, for which in_every_suite means nothing: write allowed"}
	case is.suites != nil:
		r.Suites, err = parseSuites(is.suites)
	case is.aspect != nil && is.algorithms != nil:
		if r.Aspect, err = oneOf(is.aspect, aspects, "aspect"); err == nil {
			r.Algorithms, err = parseAlgorithms(is.algorithms, r.Aspect)
		}
	case missed:
		return &Error{n.Line, r.ID, "says not what it is about: write aspect: and algorithms:, or suites:"}
	}
	return err
}

func parseAlgorithms(n *yaml.Node, aspect Aspect) ([]proposals.Algorithm, error) {
	var out []proposals.Algorithm
	want := aspect.Axes()[0]
	if want >= proposals.ADDKE1 {
		want = proposals.KE
	}
	err := items(n, "algorithms", "keywords such as aes256gcm16, ecp384 or ke_1035", func(n *yaml.Node) error {
		a, err := proposals.ParseAlgorithm(n.Value)
		var syntax *proposals.SyntaxError
		switch {
		case errors.As(err, &syntax):
			problem := syntax.Problem
			if len(syntax.Nearest) > 0 {
				problem += "; did you mean " + wordList(syntax.Nearest) + "?"
			}
			return &Error{n.Line, n.Value, problem}
		case err != nil:
			return &Error{n.Line, n.Value, err.Error()}
		case a.Axis != want || a.IsNone() || a.Axis == proposals.KE && a.ID == 0:
			return &Error{n.Line, n.Value, fmt.Sprintf("is no algorithm of the aspect %s, where %s stands for one", string(aspect), example[want])}
		case slices.Contains(out, a):
			return &Error{n.Line, n.Value, "is in the list already"}
		}
		out = append(out, a)
		return nil
	})
	return out, err
}

var example = map[proposals.Axis]string{
	proposals.ENCR: "aes256gcm16", proposals.PRF: "prfsha384", proposals.INTEG: "sha384", proposals.KE: "ecp384",
}

func parseSuites(n *yaml.Node) ([]proposals.Product, error) {
	var out []proposals.Product
	err := items(n, "suites", "proposals such as aes256gcm16-prfsha384-ecp384", func(n *yaml.Node) error {
		p, err := proposals.ParseProduct(n.Value)
		if err != nil {
			return &Error{Line: n.Line, Problem: err.Error()} // which quotes the token
		}
		out = append(out, p)
		return nil
	})
	return out, err
}

// key is one of a mapping.
type key struct {
	name     string
	required bool
	read     func(*yaml.Node) error
}

const (
	required = true
	optional = false
)

// mapping reads n, which is a mapping of these keys and no others.
func mapping(n *yaml.Node, what string, keys []key) error {
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	list := strings.Join(names, ", ")
	if n.Kind != yaml.MappingNode {
		return &Error{Line: n.Line, Problem: what + " is written as lines of key: value, with the keys " + list}
	}
	var faults Errors
	seen := map[string]bool{}
	misspelt := false // a key, which is then not missed, too
	for i := 0; i+1 < len(n.Content); i += 2 {
		at := slices.IndexFunc(keys, func(k key) bool {
			return n.Content[i].Kind == yaml.ScalarNode && k.name == n.Content[i].Value
		})
		switch {
		case at < 0:
			misspelt = true
			faults.add(&Error{n.Content[i].Line, n.Content[i].Value, "is no key of " + what + ": they are " + list})
		case seen[keys[at].name]:
			faults.add(&Error{n.Content[i].Line, keys[at].name, "is there twice"})
		default:
			seen[keys[at].name] = true
			faults.add(keys[at].read(n.Content[i+1]))
		}
	}
	for _, k := range keys {
		if k.required && !seen[k.name] && !misspelt {
			faults.add(&Error{n.Line, "", fmt.Sprintf("%s needs the key %s", what, k.name)})
		}
	}
	return faults.err()
}

// items reads a list of scalars, which is not empty.
func items(n *yaml.Node, name, of string, read func(*yaml.Node) error) error {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return &Error{n.Line, name, "is a list of " + of}
	}
	var faults Errors
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode {
			faults.add(&Error{c.Line, name, "is a list of " + of})
			continue
		}
		faults.add(read(c))
	}
	return faults.err()
}

// line reads a text, whose line breaks are as good as spaces.
func line(n *yaml.Node, into *string) error {
	if n.Kind != yaml.ScalarNode {
		return &Error{Line: n.Line, Problem: "a text is wanted here, in quotes if it holds a colon"}
	}
	text := strings.Join(strings.Fields(n.Value), " ")
	if text == "" {
		return &Error{Line: n.Line, Problem: "a text is wanted here, and it is empty"}
	}
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return &Error{n.Line, text, "holds characters that do not print"}
	}
	*into = text
	return nil
}

var wordPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

func word(n *yaml.Node, into *string) error {
	if err := line(n, into); err != nil {
		return err
	}
	if !wordPattern.MatchString(*into) {
		return &Error{n.Line, *into, "is no name: write up to 64 of a to z, 0 to 9, dot, hyphen and underscore"}
	}
	return nil
}

func oneOf[W ~string](n *yaml.Node, words []W, what string) (W, error) {
	if n.Kind == yaml.ScalarNode && slices.Contains(words, W(n.Value)) {
		return W(n.Value), nil
	}
	return "", &Error{n.Line, n.Value, "is no " + what + ": write " + wordList(words)}
}

func wordList[W ~string](words []W) string {
	var out []string
	for _, w := range words {
		out = append(out, string(w))
	}
	n := len(out) - 1
	return strings.TrimPrefix(strings.Join(out[:n], ", ")+" or "+out[n], " or ")
}

var yamlLine = regexp.MustCompile(`^line (\d+): `)

// yamlError puts an error of the library into our form.
func yamlError(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	out := &Error{}
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		out.Line, _ = strconv.Atoi(m[1]) // digits
		text = text[len(m[0]):]
	}
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		text = strconv.Quote(text)
	}
	out.Problem = "it is no YAML: " + text
	return out
}

// policyFile and ruleFile are a policy as its file has it.
type policyFile struct {
	Name   string     `yaml:"name" json:"name"`
	Title  string     `yaml:"title" json:"title"`
	Source string     `yaml:"source,omitempty" json:"source,omitempty"`
	Date   string     `yaml:"date,omitempty" json:"date,omitempty"`
	About  string     `yaml:"about,omitempty" json:"about,omitempty"`
	Rules  []ruleFile `yaml:"rules" json:"rules"`
}

type ruleFile struct {
	ID            string   `yaml:"id" json:"id"`
	Demand        Demand   `yaml:"demand,omitempty" json:"demand,omitempty"`
	Aspect        Aspect   `yaml:"aspect,omitempty" json:"aspect,omitempty"`
	Algorithms    []string `yaml:"algorithms,omitempty" json:"algorithms,omitempty"`
	Suites        []string `yaml:"suites,omitempty" json:"suites,omitempty"`
	NotObservable string   `yaml:"not_observable,omitempty" json:"not_observable,omitempty"`
	Severity      Severity `yaml:"severity,omitempty" json:"severity,omitempty"`
	Why           string   `yaml:"why" json:"why"`
	Ref           string   `yaml:"ref,omitempty" json:"ref,omitempty"`
	Unverified    string   `yaml:"unverified,omitempty" json:"unverified,omitempty"`
}

func (p Policy) file() policyFile {
	f := policyFile{Name: p.Name, Title: p.Title, Source: p.Source, Date: p.Date, About: p.About}
	for _, r := range p.Rules {
		out := ruleFile{
			ID: r.ID, Demand: r.Demand, Aspect: r.Aspect, NotObservable: r.NotObservable,
			Severity: r.Severity, Why: r.Why, Ref: r.Ref, Unverified: r.Unverified,
		}
		for _, a := range r.Algorithms {
			out.Algorithms = append(out.Algorithms, a.Keyword())
		}
		for _, s := range r.Suites {
			out.Suites = append(out.Suites, s.String())
		}
		f.Rules = append(f.Rules, out)
	}
	return f
}

// MarshalJSON writes p with the keys of a policy file.
func (p Policy) MarshalJSON() ([]byte, error) { return json.Marshal(p.file()) }

// YAML returns p as a policy file, which [ParsePolicy] reads.
func (p Policy) YAML() ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(p.file()); err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	return b.Bytes(), nil
}
