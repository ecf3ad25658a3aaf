package findings

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/explain"
)

// layers are those of what findings are about; none for the others.
var layers = map[report.Subject]explain.Layer{
	report.AboutPath: explain.Network, report.AboutIKE: explain.Negotiation, report.AboutIdentity: explain.Identity, report.AboutClient: explain.Client,
}

// Explain returns what input means: the page of an ID, or what package explain knows of
// it. An error names the nearest known words.
func Explain(input string) ([]explain.Explanation, error) {
	word := strings.TrimSpace(input)
	p, ok := Of(word)
	switch known := explain.Known(word); {
	case ok && !known:
		return []explain.Explanation{p.explanation(word)}, nil
	case ok && p.has(word):
		found, err := explain.Explain(input)
		return append(found, p.explanation(word)), err
	}
	found, err := explain.Explain(input)
	if err != nil && !strings.ContainsAny(word, " \n") {
		for _, spelled := range []string{strings.ToUpper(word), strings.ToLower(word)} {
			if near := proposals.Nearest(spelled, IDs()); len(near) > 0 {
				return nil, fmt.Errorf("%q is not known; did you mean %s?", word, english.List(near, "or"))
			}
		}
	}
	return found, err
}

// Known reports whether word is an ID with a page, or a code or name that package explain
// knows. The words of verdicts, which may name files as well, are not.
func Known(word string) bool {
	_, ok := Of(strings.TrimSpace(word))
	return ok && strings.Contains(word, "-") || explain.Known(word)
}

// Words returns what Explain knows.
func Words() []string { return append(explain.Words(), IDs()...) }

// explanation is the page as that of one of its IDs.
func (p Page) explanation(input string) explain.Explanation {
	id := p.IDs[0]
	for _, other := range p.IDs {
		if strings.EqualFold(other, input) {
			id = other
		}
	}
	layer, ok := layers[report.Finding{ID: id}.About()]
	if !ok {
		layer = explain.NoFailure
	}
	return explain.Explanation{
		Input: input, ID: id, Title: strings.TrimSuffix(id+": "+p.Title, ": "), Layer: layer,
		Meaning: []string{p.Seen}, Why: p.Why, Change: p.Change, Wrong: p.Wrong,
		Causes: []string{}, Checks: []explain.Check{}, Server: []string{}, Refs: append([]string{}, p.Refs...),
	}
}
