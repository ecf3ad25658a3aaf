package matrix

import (
	"iter"
	"math"
	"math/bits"
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// box is a product in the universe's numbering: for each axis a set of values
// as bits. It is comparable; a box of one value on each axis is a cell, and
// stands for a suite.
type box [proposals.NumAxes]uint64

func (b box) empty() bool {
	for _, set := range b {
		if set == 0 {
			return true
		}
	}
	return false
}

// size returns the number of suites in b, or math.MaxInt64 if there are more.
func (b box) size() int64 {
	size := int64(1)
	for _, set := range b {
		n := int64(bits.OnesCount64(set))
		if n > 1 && size > math.MaxInt64/n {
			return math.MaxInt64
		}
		size *= n
	}
	return size
}

func (b box) isCell() bool { return b.size() == 1 }

func (b box) and(c box) box {
	for a := range b {
		b[a] &= c[a]
	}
	return b
}

func (b box) or(c box) box {
	for a := range b {
		b[a] |= c[a]
	}
	return b
}

func (b box) overlaps(c box) bool {
	for a := range b {
		if b[a]&c[a] == 0 {
			return false
		}
	}
	return true
}

// holds reports whether every suite of c is in b.
func (b box) holds(c box) bool {
	for a := range b {
		if c[a]&^b[a] != 0 {
			return false
		}
	}
	return true
}

// on returns b with only the values of set on axis a.
func (b box) on(a proposals.Axis, set uint64) box {
	b[a] = set
	return b
}

// minus returns b without c, as disjoint boxes.
func (b box) minus(c box) []box {
	if !b.overlaps(c) {
		return []box{b}
	}
	var rest []box
	for a := range b {
		if outside := b[a] &^ c[a]; outside != 0 {
			rest = append(rest, b.on(proposals.Axis(a), outside))
			b[a] &= c[a]
		}
	}
	return rest
}

// maximalMinus returns the largest boxes in b that do not touch c. They
// overlap each other.
func (b box) maximalMinus(c box) []box {
	if !b.overlaps(c) {
		return []box{b}
	}
	var rest []box
	for a := range b {
		if outside := b[a] &^ c[a]; outside != 0 {
			rest = append(rest, b.on(proposals.Axis(a), outside))
		}
	}
	return rest
}

// subtract returns the boxes without those of others, as disjoint boxes if
// the given ones are disjoint.
func subtract(from []box, others ...box) []box {
	var rest []box
	for _, b := range from {
		rest = b.appendMinus(rest, others)
	}
	return rest
}

// appendMinus appends b without the boxes of others to rest.
func (b box) appendMinus(rest, others []box) []box {
	i := slices.IndexFunc(others, b.overlaps)
	if i < 0 {
		return append(rest, b)
	}
	for _, piece := range b.minus(others[i]) {
		rest = piece.appendMinus(rest, others[i+1:])
	}
	return rest
}

// totalSize returns the number of suites in disjoint boxes, or math.MaxInt64
// if there are more.
func totalSize(bs []box) int64 {
	var total int64
	for _, b := range bs {
		n := b.size()
		if n > math.MaxInt64-total {
			return math.MaxInt64
		}
		total += n
	}
	return total
}

// disjoint returns the union of bs as disjoint boxes.
func disjoint(bs []box) []box {
	var out []box
	for i, b := range bs {
		out = append(out, subtract([]box{b}, bs[:i]...)...)
	}
	return out
}

// withoutContained drops each box that another one holds.
func withoutContained(bs []box) []box {
	var out []box
	for i, b := range bs {
		contained := false
		for j, c := range bs {
			if i != j && c.holds(b) && (c != b || j < i) {
				contained = true
				break
			}
		}
		if !contained {
			out = append(out, b)
		}
	}
	return out
}

// values calls yield for each value of a set, as a set of one.
func values(set uint64) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for set != 0 {
			v := set & -set
			if !yield(v) {
				return
			}
			set &^= v
		}
	}
}

func isOne(set uint64) bool { return set != 0 && set&(set-1) == 0 }
