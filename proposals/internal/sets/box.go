package sets

import (
	"iter"
	"math"
	"math/bits"
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// Box is a product in the universe's numbering: for each axis a set of values
// as bits. It is comparable; a box of one value on each axis is a cell, and
// stands for a suite.
type Box [proposals.NumAxes]uint64

// Empty reports whether b holds no suite.
func (b Box) Empty() bool {
	for _, set := range b {
		if set == 0 {
			return true
		}
	}
	return false
}

// Size returns the number of suites in b, or math.MaxInt64 if there are more.
func (b Box) Size() int64 {
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

// IsCell reports whether b is one suite.
func (b Box) IsCell() bool { return b.Size() == 1 }

// And returns what b and c share.
func (b Box) And(c Box) Box {
	for a := range b {
		b[a] &= c[a]
	}
	return b
}

// Or returns the smallest box that holds b and c.
func (b Box) Or(c Box) Box {
	for a := range b {
		b[a] |= c[a]
	}
	return b
}

// Overlaps reports whether b and c share a suite.
func (b Box) Overlaps(c Box) bool {
	for a := range b {
		if b[a]&c[a] == 0 {
			return false
		}
	}
	return true
}

// Holds reports whether every suite of c is in b.
func (b Box) Holds(c Box) bool {
	for a := range b {
		if c[a]&^b[a] != 0 {
			return false
		}
	}
	return true
}

// On returns b with only the values of set on axis a.
func (b Box) On(a proposals.Axis, set uint64) Box {
	b[a] = set
	return b
}

// Minus returns b without c, as disjoint boxes.
func (b Box) Minus(c Box) []Box {
	if !b.Overlaps(c) {
		return []Box{b}
	}
	var rest []Box
	for a := range b {
		if outside := b[a] &^ c[a]; outside != 0 {
			rest = append(rest, b.On(proposals.Axis(a), outside))
			b[a] &= c[a]
		}
	}
	return rest
}

// MaximalMinus returns the largest boxes in b that do not touch c. They
// overlap each other.
func (b Box) MaximalMinus(c Box) []Box {
	if !b.Overlaps(c) {
		return []Box{b}
	}
	var rest []Box
	for a := range b {
		if outside := b[a] &^ c[a]; outside != 0 {
			rest = append(rest, b.On(proposals.Axis(a), outside))
		}
	}
	return rest
}

// Subtract returns the boxes without those of others, as disjoint boxes if
// the given ones are disjoint. Their number can grow without end; see
// [SubtractWithin].
func Subtract(from []Box, others ...Box) []Box {
	rest, _ := SubtractWithin(math.MaxInt, from, others...)
	return rest
}

// SubtractWithin is Subtract that gives up, and reports false, where the boxes
// would be cut more than so many times.
func SubtractWithin(cuts int, from []Box, others ...Box) (rest []Box, ok bool) {
	return SubtractCounting(new(int), cuts, from, others...)
}

// SubtractCounting is SubtractWithin, and adds to looked how many boxes it looked at.
func SubtractCounting(looked *int, cuts int, from []Box, others ...Box) (rest []Box, ok bool) {
	for _, b := range from {
		if rest, cuts = b.appendMinus(rest, others, cuts, looked); cuts < 0 {
			return nil, false
		}
	}
	return rest, true
}

// appendMinus appends b without the boxes of others to rest, and returns how many
// cuts are left, less than none if there were too few.
func (b Box) appendMinus(rest, others []Box, cuts int, looked *int) ([]Box, int) {
	i := slices.IndexFunc(others, b.Overlaps)
	if i < 0 {
		*looked += len(others) + 1
		return append(rest, b), cuts
	}
	*looked += i + 1
	cuts--
	for _, piece := range b.Minus(others[i]) {
		if cuts < 0 {
			break
		}
		rest, cuts = piece.appendMinus(rest, others[i+1:], cuts, looked)
	}
	return rest, cuts
}

// Size returns the number of suites in disjoint boxes, or math.MaxInt64
// if there are more.
func Size(bs []Box) int64 {
	var total int64
	for _, b := range bs {
		n := b.Size()
		if n > math.MaxInt64-total {
			return math.MaxInt64
		}
		total += n
	}
	return total
}

// Disjoint returns the union of bs as disjoint boxes.
func Disjoint(bs []Box) []Box {
	out, _ := DisjointWithin(math.MaxInt, bs)
	return out
}

// DisjointWithin is Disjoint that gives up, and reports false, where a box would be
// cut more than so many times, or there would be more boxes than that.
func DisjointWithin(cuts int, bs []Box) (out []Box, ok bool) {
	for i, b := range bs {
		rest, ok := SubtractWithin(cuts, []Box{b}, bs[:i]...)
		if out = append(out, rest...); !ok || len(out) > cuts {
			return nil, false
		}
	}
	return out, true
}

// WithoutContained drops each box that another one holds.
func WithoutContained(bs []Box) []Box {
	var out []Box
	for i, b := range bs {
		contained := false
		for j, c := range bs {
			if i != j && c.Holds(b) && (c != b || j < i) {
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

// Values calls yield for each value of a set, as a set of one.
func Values(set uint64) iter.Seq[uint64] {
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

// IsOne reports whether a set has one value.
func IsOne(set uint64) bool { return set != 0 && set&(set-1) == 0 }

// Project returns b on axes alone.
func Project(b Box, axes []proposals.Axis) Box {
	var p Box
	for _, a := range axes {
		p[a] = b[a]
	}
	return p
}

// Parts calls yield for each choice of one value on each of axes.
func (b Box) Parts(axes []proposals.Axis) iter.Seq[Box] {
	return func(yield func(Box) bool) {
		var walk func(c Box, i int) bool
		walk = func(c Box, i int) bool {
			if i == len(axes) {
				return yield(c)
			}
			for v := range Values(b[axes[i]]) {
				if !walk(c.On(axes[i], v), i+1) {
					return false
				}
			}
			return true
		}
		walk(b, 0)
	}
}

// Choose calls yield for each choice of n of axes; never if they are fewer.
func Choose(axes []proposals.Axis, n int) iter.Seq[[]proposals.Axis] {
	return func(yield func([]proposals.Axis) bool) {
		var walk func(chosen, rest []proposals.Axis) bool
		walk = func(chosen, rest []proposals.Axis) bool {
			if len(chosen) == n {
				return yield(chosen)
			}
			for i := range rest {
				if len(rest)-i < n-len(chosen) {
					return true
				}
				if !walk(append(chosen[:len(chosen):len(chosen)], rest[i]), rest[i+1:]) {
					return false
				}
			}
			return true
		}
		walk(nil, axes)
	}
}

// First returns the cell of the first value on each axis.
func (b Box) First() Box {
	for a, set := range b {
		b[a] = set & -set
	}
	return b
}

// Within splits b into boxes that each fit one proposal of at most n values
// an axis.
func (b Box) Within(n int) []Box {
	for a, set := range b {
		if bits.OnesCount64(set) > n {
			first, rest := b.Halved(proposals.Axis(a))
			return append(first.Within(n), rest.Within(n)...)
		}
	}
	return []Box{b}
}

// Halved splits b on an axis, of which it has two values or more.
func (b Box) Halved(a proposals.Axis) (first, rest Box) {
	var half uint64
	for v := range Values(b[a]) {
		if 2*bits.OnesCount64(half) >= bits.OnesCount64(b[a]) {
			break
		}
		half |= v
	}
	return b.On(a, half), b.On(a, b[a]&^half)
}

// AxesWithout returns on how many axes b lacks the value of cell.
func (b Box) AxesWithout(cell Box) int {
	n := 0
	for a := range b {
		if b[a]&cell[a] == 0 {
			n++
		}
	}
	return n
}

// Open returns the axes on which b has a choice, the longest first.
func Open(b Box) []proposals.Axis {
	var axes []proposals.Axis
	for a := range b {
		if !IsOne(b[a]) {
			axes = append(axes, proposals.Axis(a))
		}
	}
	slices.SortStableFunc(axes, func(x, y proposals.Axis) int { return bits.OnesCount64(b[y]) - bits.OnesCount64(b[x]) })
	return axes
}
