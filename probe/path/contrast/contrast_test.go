package contrast

import (
	"math"
	"testing"
)

func TestChanceOf(t *testing.T) {
	for _, tc := range []struct {
		drawn, usual, other int
		want                float64
	}{
		{0, 8, 8, 1},
		{1, 8, 8, 0.5},
		{2, 2, 2, 1. / 6},
		{8, 8, 8, 1. / 12870},
		{3, 2, 8, 0}, // more than there are
	} {
		if got := chanceOf(tc.drawn, tc.usual, tc.other); math.Abs(got-tc.want) > 1e-9 {
			t.Errorf("%d of %d and %d: %v, want %v", tc.drawn, tc.usual, tc.other, got, tc.want)
		}
	}
}
