package report

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// AlgorithmOf returns a as documents hold it.
func AlgorithmOf(a proposals.Algorithm) Algorithm {
	return Algorithm{ID: a.ID, KeyBits: a.KeyBits, Name: a.Name(), Keyword: a.Keyword()}
}

// MethodOf returns a key exchange method as documents hold it.
func MethodOf(m ike.KeyExchangeMethod) Algorithm {
	return AlgorithmOf(proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)})
}

// MethodLabel returns the short name of a key exchange method, such as
// "MODP_2048".
func MethodLabel(a Algorithm) string {
	return proposals.Algorithm{Axis: proposals.KE, ID: a.ID}.Label()
}

// SuitesOf returns the suites of p, its lists in the order of IANA's numbers.
func SuitesOf(p proposals.Product) Suites {
	for axis, list := range p {
		p[axis] = slices.SortedFunc(slices.Values(list), func(a, b proposals.Algorithm) int {
			return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.KeyBits, b.KeyBits))
		})
	}
	return SuitesInOrder(p)
}

// SuitesInOrder returns the suites of p, its lists in the order of p.
func SuitesInOrder(p proposals.Product) Suites {
	list := func(axis proposals.Axis) []Algorithm { return lists.Convert(p[axis], AlgorithmOf) }
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
			methods = append(methods, AlgorithmOf(proposals.None(axis)))
		}
		s.ADDKE = append(s.ADDKE, methods)
	}
	return s
}

// Product returns s as the rest of the program knows it.
func (s Suites) Product() proposals.Product {
	var p proposals.Product
	for axis, list := range map[proposals.Axis][]Algorithm{
		proposals.ENCR: s.ENCR, proposals.PRF: s.PRF, proposals.INTEG: s.INTEG, proposals.KE: s.KE,
	} {
		p[axis] = OnAxis(axis, list)
	}
	for i, list := range s.ADDKE {
		if axis := proposals.ADDKE1 + proposals.Axis(i); axis < proposals.NumAxes {
			p[axis] = OnAxis(axis, list)
		}
	}
	return p
}

// OnAxis returns the algorithms of list, all of which are of axis.
func OnAxis(axis proposals.Axis, list []Algorithm) []proposals.Algorithm {
	var out []proposals.Algorithm
	for _, a := range list {
		out = append(out, proposals.Algorithm{Axis: axis, ID: a.ID, KeyBits: a.KeyBits})
	}
	return out
}

// LengthsOf returns n, by axis, with as many axes of additional key exchanges as
// addke says.
func LengthsOf(n [proposals.NumAxes]int, addke int) Lengths {
	l := Lengths{ENCR: n[proposals.ENCR], PRF: n[proposals.PRF], INTEG: n[proposals.INTEG], KE: n[proposals.KE], ADDKE: []int{}}
	l.ADDKE = append(l.ADDKE, n[proposals.ADDKE1:][:addke]...)
	return l
}

// Within returns l by axis, none longer than the list of p.
func (l Lengths) Within(p proposals.Product) (n [proposals.NumAxes]int) {
	n[proposals.ENCR], n[proposals.PRF], n[proposals.INTEG], n[proposals.KE] = l.ENCR, l.PRF, l.INTEG, l.KE
	copy(n[proposals.ADDKE1:], l.ADDKE)
	for axis, list := range p {
		n[axis] = min(max(n[axis], 0), len(list))
	}
	return n
}
