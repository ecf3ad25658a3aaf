package baseline

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/yamlfile"
)

//go:embed policy-schema.json
var policySchema []byte

// PolicySchema returns the JSON Schema (draft 2020-12) of a policy file.
func PolicySchema() []byte { return bytes.Clone(policySchema) }

// maxPolicy bounds a policy file, in octets, maxRules its rules, and maxErrors
// how much of what is wrong is reported.
const (
	maxPolicy = 1 << 20
	maxRules  = 1000
	maxErrors = 10
)

// ParsePolicy reads a policy file, which is YAML. Nothing is guessed: keys that
// are not known, keywords that are none and demands without a list are errors.
// The error is of type [Errors] and lists all that is wrong, the first ten
// if it is more.
func ParsePolicy(data []byte) (Policy, error) {
	p, err := parsePolicy(data)
	var all Errors
	all.add(err)
	if len(all) == 0 {
		return p, nil
	}
	slices.SortStableFunc(all, func(a, b *proposals.FileError) int { return cmp.Compare(a.Line, b.Line) })
	if more := len(all) - maxErrors; more > 0 {
		all = append(all[:maxErrors], fault(0, "", fmt.Sprintf("there are %d more errors", more)))
	}
	return Policy{}, all
}

func parsePolicy(data []byte) (Policy, error) {
	if len(data) > maxPolicy {
		return Policy{}, fault(0, "", fmt.Sprintf("it has %d octets, more than the %d of a policy", len(data), maxPolicy))
	}
	top, err := yamlfile.Top(data)
	if err != nil {
		return Policy{}, yamlError(err)
	}
	var p Policy
	var rules *yaml.Node
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
		faults.add(fault(rules.Line, "rules", fmt.Sprintf("is a list of 1 to %d rules, each beginning with -", maxRules)))
		return p, faults.err()
	}
	for _, n := range rules.Content {
		r, err := parseRule(n)
		faults.add(err)
		if r.ID != "" && slices.ContainsFunc(p.Rules, func(o Rule) bool { return o.ID == r.ID }) {
			faults.add(fault(n.Line, r.ID, "is also the id of an earlier rule: give each rule its own"))
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
		faults.add(fault(n.Line, r.ID, "has no severity: write critical, high, medium, low or info"))
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
		return fault(n.Line, string(*into), "is not a severity: write critical, high, medium, low or info")
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
			faults.add(fault(k.n.Line, r.ID, "is not observable, so it cannot have "+k.name))
		}
	}
	return faults.err()
}

func (is ruleKeys) readDemand(n *yaml.Node, r *Rule, missed bool) (err error) {
	switch {
	case is.demand != nil:
		r.Demand, err = oneOf(is.demand, demands, "a demand")
	case missed:
		err = fault(n.Line, r.ID, "has no demand: write demand: "+english.List(demands, "or")+"; or not_observable: and what it asks for")
	}
	return err
}

// readSubject reads what the rule is about: algorithms of an aspect, or suites.
func (is ruleKeys) readSubject(n *yaml.Node, r *Rule, missed bool) (err error) {
	switch {
	case is.suites != nil && (is.aspect != nil || is.algorithms != nil):
		return fault(n.Line, r.ID, "has suites, which cannot be combined with aspect and algorithms")
	case is.suites != nil && r.Demand == InEverySuite:
		return fault(n.Line, r.ID, "has suites, for which in_every_suite has no meaning: write allowed")
	case is.suites != nil:
		r.Suites, err = parseSuites(is.suites)
	case is.aspect != nil && is.algorithms != nil:
		if r.Aspect, err = oneOf(is.aspect, aspects, "an aspect"); err == nil {
			r.Algorithms, err = parseAlgorithms(is.algorithms, r.Aspect)
		}
	case missed:
		return fault(n.Line, r.ID, "does not say what it is about: write aspect: and algorithms:, or suites:")
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
				problem += "; did you mean " + english.List(syntax.Nearest, "or") + "?"
			}
			return fault(n.Line, n.Value, problem)
		case err != nil:
			return fault(n.Line, n.Value, err.Error())
		case a.Axis != want || a.IsNone() || a.Axis == proposals.KE && a.ID == 0:
			return fault(n.Line, n.Value, fmt.Sprintf("is not an algorithm of the aspect %s, such as %s", string(aspect), example[want]))
		case slices.Contains(out, a):
			return fault(n.Line, n.Value, "is already in the list")
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
			return fault(n.Line, "", err.Error()) // which quotes the token
		}
		out = append(out, p)
		return nil
	})
	return out, err
}
