package matrix

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// Universe is the set of suites that a scan asks about: a list of products
// that do not overlap.
type Universe struct {
	axes  [proposals.NumAxes][]proposals.Algorithm // the numbering: value i of an axis is bit i
	boxes []sets.Box
}

// maxValues is how many algorithms an axis of a universe can hold: one a bit.
const maxValues = 64

// NewUniverse returns the union of products, which may overlap. It fails if a
// product is empty or an axis has more than 64 algorithms.
func NewUniverse(products ...proposals.Product) (*Universe, error) {
	u := new(Universe)
	boxes, err := u.number(products)
	if err != nil {
		return nil, err
	}
	u.boxes = sets.Disjoint(boxes)
	return u, nil
}

// number gives the algorithms of products their places on the axes of u, and
// returns the products as boxes.
func (u *Universe) number(products []proposals.Product) ([]sets.Box, error) {
	var boxes []sets.Box
	for _, p := range products {
		if p.Size() == 0 {
			return nil, fmt.Errorf("matrix: product %q is empty", p)
		}
		for i := range p {
			for _, a := range p.On(proposals.Axis(i)) {
				if !slices.Contains(u.axes[i], a) {
					u.axes[i] = append(u.axes[i], a)
				}
			}
			if len(u.axes[i]) > maxValues {
				return nil, fmt.Errorf("matrix: more than %d algorithms on axis %s", maxValues, proposals.Axis(i))
			}
		}
		b, _ := u.box(p)
		boxes = append(boxes, b)
	}
	return boxes, nil
}

// Classical returns the universe of every suite that the registries allow for
// an IKE SA without additional key exchanges.
func Classical() *Universe { return mustUniverse(families(nil)...) }

// Standard returns [Classical] and, beside it, the hybrid suites: each of its
// suites with ML-KEM as the first additional key exchange, and with ML-KEM or
// nothing as the second to the seventh (RFC 9370; draft-ietf-ipsecme-ikev2-mlkem).
func Standard() *Universe {
	return mustUniverse(append(families(nil), families(mlkem)...)...)
}

// Quick returns the suites of [Standard] whose algorithms are in use: those
// that default policies of gateways and clients hold. On the axes of whole it
// has every algorithm of [Standard].
func Quick(whole ...proposals.Axis) *Universe {
	products := Standard().Products()
	for i := range products {
		p := &products[i]
		for a, list := range p {
			if slices.Contains(whole, proposals.Axis(a)) {
				continue
			}
			p[a] = slices.DeleteFunc(list, func(m proposals.Algorithm) bool { return Likelihood(m) <= Rare })
		}
	}
	return mustUniverse(products...)
}

// Deep returns [Standard] and, beside it, each classical suite with one
// additional key exchange, of each method, as the first to the seventh.
func Deep() *Universe {
	products := Standard().Products()
	for axis := proposals.ADDKE1; axis <= proposals.ADDKE7; axis++ {
		products = append(products, families(func(a proposals.Axis) []proposals.Algorithm {
			if a != axis {
				return nil
			}
			return slices.DeleteFunc(proposals.IKEAlgorithms(a), proposals.Algorithm.IsNone)
		})...)
	}
	return mustUniverse(products...)
}

// families returns two products: the AEAD suites and the classic ones, with the
// additional key exchanges that methods names for each axis. Without methods
// there are none.
func families(methods func(proposals.Axis) []proposals.Algorithm) []proposals.Product {
	var aead proposals.Product
	for a := proposals.ENCR; a <= proposals.KE; a++ {
		aead[a] = proposals.IKEAlgorithms(a)
	}
	classic := aead
	aead[proposals.ENCR] = slices.DeleteFunc(slices.Clone(aead[proposals.ENCR]), func(a proposals.Algorithm) bool { return !a.AEAD() })
	classic[proposals.ENCR] = slices.DeleteFunc(slices.Clone(classic[proposals.ENCR]), proposals.Algorithm.AEAD)
	aead[proposals.INTEG] = nil
	for a := proposals.ADDKE1; a <= proposals.ADDKE7 && methods != nil; a++ {
		aead[a] = methods(a)
		classic[a] = aead[a]
	}
	return []proposals.Product{aead, classic}
}

// mlkem returns the methods of the hybrid suites of [Standard].
func mlkem(a proposals.Axis) []proposals.Algorithm {
	return slices.DeleteFunc(proposals.IKEAlgorithms(a), func(m proposals.Algorithm) bool {
		if m.IsNone() {
			return a == proposals.ADDKE1
		}
		switch ike.KeyExchangeMethod(m.ID) {
		case ike.KE_ML_KEM_512, ike.KE_ML_KEM_768, ike.KE_ML_KEM_1024:
			return false
		}
		return true
	})
}

func mustUniverse(products ...proposals.Product) *Universe {
	u, err := NewUniverse(products...)
	if err != nil {
		panic("matrix: internal error: " + err.Error())
	}
	return u
}

// Size returns the number of suites, or math.MaxInt64 if there are more.
func (u *Universe) Size() int64 { return sets.Size(u.boxes) }

// Contains reports whether s is in the universe.
func (u *Universe) Contains(s proposals.Suite) bool {
	b, ok := u.box(s.Product())
	return ok && slices.ContainsFunc(u.boxes, func(c sets.Box) bool { return c.Holds(b) })
}

// Products returns the products of the universe.
func (u *Universe) Products() []proposals.Product { return u.products(u.boxes) }

// box returns p in the universe's numbering. It reports false, with the box
// of what it knows, if p names an algorithm that no suite of the universe has.
func (u *Universe) box(p proposals.Product) (sets.Box, bool) {
	var b sets.Box
	ok := true
	for i, list := range p {
		if len(list) == 0 {
			list = []proposals.Algorithm{proposals.None(proposals.Axis(i))}
		}
		for _, a := range list {
			n := slices.Index(u.axes[i], a)
			if n < 0 {
				ok = false
				continue
			}
			b[i] |= 1 << n
		}
	}
	return b, ok
}

// product returns b with its lists in the universe's order.
func (u *Universe) product(b sets.Box) proposals.Product {
	var p proposals.Product
	for i, set := range b {
		if sets.IsOne(set) && u.axes[i][bits.TrailingZeros64(set)].IsNone() {
			continue
		}
		for v := range sets.Values(set) {
			p[i] = append(p[i], u.axes[i][bits.TrailingZeros64(v)])
		}
	}
	return p
}

func (u *Universe) products(bs []sets.Box) []proposals.Product {
	ps := make([]proposals.Product, len(bs))
	for i, b := range bs {
		ps[i] = u.product(b)
	}
	return ps
}

// suite returns the suite of a cell.
func (u *Universe) suite(cell sets.Box) proposals.Suite {
	var s proposals.Suite
	for i, set := range cell {
		s[i] = u.axes[i][bits.TrailingZeros64(set)]
	}
	return s
}
