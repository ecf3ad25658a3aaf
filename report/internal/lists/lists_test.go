package lists

import (
	"slices"
	"testing"
)

func TestEvidence(t *testing.T) {
	if got, want := Evidence([]int{7, 0, 3, 7, 0}), []int{3, 7}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := Evidence(nil); got == nil || len(got) != 0 {
		t.Errorf("got %#v of nothing, want an empty list", got)
	}
}
