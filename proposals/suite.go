package proposals

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
