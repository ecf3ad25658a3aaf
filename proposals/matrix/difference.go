package matrix

import (
	"errors"
	"math/bits"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// maxPieces bounds into how many products a difference may fall, and of how
// many it may be: a handful for policies of gateways, without end for made up
// ones. maxPairs bounds how many pairs an intersection looks at.
const (
	maxPieces = 4096
	maxPairs  = 1 << 16
)

var errPieces = errors.New("matrix: the sets of suites differ in too many pieces")

// Difference returns the suites of a that are not in b, as products that do
// not overlap, in few pieces. The products may be of different universes. It
// fails where the result falls into more than 4,096 pieces, where more products
// than that are given, or where an axis has more than 64 algorithms.
func Difference(a, b []proposals.Product) ([]proposals.Product, error) {
	if len(a)+len(b) > maxPieces {
		return nil, errPieces
	}
	u := new(Universe)
	boxes, err := u.number(append(a[:len(a):len(a)], b...))
	if err != nil {
		return nil, err
	}
	var rest []sets.Box // disjoint
	for _, from := range boxes[:len(a)] {
		pieces, err := without([]sets.Box{from}, rest)
		if err != nil {
			return nil, err
		}
		if rest = append(rest, pieces...); len(rest) > maxPieces {
			return nil, errPieces
		}
	}
	if rest, err = without(rest, boxes[len(a):]); err != nil {
		return nil, err
	}
	return u.products(merge(rest)), nil
}

// Intersection returns the suites of both a and b, as Difference does.
func Intersection(a, b []proposals.Product) ([]proposals.Product, error) {
	if len(a)*len(b) > maxPairs {
		return nil, errPieces
	}
	var both []proposals.Product
	for _, p := range a {
		for _, q := range b {
			if common, ok := p.Intersect(q); ok {
				both = append(both, common)
			}
		}
	}
	return Difference(both, nil) // for the overlaps
}

// without is subtract with a bound.
func without(from, others []sets.Box) ([]sets.Box, error) {
	for _, o := range others {
		var next []sets.Box
		for _, b := range from {
			next = append(next, b.Minus(o)...)
		}
		if from = next; len(from) > maxPieces {
			return nil, errPieces
		}
	}
	return from, nil
}

// merge puts boxes together that differ on one axis alone, so that disjoint
// ones become fewer.
func merge(boxes []sets.Box) []sets.Box {
	for again := true; again; {
		again = false
		for a := range proposals.NumAxes {
			// What is equal but for axis a is one box.
			at := make(map[sets.Box]int)
			var out []sets.Box
			for _, b := range boxes {
				key := b.On(proposals.Axis(a), 0)
				if i, ok := at[key]; ok {
					out[i][a] |= b[a]
					again = true
				} else {
					at[key] = len(out)
					out = append(out, b)
				}
			}
			boxes = out
		}
	}
	return boxes
}

// Count returns the number of suites in products that do not overlap, or
// math.MaxInt64 if there are more.
func Count(products []proposals.Product) int64 {
	var total int64
	for _, p := range products {
		sum, carry := bits.Add64(uint64(total), uint64(p.Size()), 0)
		if carry != 0 || sum > 1<<63-1 {
			return 1<<63 - 1
		}
		total = int64(sum)
	}
	return total
}

// AcceptsSame reports whether m and n accept the same suites.
func (m *Matrix) AcceptsSame(n *Matrix) bool {
	accepted := func(m *Matrix) (out []proposals.Product) {
		for _, r := range m.Products {
			out = append(out, r.Product)
		}
		return out
	}
	more, err := Difference(accepted(m), accepted(n))
	less, err2 := Difference(accepted(n), accepted(m))
	return err == nil && err2 == nil && len(more)+len(less) == 0
}
