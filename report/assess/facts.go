package assess

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
)

// Facts is a target's matrix and exchanges, read back from the document.
type Facts struct {
	Asked, Accepted, Undecided []proposals.Product
	exchanges                  []exchangeFacts
}

type exchangeFacts struct {
	id      int
	outcome report.Outcome
	offer   []proposals.Product
	suite   []proposals.Product // of an accepted answer: one product of one suite
	group   string
}

// FactsOf reads t, which must have a matrix. Keywords that do not parse, which
// a document of this package does not have, are left out: what they say is not
// known, and so no refusal.
func FactsOf(t *report.Target) Facts {
	var f Facts
	for _, s := range t.Matrix.Asked {
		f.Asked = append(f.Asked, ParseKeywords(s)...)
	}
	for _, p := range t.Matrix.Products {
		f.Accepted = append(f.Accepted, p.Product())
	}
	for _, u := range t.Matrix.Undecided {
		open := ParseKeywords(u.Suites)
		if len(open) == 0 {
			// It may be any of what was asked about.
			f.Undecided = f.Asked
			break
		}
		f.Undecided = append(f.Undecided, open...)
	}
	for _, e := range t.Exchanges {
		if e.Offer != "" {
			f.exchanges = append(f.exchanges, exchangeFacts{e.ID, e.Outcome, ParseKeywords(e.Offer), ParseKeywords(e.Suite), e.Group})
		}
	}
	return f
}

// maxKeywords bounds what is parsed, in octets: a document may come from
// anywhere, and an offer of a datagram has far less.
const maxKeywords = 1 << 16

func ParseKeywords(keywords string) []proposals.Product {
	if keywords == "" || len(keywords) > maxKeywords {
		return nil
	}
	products, err := proposals.ParseProducts(keywords)
	if err != nil {
		return nil
	}
	return products
}

// askedAllClassical reports whether every classical suite was asked about.
func (f Facts) askedAllClassical() bool {
	var asked int64
	for _, p := range f.Asked { // they do not overlap
		if c, ok := ClassicalPart(p); ok {
			asked += c.Size()
		}
	}
	return asked == matrix.Classical().Size()
}

// askedAllInUse reports whether every classical suite of algorithms that are in
// use was asked about.
func (f Facts) askedAllInUse() bool {
	var inUse []proposals.Product
	for _, p := range matrix.Quick().Products() {
		if p, ok := ClassicalPart(p); ok {
			inUse = append(inUse, p)
		}
	}
	rest, err := matrix.Difference(inUse, f.Asked)
	return err == nil && len(rest) == 0
}

// State returns what is known of s: what was asked, is not accepted and not
// undecided was refused.
func (f Facts) State(s proposals.Suite) matrix.State {
	holdsSuite := func(p proposals.Product) bool { return p.Contains(s) }
	switch {
	case slices.ContainsFunc(f.Accepted, holdsSuite):
		return matrix.Accepted
	case slices.ContainsFunc(f.Undecided, holdsSuite), !slices.ContainsFunc(f.Asked, holdsSuite):
		return matrix.NotTested
	}
	return matrix.Refused
}

// Decided reports whether the suite of keywords is known to be accepted or to be
// refused.
func (f Facts) Decided(keywords string) bool {
	s, err := proposals.ParseSuite(keywords)
	return err == nil && f.State(s) != matrix.NotTested
}

// refusal returns an exchange whose offer holds s and was refused.
func (f Facts) refusal(s proposals.Suite) (id int, ok bool) {
	for _, e := range f.exchanges {
		if e.outcome == report.OutcomeNoProposalChosen &&
			slices.ContainsFunc(e.offer, func(p proposals.Product) bool { return p.Contains(s) }) {
			return e.id, true
		}
	}
	return 0, false
}

// refusals returns the exchanges with a refused offer that holds a.
func (f Facts) refusals(a proposals.Algorithm) []int {
	var ids []int
	for _, e := range f.exchanges {
		if e.outcome == report.OutcomeNoProposalChosen && anyHolds(e.offer, a) {
			ids = append(ids, e.id)
		}
	}
	return ids
}

// enoughEvidence is how many exchanges a finding names: more prove no more.
const enoughEvidence = 5

// shown returns some exchanges in which the gateway chose a itself, or took
// an offer of nothing else on the axis of a.
func (f Facts) shown(a proposals.Algorithm) []int {
	var ids []int
	for _, e := range f.exchanges {
		taken := e.outcome == report.OutcomeAccepted && anyHolds(e.suite, a)
		if e.outcome == report.OutcomeInvalidKEPayload {
			taken = a.Axis == proposals.KE && e.group == a.Keyword() || onlyOffers(e.offer, a)
		}
		if taken && len(ids) < enoughEvidence {
			ids = append(ids, e.id)
		}
	}
	return ids
}

func onlyOffers(offer []proposals.Product, a proposals.Algorithm) bool {
	for _, p := range offer {
		if len(p[a.Axis]) != 1 || p[a.Axis][0] != a {
			return false
		}
	}
	return len(offer) > 0
}

func anyHolds(products []proposals.Product, a proposals.Algorithm) bool {
	return slices.ContainsFunc(products, func(p proposals.Product) bool { return slices.Contains(p[a.Axis], a) })
}

// ClassicalPart returns the suites of p without additional key exchanges. It
// reports false if there are none.
func ClassicalPart(p proposals.Product) (proposals.Product, bool) {
	for axis := proposals.ADDKE1; axis < proposals.NumAxes; axis++ {
		if len(p[axis]) > 0 && !slices.Contains(p[axis], proposals.None(axis)) {
			return proposals.Product{}, false
		}
		p[axis] = nil
	}
	return p, true
}

// AcceptedOn returns the accepted algorithms of an axis, each once.
func (f Facts) AcceptedOn(axis proposals.Axis) []proposals.Algorithm {
	var out []proposals.Algorithm
	for _, p := range f.Accepted {
		for _, a := range p[axis] {
			if !a.IsNone() && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}
