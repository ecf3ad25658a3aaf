package assess

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// successors are what the gateway accepts, or should, in place of what is weak.
// What it should accept is what the remedies of clients name, so that findings,
// comparisons and remedies give the same advice.
type successors struct {
	predictor
	clients []client.Policy
	// anything: whatever the clients need is named, else only what is advised in
	// general, since nobody knows whether any of these clients is in use.
	anything bool
	found    bool
	suites   []proposals.Suite // of the remedies, once found
}

// successorsOf looks at the remedies of those clients that are known to be in use
// or, if none is, of the well-known ones.
func (c predictor) successorsOf(inUse []client.Policy) *successors {
	if len(inUse) > 0 {
		return &successors{predictor: c, clients: inUse, anything: true}
	}
	return &successors{predictor: c, clients: c.others}
}

// remedied returns the sound suites that changes of the gateway let in.
func (s *successors) remedied() []proposals.Suite {
	if s.found {
		return s.suites
	}
	s.found = true
	for i, got := range s.verdicts(s.clients) {
		if !mendable(got) {
			continue
		}
		for _, r := range s.remedies(s.clients[i], got, nil) {
			if r.Side == remedy.GatewaySide && len(r.Lines) > 0 && baseline.SuiteSoundness(r.Suite) == baseline.Sound {
				s.suites = append(s.suites, r.Suite)
			}
		}
	}
	return s.suites
}

// accepted says what the gateway accepts in place of what is weak on axis: sound
// algorithms or, for integrity, the AEAD ciphers, which need none. It is "" where
// nothing is.
func (s *successors) accepted(axis proposals.Axis) string {
	sound := func(list []proposals.Algorithm) []string {
		list = slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool { return baseline.Soundness(a) < baseline.Sound })
		slices.SortStableFunc(list, preferredFirst)
		return lists.Convert(list[:min(len(list), mostProducts)], proposals.Algorithm.Keyword)
	}
	ready := sound(s.AcceptedOn(axis))
	if len(ready) > 0 {
		return english.List(ready, "and") + " already"
	}
	ready = sound(slices.DeleteFunc(s.AcceptedOn(proposals.ENCR), func(a proposals.Algorithm) bool { return !a.AEAD() }))
	switch {
	case axis != proposals.INTEG || len(ready) == 0:
		return ""
	case len(ready) == 1:
		return ready[0] + " already, which needs none"
	}
	return english.List(ready, "and") + " already, which need none"
}

// toAdd names what the gateway should accept in place of all that is weak on axis.
func (s *successors) toAdd(axis proposals.Axis) string {
	advised := baseline.Advised(axis)
	var add, ciphers []proposals.Algorithm
	for _, suite := range s.remedied() {
		switch a := suite[axis]; {
		case axis == proposals.INTEG && a.IsNone():
			ciphers = addAll(ciphers, []proposals.Algorithm{suite[proposals.ENCR]})
		case s.anything || slices.Contains(advised, a):
			add = addAll(add, []proposals.Algorithm{a})
		}
	}
	if len(add) == 0 && len(ciphers) == 0 {
		add = advised[:min(len(advised), mostProducts)]
	}
	slices.SortStableFunc(add, preferredFirst)
	slices.SortStableFunc(ciphers, preferredFirst)
	words := lists.Convert(add, proposals.Algorithm.Keyword)
	for _, a := range ciphers {
		words = append(words, a.Keyword()+" (which needs none)")
	}
	return english.List(words, "or")
}

func preferredFirst(a, b proposals.Algorithm) int { return baseline.Prefer(b, a) }
