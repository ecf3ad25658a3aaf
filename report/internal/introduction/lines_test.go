package introduction

import (
	"slices"
	"testing"
)

// TestSome: of what a certificate has too many of, it is said how many.
func TestSome(t *testing.T) {
	all := slices.Repeat([]string{"x"}, maxNames)
	if got := some(all); len(got) != maxNames {
		t.Errorf("%q", got)
	}
	if got := some(append(all, "y", "z")); len(got) != maxNames+1 || got[maxNames] != "2 more in the JSON report" || all[0] != "x" {
		t.Errorf("%q", got)
	}
}
