package proposals

import (
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
)

// Product is the set of suites that take one algorithm from each list, which
// is what one Proposal offers. The lists stand at the index of their axis, in
// order of preference, without duplicates. An empty list on INTEG or an ADDKE
// axis means none; elsewhere it makes the product empty.
type Product [NumAxes][]Algorithm

// printOrder is the order in which strongSwan's users write the axes.
var printOrder = [NumAxes]Axis{ENCR, INTEG, PRF, KE,
	ADDKE1, ADDKE2, ADDKE3, ADDKE4, ADDKE5, ADDKE6, ADDKE7}

// String returns p in strongSwan's notation, such as
// "aes128-aes256-sha256-prfsha256-x25519". What [ParseProduct] returned prints
// as a string that parses to an equal product.
func (p Product) String() string {
	var words []string
	for _, axis := range printOrder {
		if p.Absent(axis) {
			continue
		}
		for _, a := range p[axis] {
			if k := a.Keyword(); k != "" {
				words = append(words, k)
			}
		}
	}
	return strings.Join(words, "-")
}

// Size returns the number of suites in p, or [math.MaxInt64] if there are
// more.
func (p Product) Size() int64 {
	size := int64(1)
	for i, list := range p {
		n := int64(len(list))
		if n == 0 && Axis(i).optional() {
			continue
		}
		if n != 0 && size > math.MaxInt64/n {
			size = math.MaxInt64
			continue
		}
		size *= n
	}
	return size
}

// Contains reports whether s is one of the suites of p.
func (p Product) Contains(s Suite) bool {
	for i, a := range s {
		if !p.has(Axis(i), a) {
			return false
		}
	}
	return true
}

// has reports whether a is one of p.On(axis), without making that.
func (p *Product) has(axis Axis, a Algorithm) bool {
	if len(p[axis]) == 0 {
		return axis.optional() && a == None(axis)
	}
	return slices.Contains(p[axis], a)
}

// Holds reports whether every suite of q is one of p, and q has any.
func (p Product) Holds(q Product) bool {
	for axis := range q {
		ours, theirs := p.On(Axis(axis)), q.On(Axis(axis))
		if len(theirs) == 0 || slices.ContainsFunc(theirs, func(a Algorithm) bool { return !slices.Contains(ours, a) }) {
			return false
		}
	}
	return true
}

// On returns the algorithms of p on axis, which are [None] alone where the axis
// can do without.
func (p Product) On(axis Axis) []Algorithm {
	if len(p[axis]) == 0 && axis.optional() {
		return []Algorithm{None(axis)}
	}
	return p[axis]
}

// Absent reports whether p has no algorithm on axis but, perhaps, none.
func (p Product) Absent(axis Axis) bool {
	for _, a := range p[axis] {
		if !a.IsNone() {
			return false
		}
	}
	return true
}

// Overlaps reports whether a suite is one of both p and q.
func (p Product) Overlaps(q Product) bool {
	for i, list := range p {
		axis := Axis(i)
		if len(list) == 0 {
			if !axis.optional() || !q.has(axis, None(axis)) {
				return false
			}
		} else if !slices.ContainsFunc(list, func(a Algorithm) bool { return q.has(axis, a) }) {
			return false
		}
	}
	return true
}

// Intersect returns the suites of both p and q, the lists in the order of p. It
// reports false if there are none.
func (p Product) Intersect(q Product) (Product, bool) {
	if !p.Overlaps(q) {
		return Product{}, false
	}
	for i, list := range p {
		axis := Axis(i)
		p[axis] = slices.DeleteFunc(slices.Clone(list), func(a Algorithm) bool { return !q.has(axis, a) })
		if p.Absent(axis) {
			p[axis] = nil
		}
	}
	return p, true
}

// Suites ranges over the suites of p, the last axis changing fastest.
func (p Product) Suites() iter.Seq[Suite] {
	return func(yield func(Suite) bool) {
		var s Suite
		var choose func(axis Axis) bool
		choose = func(axis Axis) bool {
			if axis == NumAxes {
				return yield(s)
			}
			for _, a := range p.On(axis) {
				s[axis] = a
				if !choose(axis + 1) {
					return false
				}
			}
			return true
		}
		choose(ENCR)
	}
}

// Octets returns the size of p as a Proposal substructure (RFC 7296, Section
// 3.3.1): 8 octets, and for each transform 8, or 12 with a Key Length.
func (p Product) Octets() int {
	n := 8
	for i, list := range p {
		if p.Absent(Axis(i)) {
			continue
		}
		for _, a := range list {
			n += 8
			if a.KeyBits != 0 {
				n += 4
			}
		}
	}
	return n
}

// MethodOf returns the key exchange method that a is, on KE or an ADDKE axis.
func MethodOf(a Algorithm) ike.KeyExchangeMethod { return ike.KeyExchangeMethod(a.ID) }

// KeyExchangeMethods returns the key exchange methods of an offer, each once,
// in its order.
func KeyExchangeMethods(offer []Product) []ike.KeyExchangeMethod {
	var out []ike.KeyExchangeMethod
	for _, p := range offer {
		for _, a := range p[KE] {
			if m := MethodOf(a); !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return out
}

// HasKeyExchange reports whether a product of offer has the key exchange method
// m on [KE].
func HasKeyExchange(offer []Product, m ike.KeyExchangeMethod) bool {
	return slices.ContainsFunc(offer, func(p Product) bool {
		return slices.ContainsFunc(p[KE], func(a Algorithm) bool { return MethodOf(a) == m })
	})
}
