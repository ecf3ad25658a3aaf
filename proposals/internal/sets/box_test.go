package sets

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/proposals"
)

// drawBox draws a box of values 0 to 3 on three axes, perhaps empty, and of one
// value on the others.
func drawBox(t *rapid.T) Box {
	var b Box
	for a := range b {
		b[a] = 1
		if a < 3 {
			b[a] = rapid.Uint64Range(0, 15).Draw(t, "set")
		}
	}
	return b
}

// cells returns the cells of boxes, and how often each is held.
func cells(bs ...Box) map[Box]int {
	held := make(map[Box]int)
	for _, b := range bs {
		for c := range b.Parts([]proposals.Axis{0, 1, 2}) {
			held[c]++
		}
	}
	return held
}

// TestBoxes holds the operations to what they do to each cell.
func TestBoxes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, c := drawBox(t), drawBox(t)
		of, other := cells(b), cells(c)
		minus, and := cells(b.Minus(c)...), cells(b.And(c))
		for cell, n := range minus {
			if n != 1 || of[cell] == 0 || other[cell] != 0 {
				t.Fatalf("%v minus %v: %d times %v", b, c, n, cell)
			}
		}
		if len(minus)+len(and) != len(of) {
			t.Fatalf("%v has %d cells, %d of them without %v, and %d in both", b, len(of), len(minus), c, len(and))
		}
		if b.Overlaps(c) != (len(and) > 0) {
			t.Fatalf("%v overlaps %v: %t", b, c, b.Overlaps(c))
		}
		if !b.Empty() && !c.Empty() && b.Holds(c) != (len(and) == len(other)) {
			t.Fatalf("%v holds %v: %t", b, c, b.Holds(c))
		}
		for _, part := range b.MaximalMinus(c) {
			if part.Overlaps(c) || !b.Holds(part) {
				t.Fatalf("%v without %v: %v", b, c, part)
			}
		}
		union := Disjoint([]Box{b, c})
		if held := cells(union...); len(held) != len(of)+len(other)-len(and) || Size(union) != int64(len(held)) {
			t.Fatalf("%v and %v are %d cells, and %v has %d", b, c, len(of)+len(other)-len(and), union, len(held))
		}
		for _, part := range b.Within(2) {
			for a, set := range part {
				if n := len(cells(Box{set, 1, 1, 1, 1})); a < 3 && n > 2 {
					t.Fatalf("%v within 2: %v", b, part)
				}
			}
		}
		if parts := cells(b.Within(2)...); !b.Empty() && len(parts) != len(of) {
			t.Fatalf("%v within 2 has %d cells of %d", b, len(parts), len(of))
		}
	})
}

// TestBounds: the boxes that many others leave of one can be more than memory
// holds, and that is found out in time.
func TestBounds(t *testing.T) {
	var whole Box
	for a := range whole {
		whole[a] = 1<<16 - 1
	}
	var others []Box
	for i := range uint64(200) {
		b := whole
		for a := range 5 {
			b[a] &^= 1 << ((i*7 + uint64(a)*3) % 16)
			b[a] &^= 1 << ((i*5 + uint64(a)*11) % 16)
		}
		b[i%5] = 1 << (i % 16)
		others = append(others, b)
	}
	if rest, ok := SubtractWithin(1000, []Box{whole}, others...); ok {
		t.Errorf("%d boxes are left after 1,000 cuts", len(rest))
	}
	// Each cut of what is left is between two looks at the others.
	looked := 0
	if _, ok := SubtractCounting(&looked, 1000, []Box{whole}, others...); ok || looked < 1000 || looked > 1001*len(others) {
		t.Errorf("%d boxes were looked at: %t", looked, ok)
	}
	if _, ok := DisjointWithin(1000, others); ok {
		t.Error("the others fell into disjoint boxes with 1,000 cuts")
	}
	rest, ok := SubtractWithin(1000, []Box{whole}, others[:3]...)
	if !ok || len(rest) != len(Subtract([]Box{whole}, others[:3]...)) {
		t.Errorf("three others leave %d boxes, %t", len(rest), ok)
	}
}
