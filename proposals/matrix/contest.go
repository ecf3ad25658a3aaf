package matrix

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// Contest gives up what m says is refused of a product: answers that the planner
// did not have took it. It is undecided from now on, by the exchanges of evidence,
// and m not proven. The error is that of sets that are too much to compare; then
// m is as it was.
func (m *Matrix) Contest(p proposals.Product, evidence []int) error {
	parts, err := m.refusedOf(p)
	if err != nil {
		return err
	}
	for _, part := range parts {
		n := part.Size()
		m.Undecided = append(m.Undecided, UndecidedRegion{part, NoAnswer, slices.Clone(evidence)})
		m.NoAnswer += n
		m.Refused -= n
		m.Proven = false
	}
	return nil
}

// Admit has a suite of the universe that m says is refused accepted, by the
// exchanges of evidence, and m not proven: another gateway at the address took it.
// The error is that of Contest.
func (m *Matrix) Admit(s proposals.Suite, evidence []int) error {
	parts, err := m.refusedOf(s.Product())
	if err != nil || len(parts) == 0 {
		return err
	}
	m.Products = append(m.Products, Region{Product: s.Product(), Basis: Observed, Samples: 1, Evidence: slices.Clone(evidence)})
	m.observed[s] = slices.Clone(evidence)
	m.Accepted++
	m.Refused--
	m.Proven = false
	return nil
}

// refusedOf returns what m says is refused of p, as products that do not overlap.
func (m *Matrix) refusedOf(p proposals.Product) ([]proposals.Product, error) {
	parts, err := Intersection([]proposals.Product{p}, m.Asked)
	if err != nil {
		return nil, err
	}
	var others []proposals.Product
	for _, r := range m.Products {
		others = append(others, r.Product)
	}
	for _, u := range m.Undecided {
		others = append(others, u.Product)
	}
	return Difference(parts, others)
}
