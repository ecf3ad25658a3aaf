package spelling

import (
	"iter"
	"strings"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Target returns t with n's names in its sentences and suites, and t itself where n is
// "". What came from the wire, lines to paste and the products of the matrix stay as they
// are.
func (n Names) Target(t *report.Target) *report.Target {
	if n == "" {
		return t
	}
	all := func(list []string) []string { return lists.Convert(list, n.Text) }
	out := *t
	out.Findings = lists.Convert(t.Findings, n.Finding)
	out.Clients = lists.Convert(t.Clients, n.client)
	out.Policies = lists.Convert(t.Policies, func(p report.Policy) report.Policy {
		p.Reason = n.Text(p.Reason)
		p.Rules = lists.Convert(p.Rules, func(r report.Rule) report.Rule {
			r.Demand, r.Found, r.Why, r.Fix = n.Text(r.Demand), n.Text(r.Found), n.Text(r.Why), all(r.Fix)
			return r
		})
		return p
	})
	if t.Preference != nil {
		p := *t.Preference
		p.Suite, p.KE = n.Text(p.Suite), lists.Convert(p.KE, n.algorithm)
		out.Preference = &p
	}
	if t.PostQuantum != nil {
		p := *t.PostQuantum
		p.Methods = lists.Convert(p.Methods, n.algorithm)
		out.PostQuantum = &p
	}
	out.Exchanges = lists.Convert(t.Exchanges, func(e report.Exchange) report.Exchange {
		e.Offer, e.KE, e.Group, e.Suite = n.Text(e.Offer), n.Text(e.KE), n.Text(e.Group), n.Text(e.Suite)
		return e
	})
	out.Notes = all(t.Notes)
	return &out
}

// Finding returns f in the names of n. What it says of certificates and of failed
// scans stays as it is: it quotes names and errors that others wrote.
func (n Names) Finding(f report.Finding) report.Finding {
	if f.ID == "SCAN-ERROR" || strings.HasPrefix(f.ID, "IDENTITY-") {
		return f
	}
	all := func(list []string) []string { return lists.Convert(list, n.Text) }
	f.Title, f.Detail, f.Fix, f.Weaker = n.Text(f.Title), n.Text(f.Detail), all(f.Fix), all(f.Weaker)
	return f
}

func (n Names) client(c report.Client) report.Client {
	c.Suite, c.Candidates, c.Notes = n.Text(c.Suite), lists.Convert(c.Candidates, n.Text), lists.Convert(c.Notes, n.Text)
	c.Missing = lists.Convert(c.Missing, func(m report.Missing) report.Missing {
		m.Text = n.Text(m.Text)
		return m
	})
	if c.Weak != nil {
		w := *c.Weak
		w.Algorithms, w.Better = lists.Convert(w.Algorithms, n.Text), n.Text(w.Better)
		c.Weak = &w
	}
	if c.Fix != nil {
		f := *c.Fix
		f.Suite, f.Weaker = n.Text(f.Suite), lists.Convert(f.Weaker, n.Text)
		c.Fix = &f
	}
	return c
}

// algorithm has n's name as its keyword.
func (n Names) algorithm(a report.Algorithm) report.Algorithm {
	a.Keyword = n.Text(a.Keyword)
	return a
}

// Gate returns g with n's names in its reason, and g itself where n is "", or where the
// reason names the rules of a policy, whose IDs may look like algorithms.
func (n Names) Gate(g report.Gate) report.Gate {
	if n != "" && g.Kind != report.PolicyGate {
		g.Reason = n.Text(g.Reason)
	}
	return g
}

// Source returns doc with n's names, and doc itself where n is "".
func (n Names) Source(doc report.Source) report.Source {
	if n == "" {
		return doc
	}
	return named{doc, n}
}

// named is a report whose targets and gates have other names.
type named struct {
	report.Source
	names Names
}

func (d named) At(i int) (*report.Target, error) {
	t, err := d.Source.At(i)
	if err != nil {
		return nil, err
	}
	return d.names.Target(t), nil
}

func (d named) EachGate() iter.Seq2[report.Gate, error] {
	return func(yield func(report.Gate, error) bool) {
		for g, err := range d.Source.EachGate() {
			if !yield(d.names.Gate(g), err) {
				return
			}
		}
	}
}
