package baseline

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
)

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
