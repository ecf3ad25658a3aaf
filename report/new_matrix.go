package report

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/internal/lists"
)

func newMatrix(m *matrix.Matrix) *Matrix {
	out := &Matrix{
		Counts:         Counts{m.Universe, m.Accepted, m.Refused, m.NoAnswer + m.NotTested},
		Proven:         m.Proven,
		Products:       []AcceptedSuites{},
		Undecided:      []UndecidedSuites{},
		Contradictions: lists.Convert(m.Contradictions, proposals.Suite.String),
		Asked:          lists.Convert(m.Asked, proposals.Product.String),
	}
	slices.Sort(out.Contradictions)
	var accepted []proposals.Product
	for _, r := range m.Products {
		accepted = append(accepted, r.Product)
		out.Products = append(out.Products, AcceptedSuites{
			Suites:   newSuites(r.Product),
			Basis:    Basis(r.Basis.String()),
			Samples:  r.Samples,
			Evidence: lists.Sorted(r.Evidence),
		})
	}
	var undecided []proposals.Product
	for _, u := range m.Undecided {
		undecided = append(undecided, u.Product)
		out.Undecided = append(out.Undecided, UndecidedSuites{
			State:    State(u.State.String()),
			Suites:   u.Product.String(),
			Count:    u.Product.Size(),
			Evidence: lists.Sorted(u.Evidence),
		})
	}
	c := Counts{Universe: countClassical(m.Asked), Accepted: countClassical(accepted), Unknown: countClassical(undecided)}
	c.Refused = c.Universe - c.Accepted - c.Unknown
	out.Classical = c
	out.Hybrid = Counts{m.Universe - c.Universe, m.Accepted - c.Accepted, m.Refused - c.Refused, out.Unknown - c.Unknown}
	return out
}

// countClassical returns the number of suites in products, which may overlap,
// that have no additional key exchange.
func countClassical(products []proposals.Product) int64 {
	var parts []proposals.Product
	for _, p := range products {
		if part, ok := classicalPart(p); ok {
			parts = append(parts, part)
		}
	}
	u, err := matrix.NewUniverse(parts...)
	if err != nil {
		// Parts of a universe fit into one.
		panic("report: internal error: " + err.Error())
	}
	return u.Size()
}

// newSuites returns p with its lists by number.
func newSuites(p proposals.Product) Suites {
	for axis, list := range p {
		p[axis] = slices.SortedFunc(slices.Values(list), func(a, b proposals.Algorithm) int {
			return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.KeyBits, b.KeyBits))
		})
	}
	return suitesInOrder(p)
}

// suitesInOrder returns p with its lists as they are.
func suitesInOrder(p proposals.Product) Suites {
	list := func(axis proposals.Axis) []Algorithm { return lists.Convert(p[axis], newAlgorithm) }
	s := Suites{
		ENCR:  list(proposals.ENCR),
		PRF:   list(proposals.PRF),
		INTEG: list(proposals.INTEG),
		KE:    list(proposals.KE),
		ADDKE: [][]Algorithm{},
	}
	last := proposals.KE
	for axis := proposals.ADDKE1; axis < proposals.NumAxes; axis++ {
		if len(p[axis]) > 0 {
			last = axis
		}
	}
	for axis := proposals.ADDKE1; axis <= last; axis++ {
		methods := list(axis)
		if len(methods) == 0 {
			methods = append(methods, newAlgorithm(proposals.None(axis)))
		}
		s.ADDKE = append(s.ADDKE, methods)
	}
	return s
}

func newAlgorithm(a proposals.Algorithm) Algorithm {
	return Algorithm{ID: a.ID, KeyBits: a.KeyBits, Name: a.Name(), Keyword: a.Keyword()}
}

func method(m ike.KeyExchangeMethod) Algorithm {
	return newAlgorithm(proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)})
}

// methodKeyword returns the keyword of m, or "" for none.
func methodKeyword(m ike.KeyExchangeMethod) string {
	if m == ike.KE_NONE {
		return ""
	}
	return method(m).Keyword
}
