package proposals

import "fmt"

// Suite is one algorithm of each axis, at the index of the axis: what a
// responder chooses. Suites are comparable. An axis without an algorithm holds
// [None] of that axis.
type Suite [NumAxes]Algorithm

// None returns the absence of an algorithm on a, which is one of INTEG and the
// ADDKE axes.
func None(a Axis) Algorithm { return Algorithm{Axis: a} }

// Product returns the product that holds s and nothing else.
func (s Suite) Product() Product {
	var p Product
	for i, a := range s {
		if !a.IsNone() {
			p[i] = []Algorithm{a}
		}
	}
	return p
}

// String returns s in strongSwan's notation, such as
// "aes256gcm16-prfsha384-ecp384".
func (s Suite) String() string { return s.Product().String() }

// ParseSuite reads a suite in strongSwan's notation. The error is that of
// [ParseProduct], or says that s holds more than one suite.
func ParseSuite(s string) (Suite, error) {
	p, err := ParseProduct(s)
	if err != nil {
		return Suite{}, err
	}
	suite, many := p.First()
	if many != NumAxes {
		return Suite{}, fmt.Errorf("%q is more than one suite: %d %v algorithms", s, len(p[many]), many)
	}
	return suite, nil
}

// First returns the suite of the first algorithm of each list, and the first
// axis on which there are others, or NumAxes.
func (p Product) First() (s Suite, many Axis) {
	many = NumAxes
	for i, list := range p {
		s[i] = None(Axis(i))
		if len(list) > 0 {
			s[i] = list[0]
		}
		if len(list) > 1 {
			many = min(many, Axis(i))
		}
	}
	return s, many
}
